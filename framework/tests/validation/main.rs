//! Requests and answers against the document, through the public face.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod api;
mod directions;
mod formats;
mod patterns;
mod responses;
mod unknown_query;
