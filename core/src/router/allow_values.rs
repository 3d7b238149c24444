//! The sets of methods that paths can have → the values of `Allow`.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::allow::implied;
use crate::method::{self, MethodSet};
use crate::trie::owned::OwnedTables;

/// The most sets that are made ready: as many as twelve methods can form.
pub(crate) const MOST_SETS: usize = 4096;

/// There would be more than [`MOST_SETS`].
pub(crate) struct TooManySets;

/// Every union of the sets that single shapes have; the last one holds all methods.
pub(crate) fn unions(shapes: &BTreeSet<MethodSet>) -> Result<BTreeSet<MethodSet>, TooManySets> {
    let mut unions = BTreeSet::from([MethodSet::of(method::OPTIONS)]);
    for &shape in shapes {
        let shape = implied(shape);
        let grown: Vec<MethodSet> = unions.iter().map(|&set| set.with(shape)).collect();
        unions.extend(grown);
        if unions.len() > MOST_SETS {
            return Err(TooManySets);
        }
    }
    Ok(unions)
}

/// Writes the value of each set, given the names of all methods by their numbers.
pub(crate) fn write(unions: &BTreeSet<MethodSet>, names: &[&str], tables: &mut OwnedTables) {
    for &set in unions {
        let start = tables.names.len();
        let mut members: Vec<&str> = set
            .numbers()
            .filter_map(|number| names.get(number as usize).copied())
            .collect();
        members.sort_unstable();
        for name in members {
            if tables.names.len() > start {
                tables.names.push_str(", ");
            }
            tables.names.push_str(name);
        }
        let len = tables.names.len() - start;
        tables.allow.push([set.bits(), start as u32, len as u32]);
    }
}
