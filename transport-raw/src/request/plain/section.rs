//! The fields of the last head, in case that they come again: what a client says of itself with one
//! request it mostly says with the next.
//!
//! The same bytes in the same place mean the same, so a section that was read once is only compared. It
//! ends with its empty line; so whoever finds it here has found it whole.

use brrtrouter_transport::Field;

use super::super::framing::Terms;
use super::ascii;
use crate::limits::Limits;

/// The longest section that is remembered, in bytes.
const LONGEST: usize = 1024;

/// The most fields that are remembered.
const MOST: usize = 24;

/// How many sections go by before another is learned, if the last one did not come again.
const PAUSE: u8 = 15;

/// A section that was read, and what came of it.
pub(crate) struct Section {
    bytes: [u8; LONGEST],
    /// None are remembered as long as this is 0.
    length: usize,
    places: [Place; MOST],
    count: usize,
    /// The longest line, as [`Limits::max_header_line`] counts.
    longest: usize,
    terms: Terms,
    /// It has come again since it was learned.
    was_of_use: bool,
    pause: u8,
}

/// Where in the section a field stands.
///
/// *Invariant:* `name` is what the parser took for the name of a field.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    name: (u16, u16),
    value: (u16, u16),
}

impl Section {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; LONGEST],
            length: 0,
            places: [const {
                Place {
                    name: (0, 0),
                    value: (0, 0),
                }
            }; MOST],
            count: 0,
            longest: 0,
            terms: Terms::NONE,
            was_of_use: true,
            pause: 0,
        }
    }

    /// If `rest` starts with the section, its fields, what they come to, and how long it is.
    #[inline(always)]
    pub(super) fn recall<'b>(
        &mut self,
        rest: &'b [u8],
        limits: &Limits,
        fields: &mut Vec<Field<'b>>,
    ) -> Option<(Terms, usize)> {
        let known = self.bytes.get(..self.length)?;
        let bytes = rest.get(..self.length)?;
        // Servers of one process share what a worker remembers, but not their limits.
        if known.is_empty()
            || bytes != known
            || self.longest > limits.max_header_line
            || self.count > limits.max_headers
        {
            return None;
        }
        self.was_of_use = true;
        for place in self.places.get(..self.count)? {
            fields.push(Field {
                // The same bytes as those that were learned.
                name: ascii(cut(bytes, place.name)),
                value: cut(bytes, place.value),
            });
        }
        Some((self.terms, self.length))
    }

    /// Remembers a section that was read, unless lately that was of no use.
    pub(super) fn learn(&mut self, bytes: &[u8], fields: &[Field<'_>], terms: Terms) {
        if self.pause > 0 {
            self.pause -= 1;
            return;
        }
        self.pause = if self.was_of_use { 0 } else { PAUSE };
        self.was_of_use = false;
        self.length = 0;
        let (Some(room), Some(places)) = (
            self.bytes.get_mut(..bytes.len()),
            self.places.get_mut(..fields.len()),
        ) else {
            return;
        };
        room.copy_from_slice(bytes);
        self.longest = 0;
        for (place, field) in places.iter_mut().zip(fields) {
            let (Some(name), Some(value)) =
                (span(bytes, field.name.as_bytes()), span(bytes, field.value))
            else {
                return;
            };
            *place = Place { name, value };
            let line = field.name.len() + field.value.len() + 3;
            self.longest = self.longest.max(line);
        }
        self.count = fields.len();
        self.terms = terms;
        self.length = bytes.len();
    }
}

/// Where in `bytes` its part `part` stands; `None` if it is no part of it.
fn span(bytes: &[u8], part: &[u8]) -> Option<(u16, u16)> {
    let start = part.as_ptr().addr().checked_sub(bytes.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    bytes.get(start..end)?;
    Some((u16::try_from(start).ok()?, u16::try_from(end).ok()?))
}

#[inline(always)]
fn cut(bytes: &[u8], (start, end): (u16, u16)) -> &[u8] {
    bytes
        .get(usize::from(start)..usize::from(end))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::super::memory::Memory;
    use super::super::parse;
    use super::*;

    fn head(fields: &str) -> Vec<u8> {
        format!("GET /a HTTP/1.1\r\n{fields}\r\n").into_bytes()
    }

    #[test]
    fn a_remembered_section_is_read_as_if_for_the_first_time() {
        let mut memory = Memory::new();
        let sections = [
            "Host: a\r\n",
            "Host: a\r\nX: y\r\n",
            "host: b:80\r\nConnection: close\r\nContent-Length: 7\r\n",
            "Host: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n",
        ];
        for round in 0..100 {
            for (index, section) in sections.iter().enumerate() {
                if (round >> index) & 1 == 0 {
                    continue;
                }
                let bytes = head(section);
                let limits = Limits::default();
                let (mut fields, mut expected) = (Vec::new(), Vec::new());
                let one = parse(&bytes, &limits, &mut fields, &mut memory);
                let other = parse(&bytes, &limits, &mut expected, &mut Memory::new());
                assert!(one.is_some());
                assert_eq!(one, other);
                assert_eq!(fields, expected);
            }
        }
    }

    #[test]
    fn another_servers_limits_hold_all_the_same() {
        let mut memory = Memory::new();
        let bytes = head("Host: a\r\nX: 0123456789\r\n");
        let limits = Limits::default();
        for _ in 0..3 {
            assert!(parse(&bytes, &limits, &mut Vec::new(), &mut memory).is_some());
        }
        let short = Limits::default().max_header_line(10);
        assert!(parse(&bytes, &short, &mut Vec::new(), &mut memory).is_none());
        let few = Limits::default().max_headers(1);
        assert!(parse(&bytes, &few, &mut Vec::new(), &mut memory).is_none());
        let small = Limits::default().max_head(bytes.len() - 1);
        assert!(parse(&bytes, &small, &mut Vec::new(), &mut memory).is_none());
    }

    #[test]
    fn what_is_too_long_to_be_remembered_is_read_anew() {
        let mut memory = Memory::new();
        let long = format!("Host: a\r\nX: {}\r\n", "y".repeat(LONGEST));
        let many = format!("Host: a\r\n{}", "X: y\r\n".repeat(MOST));
        for fields in [long, many] {
            for _ in 0..3 {
                let bytes = head(&fields);
                let mut read = Vec::new();
                assert!(parse(&bytes, &Limits::default(), &mut read, &mut memory).is_some());
                assert_eq!(read[0].value, b"a");
                assert_eq!(memory.section.length, 0);
            }
        }
    }

    #[test]
    fn a_part_of_the_section_is_not_the_section() {
        let mut memory = Memory::new();
        let bytes = head("Host: a\r\nX: y\r\n");
        let limits = Limits::default();
        for end in 0..bytes.len() {
            assert!(parse(&bytes, &limits, &mut Vec::new(), &mut memory).is_some());
            assert!(parse(&bytes[..end], &limits, &mut Vec::new(), &mut memory).is_none());
        }
    }
}
