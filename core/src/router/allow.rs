//! The `Allow` field (RFC 9110 §10.2.1), one ready-made value for every set of methods that a path of
//! the router can have.

use core::fmt;

use crate::method::{self, MethodSet};
use crate::trie::tables::Tables;

/// The methods that a path has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Allow<'r> {
    set: MethodSet,
    value: &'r str,
}

impl<'r> Allow<'r> {
    /// The value of the `Allow` field, such as `GET, HEAD, OPTIONS`.
    pub fn header_value(&self) -> &'r str {
        self.value
    }

    /// The methods as a set.
    pub fn methods(&self) -> MethodSet {
        self.set
    }

    /// The names of the methods, in the order of the field's value.
    pub fn names(&self) -> impl Iterator<Item = &'r str> {
        self.value.split(", ")
    }

    /// Whether `method` is one of them.
    pub fn contains(&self, method: &str) -> bool {
        self.names().any(|name| name == method)
    }
}

impl fmt::Debug for Allow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Allow({:?})", self.value)
    }
}

impl fmt::Display for Allow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.value)
    }
}

/// The set with what comes without being declared: HEAD with GET, and OPTIONS.
pub(crate) fn implied(set: MethodSet) -> MethodSet {
    let set = set.with(MethodSet::of(method::OPTIONS));
    if set.has(method::GET) {
        set.with(MethodSet::of(method::HEAD))
    } else {
        set
    }
}

impl<'t> Tables<'t> {
    /// What a path has whose routes have these methods.
    pub(crate) fn allow(&self, declared: MethodSet) -> Allow<'t> {
        let set = implied(declared);
        let found = self
            .allow
            .binary_search_by(|&[other, ..]| other.cmp(&set.bits()));
        let entry = found.ok().and_then(|at| self.allow.get(at));
        let value = entry.map_or("", |&[_, start, len]| self.name(start, len));
        Allow { set, value }
    }
}
