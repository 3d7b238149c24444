//! From templates to the route of a path.
//!
//! ```text
//! templates → without parameters: the table of concrete routes → one probe
//!           → with parameters: rows → decision tables, or the plain trie → walk
//! ```
//!
//! For each method and each count of segments there is one root. A node of the tables looks at a few
//! bytes of one segment, or of either end of the path, and knows by one probe which literals can be
//! there, if any. The rows that have a parameter there are folded into every child, so a walk never goes
//! back: it does at most one probe for each literal, one test for each affixed segment, and compares at
//! the end what no probe has compared. Where tables would grow too large the plain trie serves.
//!
//! | module | holds |
//! |---|---|
//! | `step` | the words that tables are made of |
//! | `concrete` | the routes without parameters |
//! | `tables`, `owned` | all tables, borrowed and owned |
//! | `segments` | the segments of a path, as tables look at them |
//! | `walk`, `capture` | from a root to a leaf, and what that captures |
//! | `plain` | the tries that serve where tables would grow too large |
//! | `compile` | templates → tables |

pub(crate) mod capture;
#[cfg(feature = "alloc")]
pub(crate) mod compile;
pub(crate) mod concrete;
#[cfg(feature = "alloc")]
pub(crate) mod owned;
pub(crate) mod plain;
pub(crate) mod segments;
pub(crate) mod step;
pub(crate) mod tables;
pub(crate) mod walk;
