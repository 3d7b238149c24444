//! Security over real sockets: a table of credentials against schemes and their combinations, and
//! the spellings of a path that might lead past it.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod api;
mod credentials;
mod spellings;
mod stack;
mod table;
mod tokens;
