use std::collections::HashMap;

use crate::faults::Spot;
use crate::pointer;
use crate::source::Aim;

/// From where the parts of the normalised document come; what is not listed is of the entry
/// document, at the same pointer.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    parts: HashMap<String, (usize, String)>,
}

impl Origins {
    pub(super) fn insert(&mut self, pointer: String, source: usize, file_pointer: String) {
        self.parts.insert(pointer, (source, file_pointer));
    }

    /// The place, in its file, of what stands at `pointer` in the normalised document.
    pub(crate) fn spot(&self, pointer: &str, aim: Aim) -> Spot {
        let mut above = pointer;
        while !self.parts.is_empty() {
            if let Some((source, base)) = self.parts.get(above) {
                let rest = pointer.get(above.len()..).unwrap_or_default();
                return Spot {
                    source: *source,
                    pointer: format!("{base}{rest}"),
                    aim,
                };
            }
            match pointer::parent(above) {
                Some(parent) => above = parent,
                None => break,
            }
        }
        Spot {
            source: 0,
            pointer: pointer.to_owned(),
            aim,
        }
    }
}
