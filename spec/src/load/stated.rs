use serde_json::Value;

use super::spot;
use crate::diagnostic::code;
use crate::faults::Faults;
use crate::source::Aim;
use crate::version::{Stated, Version};

/// Reads which version a document is of; `None` if it is none that is supported.
pub(super) fn version(root: &mut Value, faults: &mut Faults) -> Option<(String, Version)> {
    let Value::Object(object) = root else {
        faults.push(
            &code::NOT_OPENAPI,
            spot("", Aim::Value),
            "the document is not an object",
            Some("an OpenAPI document begins with `openapi: 3.1.0`"),
        );
        return None;
    };
    let stated = match object.get_mut("openapi") {
        Some(Value::String(stated)) => stated.clone(),
        Some(number @ Value::Number(_)) => {
            let text = number.to_string();
            faults.push(
                &code::VERSION_ODD,
                spot("/openapi", Aim::Value),
                format!("the version {text} is a number; it is read as text"),
                Some("put it in quotes, with its patch number, such as \"3.1.0\""),
            );
            *number = Value::String(text.clone());
            return match Version::read(&text) {
                Stated::Known(version) | Stated::Odd(version) => Some((text, version)),
                Stated::Unsupported => {
                    unsupported(&text, faults);
                    None
                }
            };
        }
        Some(_) => {
            faults.push(
                &code::NOT_OPENAPI,
                spot("/openapi", Aim::Value),
                "the field `openapi` is not text",
                Some("it states the version, such as \"3.1.0\""),
            );
            return None;
        }
        None => {
            not_openapi(object.get("swagger"), faults);
            return None;
        }
    };
    match Version::read(&stated) {
        Stated::Known(version) => Some((stated, version)),
        Stated::Odd(version) => {
            faults.push(
                &code::VERSION_ODD,
                spot("/openapi", Aim::Value),
                format!(
                    "the version `{stated}` is not one of the specification; it is taken as {}",
                    version.text()
                ),
                Some("write it with its patch number, such as 3.1.0"),
            );
            Some((stated, version))
        }
        Stated::Unsupported => {
            unsupported(&stated, faults);
            None
        }
    }
}

fn unsupported(stated: &str, faults: &mut Faults) {
    faults.push(
        &code::VERSION_UNSUPPORTED,
        spot("/openapi", Aim::Value),
        format!("the version `{stated}` is not supported"),
        Some("the versions 3.0, 3.1 and 3.2 are"),
    );
}

fn not_openapi(swagger: Option<&Value>, faults: &mut Faults) {
    match swagger {
        Some(version) => faults.push(
            &code::VERSION_UNSUPPORTED,
            spot("/swagger", Aim::Value),
            format!(
                "Swagger {} is not supported",
                version.as_str().unwrap_or("2.0")
            ),
            Some("convert the document to OpenAPI 3"),
        ),
        None => faults.push(
            &code::NOT_OPENAPI,
            spot("", Aim::Value),
            "the document has no field `openapi`",
            Some("an OpenAPI document begins with `openapi: 3.1.0`"),
        ),
    }
}
