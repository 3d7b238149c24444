//! Methods as small numbers (RFC 9110 §9).

/// A method as a small number; as wide as a register, since to write a part of one waits for what was in it.
pub(crate) type Number = u32;

/// The methods that have a fixed number, in the order that `Allow` lists them.
///
/// `QUERY` is that of OpenAPI 3.2 and the HTTP working group's draft.
pub(crate) const STANDARD: [&str; 10] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
];
pub(crate) const GET: Number = 2;
pub(crate) const HEAD: Number = 3;
pub(crate) const OPTIONS: Number = 4;
/// How many methods a router can tell apart.
pub(crate) const MOST: usize = 32;
/// The longest method token, in bytes.
#[cfg(feature = "alloc")]
pub(crate) const LONGEST: usize = 64;

/// The number of a standard method; method tokens are case-sensitive.
#[inline]
pub(crate) fn standard(method: &[u8]) -> Option<Number> {
    if method == b"GET" {
        return Some(GET);
    }
    other_standard(method)
}

#[inline(never)]
fn other_standard(method: &[u8]) -> Option<Number> {
    Some(match method {
        b"GET" => GET,
        b"PUT" => 7,
        b"POST" => 6,
        b"HEAD" => HEAD,
        b"PATCH" => 5,
        b"QUERY" => 8,
        b"TRACE" => 9,
        b"DELETE" => 1,
        b"OPTIONS" => OPTIONS,
        b"CONNECT" => 0,
        _ => return None,
    })
}

/// Whether `method` is a token (RFC 9110 §5.6.2).
#[cfg(feature = "alloc")]
pub(crate) fn is_token(method: &str) -> bool {
    !method.is_empty()
        && method.bytes().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(
                    byte,
                    b'!' | b'#'
                        | b'$'
                        | b'%'
                        | b'&'
                        | b'\''
                        | b'*'
                        | b'+'
                        | b'-'
                        | b'.'
                        | b'^'
                        | b'_'
                        | b'`'
                        | b'|'
                        | b'~'
                )
        })
}

/// Some of the methods of a router.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct MethodSet(u32);

impl MethodSet {
    /// No method.
    pub const EMPTY: Self = Self(0);

    pub(crate) const fn of(method: Number) -> Self {
        Self(1 << method)
    }

    /// One bit for each method.
    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn has(self, method: Number) -> bool {
        self.0 & 1 << method != 0
    }

    /// Whether there is none in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are in it.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Their numbers, from the lowest.
    pub(crate) fn numbers(self) -> impl Iterator<Item = Number> {
        (0..MOST as Number).filter(move |&method| self.has(method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_method_has_the_number_of_its_place() {
        for (number, name) in STANDARD.iter().enumerate() {
            assert_eq!(standard(name.as_bytes()), Some(number as Number), "{name}");
        }
        assert_eq!(standard(b"get"), None);
        assert_eq!(standard(b""), None);
        assert!(STANDARD.is_sorted());
    }
}
