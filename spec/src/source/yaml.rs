//! YAML: our own composer over the events of `saphyr-parser`.

mod compose;
mod core_schema;

pub(super) use compose::compose;
