use serde_json::{Map, Value};

use super::{Here, Walker};
use crate::diagnostic::code;
use crate::grammar::{Expected, Field, Kind, Need, fields};
use crate::source::Aim;
use crate::version::Version;

impl Walker<'_> {
    /// Walks an object that is no schema, and checks its fields.
    pub(super) fn object(&mut self, kind: Kind, object: &mut Map<String, Value>, here: &mut Here) {
        let table = fields(kind);
        if kind == Kind::Document
            && let Some(Value::String(dialect)) = object.get("jsonSchemaDialect")
            && !super::schema::is_known_dialect(dialect)
        {
            self.faults.push(
                &code::DIALECT,
                here.member_spot("jsonSchemaDialect", Aim::Value),
                format!("the dialect `{dialect}` is taken as JSON Schema 2020-12"),
                None,
            );
        }
        let mut nulls = Vec::new();
        for (name, member) in object.iter_mut() {
            let field = table.iter().find(|field| field.name == name);
            let length = here.push(name);
            self.check_field(kind, name, field, here);
            if kind == Kind::Components {
                self.component_names(member, here);
            }
            let kind = field.map_or_else(|| kind.member(name), |field| field.kind);
            if member.is_null() && is_meaningless_null(kind) {
                self.null(name, here);
                nulls.push(name.clone());
            } else {
                self.walk(kind, member, here);
            }
            here.truncate(length);
        }
        for name in nulls {
            object.shift_remove(&name);
        }
        for field in table {
            let is_asked_for = match field.need {
                Need::Optional => false,
                Need::Wanted | Need::Needed => true,
                Need::WantedBefore32 => here.version < Version::V32,
            };
            if is_asked_for && !object.contains_key(field.name) {
                self.missing(kind, field, here);
            }
        }
    }

    fn check_field(&mut self, kind: Kind, name: &str, field: Option<&Field>, here: &Here) {
        match field {
            Some(field) if field.since > here.version => self.faults.push(
                &code::FIELD_LATER,
                here.key_spot(),
                format!(
                    "`{name}` is of OpenAPI {}, and the document is of {}",
                    field.since.text(),
                    here.version.text()
                ),
                Some("state the later version in `openapi`"),
            ),
            Some(_) => {}
            None if name.starts_with("x-") => {}
            None => match kind {
                Kind::Map(_) | Kind::Callback | Kind::SecurityRequirement | Kind::Responses => {}
                Kind::Paths if name.starts_with('/') => {}
                Kind::Paths => self.faults.push(
                    &code::PATH_WITHOUT_SLASH,
                    here.key_spot(),
                    format!("the path `{name}` does not begin with a slash"),
                    Some("write it as `/…`; an extension's name begins with `x-`"),
                ),
                _ => self.faults.push(
                    &code::FIELD_UNKNOWN,
                    here.key_spot(),
                    format!("{} has no field `{name}`", kind.noun()),
                    Some("an extension's name begins with `x-`"),
                ),
            },
        }
    }

    /// Names of components are of `[a-zA-Z0-9._-]` (OpenAPI 3.1 §4.8.7.1).
    fn component_names(&mut self, section: &Value, here: &Here) {
        for name in section.as_object().into_iter().flat_map(Map::keys) {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            if name.is_empty() || !name.bytes().all(is_plain) {
                self.faults.push(
                    &code::COMPONENT_NAME,
                    here.member_spot(name, Aim::Key),
                    format!("the name `{name}` has characters that are not allowed"),
                    Some("letters, digits, `.`, `-` and `_` are"),
                );
            }
        }
    }

    fn missing(&mut self, kind: Kind, field: &Field, here: &Here) {
        let code = match field.need {
            Need::Needed => &code::FIELD_NEEDED,
            _ => &code::FIELD_MISSING,
        };
        self.faults.push(
            code,
            here.key_spot(),
            format!("{} needs the field `{}`", kind.noun(), field.name),
            None,
        );
    }

    pub(super) fn null(&mut self, name: &str, here: &Here) {
        self.faults.push(
            &code::FIELD_NULL,
            here.spot(),
            format!("`{name}` is null, and is taken as missing"),
            Some("leave the field out"),
        );
    }

    /// Whether a value is of the JSON type of its place; a bare number or flag is made text where
    /// text is required.
    pub(super) fn is_of_type(&mut self, kind: Kind, value: &mut Value, here: &Here) -> bool {
        let expected = kind.expected();
        let fits = match (expected, &*value) {
            (Expected::Anything, _)
            | (Expected::Text, Value::String(_))
            | (Expected::Flag, Value::Bool(_))
            | (Expected::Object | Expected::ObjectOrFlag, Value::Object(_))
            | (Expected::ObjectOrFlag, Value::Bool(_))
            | (Expected::Array, Value::Array(_)) => true,
            (Expected::Text, Value::Number(_) | Value::Bool(_)) => {
                let text = value.to_string();
                self.faults.push(
                    &code::SCALAR_NOT_TEXT,
                    here.spot(),
                    format!("{text} is not text; it is read as \"{text}\""),
                    Some("put it in quotes"),
                );
                *value = Value::String(text);
                true
            }
            _ => false,
        };
        if !fits {
            self.faults.push(
                &code::WRONG_TYPE,
                here.spot(),
                format!(
                    "{} is {}, where {} is required{}",
                    here_name(here),
                    name_of_type(value),
                    name_of_expected(expected),
                    if is_named(kind) {
                        format!(" ({})", kind.noun())
                    } else {
                        String::new()
                    }
                ),
                None,
            );
        }
        fits
    }
}

/// Whether the kind says more than the JSON type does.
fn is_named(kind: Kind) -> bool {
    !matches!(kind, Kind::Text | Kind::Flag | Kind::List(_) | Kind::Map(_))
}

/// Whether null stands there where it means nothing.
fn is_meaningless_null(kind: Kind) -> bool {
    !matches!(kind, Kind::Any | Kind::Extension)
}

fn here_name(here: &Here) -> String {
    let pointer = here.file_pointer();
    if pointer.is_empty() {
        "the document".into()
    } else {
        format!("`{}`", crate::pointer::last(&pointer))
    }
}

fn name_of_expected(expected: Expected) -> &'static str {
    match expected {
        Expected::Anything => "anything",
        Expected::Text => "text",
        Expected::Flag => "true or false",
        Expected::Object => "an object",
        Expected::Array => "an array",
        Expected::ObjectOrFlag => "an object, true or false",
    }
}

pub(super) fn name_of_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
