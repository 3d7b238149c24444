//! From templates to the route of a path.
//!
//! ```text
//! templates → without parameters, if most are such: the table of concrete routes → one probe
//!           → the others: classes → rows → decision tables, or the plain trie → walk
//! ```
//!
//! The routes of a method are parted into classes by some bytes of a segment that begins in the same place of all
//! paths; so what most routes differ in is known before it is known how many segments a path has. A class is a
//! step, mostly a switch that tells the shapes of paths apart, and what they have in one segment besides. A
//! switch looks at a few bytes of one segment, or of either end of the path, and knows by one probe which
//! literal can be there, if any. The rows that have a parameter there are folded into every child, so a walk
//! never goes back.
//!
//! What is probed has a tag of eight bits and the shape, and the tag is believed until the leaf compares all that
//! its route asks for. Only where a parameter has the tag of a literal that other rows may match beside is the
//! walk made a second time, and compares each literal when it comes to it. [`walk`] says how much a lookup looks
//! at. Where tables would grow too large the plain trie serves.
//!
//! | module | holds |
//! |---|---|
//! | `roots` | from a method to classes, and from a class with a catch-all to its roots |
//! | `shape` | how many segments there are, and whether the last one is empty |
//! | `step` | the words that steps are made of |
//! | `leaf` | what leaves compare |
//! | `concrete` | the routes without parameters |
//! | `tables`, `owned` | all tables, borrowed and owned |
//! | `segments` | the segments of a path, as tables look at them |
//! | `walk`, `capture` | from a class to a leaf, and what that captures |
//! | `plain` | the tries that serve where tables would grow too large |
//! | `compile` | templates → tables |
//! | `crossing` | routes that cross each other, for tests |

pub(crate) mod capture;
#[cfg(feature = "alloc")]
pub(crate) mod compile;
pub(crate) mod concrete;
#[cfg(all(test, feature = "alloc"))]
mod crossing;
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
