//! From templates to the route of a path.
//!
//! ```text
//! templates → rows → decision tables (or, where those would grow too large, the plain trie) → walk
//! ```
//!
//! For each method and each count of segments there is one root. A node of the tables looks at one
//! segment of the path, at any place, and knows by one probe which of its literals it is, if any. The
//! rows that have a parameter there are folded into every child, so a walk never goes back: it does
//! at most one probe for each segment, one test for each affixed segment, and compares at the end
//! what all rows agreed on.

pub(crate) mod backtrack;
pub(crate) mod compile;
mod hash;
mod key;
mod rows;
mod tables;
mod walk;

pub(crate) use backtrack::Segments;
pub(crate) use compile::Compiler;
pub(crate) use key::{EscapedKeys, PlainKeys};
pub(crate) use tables::{Method, Step};
pub(crate) use walk::{capture, walk};
