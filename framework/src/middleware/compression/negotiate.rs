use brrtrouter_transport::Field;

use crate::coding::preferred;

/// How content can be coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    #[cfg(feature = "brotli")]
    Brotli,
    Gzip,
}

/// The codings and their names, the best first among equals.
#[cfg(feature = "brotli")]
const KNOWN: ([&str; 2], [Coding; 2]) = (["br", "gzip"], [Coding::Brotli, Coding::Gzip]);
#[cfg(not(feature = "brotli"))]
const KNOWN: ([&str; 1], [Coding; 1]) = (["gzip"], [Coding::Gzip]);

/// The coding that the client would rather have; `None` if it is content as it is.
pub(super) fn coding(fields: &[Field<'_>]) -> Option<Coding> {
    let (names, codings) = KNOWN;
    let first = preferred(fields, &names).first().copied()?;
    codings.get(first).copied()
}
