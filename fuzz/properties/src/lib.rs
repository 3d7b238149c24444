//! What the fuzzers hold true of any input: each property is a function of bytes that panics where it
//! does not hold.
//!
//! The fuzzers of `fuzz/fuzz_targets` call these, and so does the test that runs them over the inputs
//! that were saved, without a fuzzer.

#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a property that does not hold ends the run"
)]

mod core_extract;
mod core_frozen;
mod core_lookup;
mod core_template;
mod event;
mod input;
mod spec_json;
mod spec_load;
mod spec_yaml;

pub use core_extract::core_extract;
pub use core_frozen::core_frozen;
pub use core_lookup::core_lookup;
pub use core_template::core_template;
pub use event::event;
pub use spec_json::spec_json;
pub use spec_load::spec_load;
pub use spec_yaml::spec_yaml;

pub use brrtrouter_raw::fuzzing::{chunked as raw_chunked, head as raw_head, target as raw_target};

/// One property, by the name of its fuzzer.
#[derive(Debug, Clone, Copy)]
pub struct Property {
    /// The name of the fuzzer and of its folder of saved inputs.
    pub name: &'static str,
    /// Panics where the property does not hold.
    pub hold: fn(&[u8]),
}

macro_rules! properties {
    ($($name:ident)*) => {
        /// Every property.
        pub const ALL: &[Property] = &[
            $(Property { name: stringify!($name), hold: $name }),*
        ];
    };
}

properties! {
    core_extract
    core_frozen
    core_lookup
    core_template
    event
    raw_chunked
    raw_head
    raw_target
    spec_json
    spec_load
    spec_yaml
}
