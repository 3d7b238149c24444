//! YAML: our own composer over the events of `saphyr-parser`.

mod compose;
mod scalar;

pub(super) use compose::compose;
