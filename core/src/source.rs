//! What parameters are taken from: a target, what a lookup captured of it, and header fields.

mod encoded;
mod fields;
mod pairs;
mod place;
mod text;

pub use encoded::Encoded;
pub(crate) use fields::FieldItems;
#[cfg(feature = "openapi")]
pub(crate) use pairs::Pair;
pub(crate) use pairs::{Cookies, NamedPairs, Pairs, split_at_byte};
pub use place::Place;
#[cfg(feature = "openapi")]
pub(crate) use text::SHORT;
pub(crate) use text::{Coding, Text};

use crate::path::PathParams;

/// What parameters are taken from.
#[derive(Clone, Copy)]
pub struct Source<'r> {
    /// Path and query, as they were looked up.
    pub target: &'r str,
    /// What the lookup left.
    pub path: &'r PathParams,
    /// The header fields.
    pub fields: &'r dyn FieldSource,
}

impl<'r> Source<'r> {
    /// What a lookup of `target` left in `path`, and the header fields.
    pub fn new(target: &'r str, path: &'r PathParams, fields: &'r dyn FieldSource) -> Self {
        Self {
            target,
            path,
            fields,
        }
    }
}

impl core::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Source")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// Header fields by name.
pub trait FieldSource {
    /// The value of the first field of that name, in any case.
    fn field(&self, name: &str) -> Option<&[u8]>;

    /// The value of the field of that name that has `index` others before it.
    ///
    /// A source that can hold several fields of one name overrides this; then lists may stand in
    /// several fields (RFC 9110 §5.3), and a single value that comes twice is refused.
    fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
        if index == 0 { self.field(name) } else { None }
    }
}

/// No fields at all.
impl FieldSource for () {
    fn field(&self, _name: &str) -> Option<&[u8]> {
        None
    }
}

/// What is lent gives what it would give itself, so that a slice can be lent as well.
impl<F: FieldSource + ?Sized> FieldSource for &F {
    fn field(&self, name: &str) -> Option<&[u8]> {
        F::field(self, name)
    }

    fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
        F::field_at(self, name, index)
    }
}

/// Names and values in the order sent.
impl<N: AsRef<str>, V: AsRef<[u8]>> FieldSource for [(N, V)] {
    fn field(&self, name: &str) -> Option<&[u8]> {
        self.field_at(name, 0)
    }

    fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
        self.iter()
            .filter(|(own, _)| own.as_ref().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_ref())
            .nth(index)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, const COUNT: usize> FieldSource for [(N, V); COUNT] {
    fn field(&self, name: &str) -> Option<&[u8]> {
        self.as_slice().field(name)
    }

    fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
        self.as_slice().field_at(name, index)
    }
}
