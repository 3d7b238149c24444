use std::collections::HashMap;
use std::fmt;

use brrtrouter_spec::{Diagnostic, Spec};

use crate::reload::fingerprint::Fingerprints;
use crate::security::{self, SecurityChange};

/// How a document differs from the one before it. Operations are the same if method and path are.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Changes {
    /// Operations that were not there, in the order of the new document.
    pub added: Vec<ChangedOperation>,
    /// Operations of which anything is different: what they take, answer or demand, or a schema that
    /// they refer to.
    pub changed: Vec<ChangedOperation>,
    /// Operations that are no longer there, in the order of the old document.
    pub removed: Vec<ChangedOperation>,
    /// How what operations demand of callers has changed; weaker demands deserve a look.
    pub security: Vec<SecurityChange>,
    /// What was found wrong with the new document and tolerated.
    pub diagnostics: Vec<Diagnostic>,
}

/// An operation in a list of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangedOperation {
    /// Its name; of one that changed, the new one.
    pub name: String,
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
}

impl Changes {
    /// What makes `after` differ from `before`.
    pub(super) fn between(before: &Spec, after: &Spec) -> Self {
        let (old, new) = (Fingerprints::of(before), Fingerprints::of(after));
        let old_ones: HashMap<_, _> = old.iter().collect();
        let mut changes = Self {
            security: security::changes(before, after),
            diagnostics: after.diagnostics.clone(),
            ..Self::default()
        };
        for (operation, (place, fingerprint)) in after.operations.iter().zip(new.iter()) {
            match old_ones.get(&place) {
                None => changes.added.push(ChangedOperation::new(operation)),
                Some(old) if *old != fingerprint => {
                    changes.changed.push(ChangedOperation::new(operation));
                }
                Some(_) => {}
            }
        }
        let new_ones: HashMap<_, _> = new.iter().collect();
        for (operation, (place, _)) in before.operations.iter().zip(old.iter()) {
            if !new_ones.contains_key(&place) {
                changes.removed.push(ChangedOperation::new(operation));
            }
        }
        changes
    }

    /// Whether every operation is as it was.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

impl ChangedOperation {
    fn new(operation: &brrtrouter_spec::model::Operation) -> Self {
        Self {
            name: operation.name.clone(),
            method: operation.method.clone(),
            path: operation.path.clone(),
        }
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no operation is different");
        }
        let lists = [
            ("added", &self.added),
            ("changed", &self.changed),
            ("removed", &self.removed),
        ];
        let mut is_first = true;
        for (what, operations) in lists {
            for operation in operations {
                let comma = if std::mem::take(&mut is_first) {
                    ""
                } else {
                    ", "
                };
                let (method, path) = (&operation.method, &operation.path);
                write!(f, "{comma}{what} {:?} ({method} {path})", operation.name)?;
            }
        }
        Ok(())
    }
}
