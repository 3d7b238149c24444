//! What runs around every request.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod api;
mod chain;
mod compression;
mod cors;
mod counts;
mod limits;
mod log;
mod metrics;
mod names;
mod overload;
mod pages;
