use serde_json::{Map, Number, Value};

/// Turns the format of a number into bounds: JSON Schema asserts formats of strings only (JSON
/// Schema Validation §7.2, the OpenAPI Format Registry).
///
/// A `double` needs none, since no larger number is read.
pub(super) fn bound(schema: &mut Map<String, Value>) {
    let Some(format) = schema.get("format").and_then(Value::as_str) else {
        return;
    };
    let (least, most): (Number, Number) = match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (0.into(), u8::MAX.into()),
        "uint16" => (0.into(), u16::MAX.into()),
        "uint32" => (0.into(), u32::MAX.into()),
        "uint64" => (0.into(), u64::MAX.into()),
        "float" => match (
            Number::from_f64(f32::MIN.into()),
            Number::from_f64(f32::MAX.into()),
        ) {
            (Some(least), Some(most)) => (least, most),
            _ => return,
        },
        _ => return,
    };
    let is_whole = format != "float";
    tighten(schema, "minimum", least, |own, least| own < least);
    tighten(schema, "maximum", most, |own, most| own > most);
    if is_whole && may_be_fractional(schema) && !schema.contains_key("multipleOf") {
        schema.insert("multipleOf".to_owned(), 1.into());
    }
}

fn tighten(
    schema: &mut Map<String, Value>,
    keyword: &str,
    bound: Number,
    is_looser: impl Fn(f64, f64) -> bool,
) {
    let is_kept = match schema.get(keyword) {
        Some(Value::Number(own)) => {
            let (own, bound) = (own.as_f64(), bound.as_f64());
            own.zip(bound)
                .is_none_or(|(own, bound)| !is_looser(own, bound))
        }
        Some(_) => true,
        None => false,
    };
    if !is_kept {
        schema.insert(keyword.to_owned(), bound.into());
    }
}

/// Whether a schema that is of whole numbers by its format lets others in by its type.
fn may_be_fractional(schema: &Map<String, Value>) -> bool {
    match schema.get("type") {
        Some(Value::String(name)) => name == "number",
        Some(Value::Array(names)) => names.iter().any(|name| name == "number"),
        _ => false,
    }
}

/// Whether a text is base64 (RFC 4648 §4), padded, in one line.
pub(super) fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    // One digit alone holds no byte, and the padding fills the last four.
    text.len().is_multiple_of(4) && padding <= 2 && digits.bytes().all(is_digit)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bounded(schema: Value) -> Value {
        let mut schema = schema;
        if let Value::Object(schema) = &mut schema {
            bound(schema);
        }
        schema
    }

    #[test]
    fn bounds_of_the_document_stay_where_they_are_tighter() {
        assert_eq!(
            bounded(json!({"format": "uint8", "minimum": 3, "maximum": 1000})),
            json!({"format": "uint8", "minimum": 3, "maximum": 255}),
        );
    }

    #[test]
    fn a_number_of_a_whole_format_is_whole() {
        let schema = bounded(json!({"type": "number", "format": "int32"}));
        assert_eq!(schema["multipleOf"], 1);
        let schema = bounded(json!({"type": "integer", "format": "int32"}));
        assert_eq!(schema.get("multipleOf"), None);
    }

    #[test]
    fn base64_is_padded_to_fours() {
        for good in ["", "TQ==", "TWE=", "TWFu", "+/+/"] {
            assert!(is_base64(good), "{good}");
        }
        for bad in [
            "T", "TQ", "TQ=", "TWE==", "T===", "TWF\n", "TW-_", "=", "====", "T=Fu",
        ] {
            assert!(!is_base64(bad), "{bad}");
        }
    }
}
