use serde_json::{Map, Value};

use super::object::name_of_type;
use super::{Here, Walker, upgrade};
use crate::diagnostic::code;
use crate::faults::Spot;
use crate::grammar::{Keyword, Kind, Operand, TYPES, keyword};
use crate::source::Aim;
use crate::version::Version;

impl Walker<'_> {
    /// Walks a schema that is an object.
    pub(super) fn schema(&mut self, schema: &mut Map<String, Value>, here: &mut Here) {
        let outside = if schema.keys().any(|name| name.starts_with('$')) {
            self.later_names(schema, here);
            self.dialect(schema, here);
            self.note_names(schema, here)
        } else {
            here.resource.clone()
        };
        let mut nulls = Vec::new();
        for (name, member) in schema.iter_mut() {
            let Some(keyword) = keyword(name) else {
                if name.starts_with("x-") {
                    let length = here.push(name);
                    self.walk(Kind::Extension, member, here);
                    here.truncate(length);
                } else if here.version == Version::V30 {
                    self.unknown_keyword(name, here);
                }
                continue;
            };
            let length = here.push(name);
            let keyword = match (name.as_str(), &*member) {
                // A tuple as before 2020-12; renamed below.
                ("items", Value::Array(_)) => Keyword {
                    kind: Kind::List(&Kind::Schema),
                    ..keyword
                },
                _ => keyword,
            };
            if member.is_null() && keyword.value != Operand::Anything {
                self.null(name, here);
                nulls.push(name.clone());
            } else {
                if here.version == Version::V30 && !keyword.is_in_3_0 {
                    self.later_keyword(name, here.key_spot());
                }
                self.operand(name, keyword, member, here);
                self.walk(keyword.kind, member, here);
            }
            here.truncate(length);
        }
        for name in nulls {
            schema.shift_remove(&name);
        }
        self.format(schema, here);
        self.xml(schema, here);
        self.discriminator(schema, here);
        if upgrade::upgrade(schema, here, self.faults) {
            let pointer = here.pointer();
            self.origins.insert(
                format!("{pointer}{}", upgrade::MOVED),
                here.source,
                here.file_pointer(),
            );
            self.moved.push(pointer);
        }
        here.resource = outside;
    }

    /// Every schema is read by the one dialect of OpenAPI 3.1, or as 2020-12, which it extends.
    fn dialect(&mut self, schema: &mut Map<String, Value>, here: &Here) {
        let Some(Value::String(dialect)) = schema.get("$schema") else {
            return;
        };
        if !is_known_dialect(dialect) {
            self.faults.push(
                &code::DIALECT,
                here.member_spot("$schema", Aim::Value),
                format!("the dialect `{dialect}` is taken as JSON Schema 2020-12"),
                None,
            );
        }
        schema.shift_remove("$schema");
    }

    fn unknown_keyword(&mut self, name: &str, here: &Here) {
        self.faults.push(
            &code::FIELD_UNKNOWN,
            here.member_spot(name, Aim::Key),
            format!("a schema has no field `{name}`"),
            Some("an extension's name begins with `x-`"),
        );
    }

    /// Tells of the keywords of 3.1 that are gone once references are resolved.
    fn later_names(&mut self, schema: &Map<String, Value>, here: &Here) {
        if here.version > Version::V30 {
            return;
        }
        for name in ["$schema", "$id", "$anchor", "$dynamicAnchor", "$dynamicRef"] {
            if schema.contains_key(name) {
                self.later_keyword(name, here.member_spot(name, Aim::Key));
            }
        }
    }

    fn later_keyword(&mut self, name: &str, spot: Spot) {
        self.faults.push(
            &code::KEYWORD_OF_3_1,
            spot,
            format!("the keyword `{name}` is of OpenAPI 3.1; it is taken so"),
            Some("state the later version in `openapi`"),
        );
    }

    /// Checks the value of a keyword that holds no schemas.
    fn operand(&mut self, name: &str, keyword: Keyword, value: &mut Value, here: &Here) {
        let is_count = |value: &Value| {
            value.as_u64().is_some() || value.as_f64().is_some_and(|n| n >= 0.0 && n.fract() == 0.0)
        };
        let required = match keyword.value {
            Operand::Anything | Operand::AsKind => return,
            Operand::Text => (value.is_string(), "text"),
            Operand::Flag => (value.is_boolean(), "true or false"),
            Operand::Number => (value.is_number(), "a number"),
            Operand::Count => (is_count(value), "an integer from 0"),
            Operand::Array => (value.is_array(), "an array"),
            Operand::TextList => (
                value
                    .as_array()
                    .is_some_and(|items| items.iter().all(Value::is_string)),
                "an array of names",
            ),
            Operand::ExclusiveBound => (value.is_number() || value.is_boolean(), "a number"),
            Operand::Type => return self.types(value, here),
        };
        let (fits, required) = required;
        if fits {
            return;
        }
        // `description: 3`, `title: true`: the text is clear.
        if keyword.value == Operand::Text && (value.is_number() || value.is_boolean()) {
            let text = value.to_string();
            self.faults.push(
                &code::SCALAR_NOT_TEXT,
                here.spot(),
                format!("{text} is not text; it is read as \"{text}\""),
                Some("put it in quotes"),
            );
            *value = Value::String(text);
            return;
        }
        self.faults.push(
            &code::KEYWORD_TYPE,
            here.spot(),
            format!(
                "`{name}` is {}, where {required} is required",
                name_of_type(value)
            ),
            None,
        );
    }

    fn types(&mut self, value: &Value, here: &Here) {
        let check = |name: &Value, walker: &mut Self| match name.as_str() {
            Some(name) if TYPES.contains(&name) => {}
            Some(name) => walker.faults.push(
                &code::TYPE_UNKNOWN,
                here.spot(),
                format!("there is no type `{name}`"),
                Some("the types are array, boolean, integer, null, number, object and string"),
            ),
            None => walker.faults.push(
                &code::KEYWORD_TYPE,
                here.spot(),
                format!("`type` is {}, where text is required", name_of_type(name)),
                None,
            ),
        };
        match value {
            Value::Array(names) => {
                if here.version == Version::V30 {
                    self.faults.push(
                        &code::KEYWORD_OF_3_1,
                        here.spot(),
                        "a list of types is of OpenAPI 3.1; it is taken so",
                        Some("state the later version in `openapi`, or use `nullable`"),
                    );
                }
                for name in names {
                    check(name, self);
                }
            }
            name => check(name, self),
        }
    }

    /// Tells once that XML is not read.
    fn xml(&mut self, schema: &Map<String, Value>, here: &Here) {
        if schema.contains_key("xml") && !self.has_told_xml {
            self.has_told_xml = true;
            self.faults.push(
                &code::UNSUPPORTED,
                here.member_spot("xml", Aim::Key),
                "`xml` is kept, and has no effect",
                Some("XML is passed on as it is, without a look into it"),
            );
        }
    }

    /// Tells each unknown format once.
    fn format(&mut self, schema: &Map<String, Value>, here: &Here) {
        if let Some(Value::String(format)) = schema.get("format")
            && !FORMATS.contains(&format.as_str())
            && !self.formats.contains(format)
        {
            self.formats.insert(format.clone());
            self.faults.push(
                &code::FORMAT_UNKNOWN,
                here.member_spot("format", Aim::Value),
                format!("the format `{format}` is not a registered one, and is not checked"),
                None,
            );
        }
    }
}

/// Whether a dialect is that of OpenAPI 3.1 or 3.2, or JSON Schema 2020-12.
pub(super) fn is_known_dialect(uri: &str) -> bool {
    let uri = uri.trim_end_matches('#');
    uri == "https://json-schema.org/draft/2020-12/schema"
        || uri.starts_with("https://spec.openapis.org/oas/3.1/dialect/")
        || uri.starts_with("https://spec.openapis.org/oas/3.2/dialect/")
}

/// The formats of JSON Schema 2020-12 and of the OpenAPI format registry.
const FORMATS: &[&str] = &[
    "base64url",
    "binary",
    "byte",
    "char",
    "commonmark",
    "date",
    "date-time",
    "date-time-local",
    "decimal",
    "decimal128",
    "double",
    "double-int",
    "duration",
    "email",
    "float",
    "hostname",
    "html",
    "http-date",
    "idn-email",
    "idn-hostname",
    "int16",
    "int32",
    "int64",
    "int8",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "media-range",
    "password",
    "regex",
    "relative-json-pointer",
    "sf-binary",
    "sf-boolean",
    "sf-decimal",
    "sf-integer",
    "sf-string",
    "sf-token",
    "time",
    "time-local",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "unixtime",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];
