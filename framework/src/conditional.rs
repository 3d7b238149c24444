//! Conditional requests and parts of content (RFC 9110 §13, §14).
//!
//! An answer that has a validator, an [`ETag`] or the time of its last change, is compared with what
//! the client has: [`WithFields::with_etag`](crate::reply::WithFields::with_etag),
//! [`with_last_modified`](crate::reply::WithFields::with_last_modified) and
//! [`NamedFile`](crate::reply::NamedFile) give it one, and the rest happens by itself:
//!
//! ```text
//! If-Match, or else If-Unmodified-Since (412) → If-None-Match, or else If-Modified-Since (304)
//!          → Range, if If-Range holds (206, 416)
//! ```
//!
//! That order is RFC 9110 §13.2.2's, for `GET` and `HEAD` and answers of 200; ranges are for `GET`. A
//! handler that changes something takes [`Preconditions`] and checks them before it does.
//!
//! | module | holds |
//! |---|---|
//! | `etag` | entity tags and their comparison |
//! | `preconditions` | what a request demands of what it is about |
//! | `range` | the ranges that a request asks for, of content of a length |
//! | `answer` | an answer with a validator, made into the one that the request asks for |

mod answer;
mod etag;
mod preconditions;
mod range;

pub use etag::{ETag, InvalidETag};
pub use preconditions::Preconditions;

pub(crate) use answer::{answer, is_settled};
