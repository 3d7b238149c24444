use std::collections::HashSet;

use serde_json::Value;

use super::Walker;
use crate::diagnostic::code;
use crate::pointer;
use crate::reference;
use crate::source::Aim;

impl Walker<'_> {
    /// Tells of schemas that are references to each other and never anything else.
    pub(super) fn find_circles(&mut self, root: &Value) {
        let mut seen: HashSet<String> = HashSet::new();
        for start in std::mem::take(&mut self.led_on) {
            let mut way: Vec<String> = Vec::new();
            let mut next = Some(start);
            while let Some(place) = next.take() {
                if way.contains(&place) {
                    self.faults.push(
                        &code::REFERENCE_CYCLE,
                        self.origins
                            .spot(&pointer::join(&place, "$ref"), Aim::Value),
                        "the reference leads back to itself",
                        None,
                    );
                    break;
                }
                if !seen.insert(place.clone()) {
                    break;
                }
                next = led_to(root, &place);
                way.push(place);
            }
        }
    }
}

/// Where the reference at that place leads to, if there is one.
fn led_to(root: &Value, place: &str) -> Option<String> {
    let text = root.pointer(place)?.get("$ref")?.as_str()?;
    Some(reference::local(text)?.into_owned())
}
