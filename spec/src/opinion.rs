//! The second opinion on documents of 3.0: the typed model of `openapiv3`.

use serde::Deserialize;
use serde_json::Value;

use crate::diagnostic::code;
use crate::faults::{Faults, Spot};
use crate::source::Aim;

/// Tells where the other model refuses a document, as it was written.
pub(crate) fn ask(root: &Value, faults: &mut Faults) {
    if let Err(error) = openapiv3::OpenAPI::deserialize(root) {
        faults.push(
            &code::SECOND_OPINION,
            Spot {
                source: 0,
                pointer: String::new(),
                aim: Aim::Value,
            },
            format!("a typed model of OpenAPI 3.0 refuses the document: {error}"),
            Some("tools that are built on such a model may refuse it too"),
        );
    }
}
