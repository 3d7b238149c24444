//! A pet store served from its OpenAPI document, `openapi.yaml`.
//!
//! | module | holds |
//! |---|---|
//! | [`pet`], [`visit`] | the data, as the document describes it |
//! | [`store`] | the pets, in memory |
//! | [`tokens`] | tokens that the pet store signs itself |
//! | [`handlers`] | one function for each operation |
//! | [`service`] | all of it joined |

#![forbid(unsafe_code)]

pub mod handlers;
pub mod pet;
pub mod service;
pub mod store;
pub mod tokens;
pub mod visit;
