//! The `Allow` field (RFC 9110 §10.2.1), one ready-made value for every set of methods that a path of
//! the router can have.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::method::{self, MethodSet};

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

/// The sets that paths can have, sorted, and the value of each.
#[derive(Debug, Default)]
pub(crate) struct AllowTable {
    values: Vec<(MethodSet, String)>,
    /// The union of all.
    all: MethodSet,
}

/// The most sets that are made ready: as many as twelve methods can form.
pub(crate) const MOST_SETS: usize = 4096;

impl AllowTable {
    /// Every union of the sets that single shapes have.
    ///
    /// `None` where that would be more than [`MOST_SETS`].
    pub(crate) fn new(shapes: &BTreeSet<MethodSet>, names: &[&str]) -> Option<Self> {
        let mut unions = BTreeSet::from([MethodSet::of(method::OPTIONS)]);
        for &shape in shapes {
            let shape = Self::implied(shape);
            let grown: Vec<MethodSet> = unions.iter().map(|&set| set.with(shape)).collect();
            unions.extend(grown);
            if unions.len() > MOST_SETS {
                return None;
            }
        }
        let all = unions
            .iter()
            .fold(MethodSet::EMPTY, |all, &set| all.with(set));
        let values = unions
            .into_iter()
            .map(|set| {
                let mut value = String::new();
                let mut members: Vec<&str> = set
                    .numbers()
                    .filter_map(|number| names.get(usize::from(number)).copied())
                    .collect();
                members.sort_unstable();
                for name in members {
                    if !value.is_empty() {
                        value.push_str(", ");
                    }
                    value.push_str(name);
                }
                (set, value)
            })
            .collect();
        Some(Self { values, all })
    }

    /// The set with what comes without being declared: HEAD with GET, and OPTIONS.
    fn implied(set: MethodSet) -> MethodSet {
        let set = set.with(MethodSet::of(method::OPTIONS));
        if set.has(method::GET) {
            set.with(MethodSet::of(method::HEAD))
        } else {
            set
        }
    }

    /// What a path has whose routes have these methods.
    pub(crate) fn of(&self, declared: MethodSet) -> Allow<'_> {
        let set = Self::implied(declared);
        let value = self
            .values
            .binary_search_by(|(other, _)| other.cmp(&set))
            .ok()
            .and_then(|at| self.values.get(at))
            .map_or("", |(_, value)| value.as_str());
        Allow { set, value }
    }

    /// What the server has at all, for `OPTIONS *`.
    pub(crate) fn all(&self) -> Allow<'_> {
        self.of(self.all)
    }
}
