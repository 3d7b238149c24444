//! An API whose callers log in elsewhere.
//!
//! | module | holds |
//! |---|---|
//! | [`api`] | the API: its document names an issuer, whose keys are discovered |
//! | [`issuer`] | a stand-in for the issuer, on this machine |

#![forbid(unsafe_code)]

pub mod api;
pub mod issuer;
