//! Visits to the vet.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A visit as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Visit {
    /// Its number among the pet's, from 1.
    pub id: u32,
    /// The pet.
    pub pet_id: Uuid,
    /// Why the pet was brought.
    pub reason: String,
    /// The day, as `YYYY-MM-DD`.
    pub date: String,
}

/// A visit as clients record it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewVisit {
    /// Why the pet was brought.
    pub reason: String,
    /// The day, as `YYYY-MM-DD`.
    pub date: String,
}
