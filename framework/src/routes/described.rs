use brrtrouter_core::{Bound, Descriptor, Number};
use serde_json::{Map, Value};

/// The formats that documents know; a type of another name is described by it.
const FORMATS: [&str; 26] = [
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float",
    "double",
    "byte",
    "binary",
    "password",
    "date",
    "date-time",
    "time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "uuid",
    "regex",
    "json-pointer",
];

/// What a descriptor says, as a schema.
pub(super) fn schema(descriptor: &dyn Descriptor) -> Value {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), descriptor.json_type().into());
    let choices: Vec<Value> = (0..)
        .map_while(|index| descriptor.choice(index))
        .map(Value::from)
        .collect();
    let name = descriptor.type_name();
    if !choices.is_empty() {
        schema.insert("enum".to_owned(), choices.into());
    } else if FORMATS.contains(&name) {
        schema.insert("format".to_owned(), name.into());
    } else if name != descriptor.json_type() {
        schema.insert("description".to_owned(), name.into());
    }
    for bound in descriptor.bounds().into_iter().flatten() {
        let (keyword, number) = match bound {
            Bound::AtLeast(least) => ("minimum", least),
            Bound::AtMost(most) => ("maximum", most),
            Bound::MoreThan(least) => ("exclusiveMinimum", least),
            Bound::LessThan(most) => ("exclusiveMaximum", most),
            _ => continue,
        };
        let number = match number {
            Number::Integer(integer) => integer.into(),
            Number::Unsigned(integer) => integer.into(),
            Number::Float(float) => float.into(),
        };
        schema.insert(keyword.to_owned(), number);
    }
    Value::Object(schema)
}
