use std::collections::HashMap;

use crate::validate::{ResponseCheck, UnknownQuery};

/// How closely requests and answers are looked at.
#[derive(Default)]
pub(super) struct Checks {
    pub(super) unknown_query: UnknownQuery,
    pub(super) responses: ResponseCheck,
    pub(super) responses_of: HashMap<String, ResponseCheck>,
}

impl Checks {
    /// How the answers of an operation are looked at.
    pub(super) fn of_responses(&self, operation: &str) -> ResponseCheck {
        let own = self.responses_of.get(operation).copied();
        own.unwrap_or(self.responses)
    }

    /// Whether any answer may be looked at.
    pub(super) fn look_at_responses(&self) -> bool {
        let mut all = self.responses_of.values().chain([&self.responses]);
        all.any(|check| *check != ResponseCheck::Off)
    }
}
