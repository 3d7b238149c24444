//! The second opinion on documents of 3.0: the typed model of `openapiv3`.
//!
//! The model refuses a document as a whole. To give that a place its parts are asked about one by one:
//! what is refused although nothing within it is.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostic::code;
use crate::faults::{Faults, Spot};
use crate::grammar::Kind;
use crate::pointer;
use crate::source::Aim;

/// One part that the other model refuses.
#[derive(Debug)]
pub(crate) struct Refusal {
    pointer: String,
    noun: &'static str,
    reason: String,
}

/// What the other model refuses of a document, as it was written.
pub(crate) fn ask(root: &Value) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if refuse(Kind::Document, root).is_some() {
        narrow(Kind::Document, root, &mut String::new(), &mut refusals);
    }
    refusals
}

/// Tells what is refused where nothing else is wrong.
pub(crate) fn tell(refusals: Vec<Refusal>, faults: &mut Faults) {
    for refusal in refusals {
        if faults.has_fault_around(&refusal.pointer) {
            continue;
        }
        faults.push(
            &code::SECOND_OPINION,
            Spot {
                source: 0,
                pointer: refusal.pointer,
                aim: Aim::Value,
            },
            format!(
                "a typed model of OpenAPI 3.0 does not take {} here: {}",
                refusal.noun, refusal.reason
            ),
            Some("tools that are built on such a model may refuse the document"),
        );
    }
}

/// Looks for the innermost parts that are refused; whether there is any.
fn narrow(kind: Kind, value: &Value, path: &mut String, refusals: &mut Vec<Refusal>) -> bool {
    let is_data = matches!(kind, Kind::Any | Kind::Extension | Kind::Text | Kind::Flag);
    if is_data || is_reference(kind, value) {
        return false;
    }
    let reason = refuse(kind, value);
    if reason.is_none() && is_typed(kind) {
        return false;
    }
    let length = path.len();
    let mut is_below = false;
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                pointer::push(path, name);
                is_below |= narrow(kind.member(name), member, path, refusals);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer::push_index(path, index);
                is_below |= narrow(kind.member(""), item, path, refusals);
                path.truncate(length);
            }
        }
        _ => {}
    }
    match reason {
        Some(reason) if !is_below => {
            refusals.push(Refusal {
                pointer: path.clone(),
                noun: kind.noun(),
                reason,
            });
            true
        }
        _ => is_below,
    }
}

fn is_reference(kind: Kind, value: &Value) -> bool {
    kind.section().is_some() && value.get("$ref").is_some_and(Value::is_string)
}

/// Whether the other model has a type for such an object.
fn is_typed(kind: Kind) -> bool {
    check(kind).is_some()
}

/// Why the other model refuses a value; `None` if it does not, or has no type for it.
fn refuse(kind: Kind, value: &Value) -> Option<String> {
    check(kind).and_then(|check| check(value))
}

fn check(kind: Kind) -> Option<fn(&Value) -> Option<String>> {
    Some(match kind {
        Kind::Document => read::<openapiv3::OpenAPI>,
        Kind::Info => read::<openapiv3::Info>,
        Kind::Contact => read::<openapiv3::Contact>,
        Kind::License => read::<openapiv3::License>,
        Kind::Server => read::<openapiv3::Server>,
        Kind::ServerVariable => read::<openapiv3::ServerVariable>,
        Kind::Components => read::<openapiv3::Components>,
        Kind::Paths => read::<openapiv3::Paths>,
        Kind::PathItem => read::<openapiv3::PathItem>,
        Kind::Operation => read::<openapiv3::Operation>,
        Kind::ExternalDocs => read::<openapiv3::ExternalDocumentation>,
        Kind::Parameter => read::<openapiv3::Parameter>,
        Kind::RequestBody => read::<openapiv3::RequestBody>,
        Kind::MediaType => read::<openapiv3::MediaType>,
        Kind::Encoding => read::<openapiv3::Encoding>,
        Kind::Responses => read::<openapiv3::Responses>,
        Kind::Response => read::<openapiv3::Response>,
        Kind::Example => read::<openapiv3::Example>,
        Kind::Link => read::<openapiv3::Link>,
        Kind::Header => read::<openapiv3::Header>,
        Kind::Tag => read::<openapiv3::Tag>,
        Kind::Schema => read::<openapiv3::Schema>,
        Kind::Discriminator => read::<openapiv3::Discriminator>,
        Kind::SecurityScheme => read::<openapiv3::SecurityScheme>,
        Kind::OAuthFlows => read::<openapiv3::OAuth2Flows>,
        _ => return None,
    })
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<String> {
    T::deserialize(value).err().map(|error| error.to_string())
}
