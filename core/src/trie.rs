//! From templates to the route of a path.
//!
//! ```text
//! templates → without parameters: the table of concrete routes → one probe
//!           → with parameters: classes → rows → decision tables, or the plain trie → walk
//! ```
//!
//! The routes of a method are parted into classes by the first bytes of a segment that all paths have in the
//! same place, the first one mostly, and each class has one root for each count of segments; so what most
//! routes differ in is known before any step. A node of the tables looks at a few bytes of one segment, or of
//! either end of the path, and knows by one probe which literal can be there, if any. The rows that have
//! a parameter there are folded into every child, so a walk never goes back.
//!
//! What is probed has a tag of eight bits and is believed until the leaf compares all that its route asks for.
//! Only where a parameter has the tag of a literal that other rows may match beside is the walk made a second
//! time, and compares each literal when it comes to it. So a lookup makes at most two probes and one comparison
//! for each literal, one test for each affixed segment, and one comparison at each of two leaves. Where
//! tables would grow too large the plain trie serves.
//!
//! | module | holds |
//! |---|---|
//! | `roots` | from a method and the beginning of a path to the root of a walk |
//! | `step` | the words that steps are made of |
//! | `leaf` | what leaves compare |
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
pub(crate) mod leaf;
#[cfg(feature = "alloc")]
pub(crate) mod owned;
pub(crate) mod plain;
pub(crate) mod roots;
pub(crate) mod segments;
pub(crate) mod shape;
pub(crate) mod step;
pub(crate) mod tables;
pub(crate) mod walk;
