//! Requests and answers against the document, through the public face.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod accept;
mod api;
mod bounds;
mod contents;
mod directions;
mod formats;
mod forms;
mod multipart;
mod patterns;
mod responses;
mod text;
mod unknown_query;
