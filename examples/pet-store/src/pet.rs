//! Pets.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A pet as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pet {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its species.
    pub species: Species,
    /// Whether it can be adopted.
    pub status: Status,
    /// Its age in years, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<u8>,
    /// What is special about it.
    pub tags: Vec<String>,
    /// Whether there is a photo of it.
    pub has_photo: bool,
}

/// A pet as clients bring it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPet {
    /// Its name.
    pub name: String,
    /// Its species.
    pub species: Species,
    /// Whether it can be adopted.
    #[serde(default)]
    pub status: Status,
    /// Its age in years, where it is known.
    pub age: Option<u8>,
    /// What is special about it.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A change to a pet; what is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct PetPatch {
    /// Its name.
    pub name: Option<String>,
    /// Whether it can be adopted.
    pub status: Option<Status>,
    /// Its age in years.
    pub age: Option<u8>,
    /// What is special about it.
    pub tags: Option<Vec<String>>,
}

/// What kind of animal a pet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Species {
    Cat,
    Dog,
    Bird,
    Fish,
}

/// Whether a pet can be adopted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Status {
    #[default]
    Available,
    Pending,
    Adopted,
}
