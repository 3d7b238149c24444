//! One request target, taken apart: where its segments end, and what a route captured.

mod clean;
mod long;
mod masks;
mod scan;
mod small;

use core::fmt;
use core::ops::Range;

pub(crate) use clean::{Clean, scan_odd, scan_short};
pub(crate) use long::{scan_long, scan_longer};
pub(crate) use scan::scan;
pub(crate) use small::{Small, scan_small};

/// The longest path, in bytes; the query does not count.
pub const LONGEST_PATH: usize = 8192;
/// The most segments that a path may have.
pub const MOST_SEGMENTS: usize = 32;
/// The most parameters that a path template may have.
pub const MOST_PARAMETERS: usize = 16;

/// So many slots are always filled: those of segments that the path has not with its end or a place behind it.
pub(crate) const ALWAYS_NOTED: usize = 6;

/// One slot for each segment, one for the end of the path and one for a segment that a
/// trailing-slash policy supposes.
pub(crate) const ENDS: usize = MOST_SEGMENTS + 2;

/// Where the parts of a target stand: scratch that the caller owns and may use again.
///
/// [`Router::lookup`](crate::Router::lookup) fills it; it holds places and no text, so the target is
/// handed in again to read it.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use brrtrouter_core::{Lookup, PathParams, Router};
///
/// let router = Router::builder().route("GET", "/pets/{id}", 7).build()?;
/// let mut params = PathParams::new();
/// let target = "/pets/rex%20ii?fields=name";
/// assert!(matches!(router.lookup("GET", target, &mut params), Lookup::Found(found) if found.route == 7));
/// assert_eq!(params.raw(0, target), Some("rex%20ii"));
/// assert_eq!(params.path(target), "/pets/rex%20ii");
/// assert_eq!(params.query(target), Some("fields=name"));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct PathParams {
    /// The place of the slash before each segment, and the end of the path after the last. Behind that nothing
    /// that is before it, in those that are [`ALWAYS_NOTED`].
    pub(crate) ends: [u16; ENDS],
    pub(crate) segments: u8,
    pub(crate) captured: Captured,
    /// Used where a capture is not a whole segment.
    pub(crate) spans: [(u16, u16); MOST_PARAMETERS],
    /// The end of the path: the place of `?`, or the target's length.
    pub(crate) end: u32,
}

/// What a route captured.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Captured {
    /// Whole segments: those of this set.
    Segments(u32),
    /// The first so many of the spans.
    Spans(u8),
}

impl PathParams {
    /// Scratch that holds nothing yet.
    pub const fn new() -> Self {
        Self {
            ends: [0; ENDS],
            segments: 0,
            captured: Captured::Segments(0),
            spans: [(0, 0); MOST_PARAMETERS],
            end: 0,
        }
    }

    /// How many parameters were captured.
    pub fn len(&self) -> usize {
        match self.captured {
            Captured::Segments(segments) => segments.count_ones() as usize,
            Captured::Spans(count) => usize::from(count),
        }
    }

    /// Whether none was captured.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The place in the target of the parameter of that number, counted from 0 in the order of the
    /// template.
    pub fn span(&self, index: usize) -> Option<Range<usize>> {
        match self.captured {
            Captured::Segments(mut segments) => {
                for _ in 0..index.min(MOST_SEGMENTS) {
                    segments &= segments.wrapping_sub(1);
                }
                let segment = segments.trailing_zeros() as usize;
                let start = usize::from(*self.ends.get(segment)?) + 1;
                let end = usize::from(*self.ends.get(segment + 1)?);
                (segments != 0).then_some(start..end)
            }
            Captured::Spans(count) => {
                let &(start, end) = self.spans.get(..usize::from(count))?.get(index)?;
                Some(usize::from(start)..usize::from(end))
            }
        }
    }

    /// The places of all parameters, in the order of the template.
    #[inline]
    pub fn spans(&self) -> Spans<'_> {
        Spans {
            params: self,
            left: match self.captured {
                Captured::Segments(segments) => segments,
                Captured::Spans(count) => count.into(),
            },
            next: 0,
        }
    }

    /// The places of all parameters, where each is a whole segment.
    #[cfg(feature = "openapi")]
    #[inline(always)]
    pub(crate) fn whole_segments(&self) -> Option<impl Iterator<Item = Range<usize>>> {
        let Captured::Segments(mut left) = self.captured else {
            return None;
        };
        Some(core::iter::from_fn(move || {
            if left == 0 {
                return None;
            }
            let segment = left.trailing_zeros() as usize & (MOST_SEGMENTS - 1);
            left &= left - 1;
            Some(usize::from(self.ends[segment]) + 1..usize::from(self.ends[segment + 1]))
        }))
    }

    /// The parameter of that number as it stands in `target`, not decoded.
    ///
    /// `target` is the one that was looked up.
    pub fn raw<'t>(&self, index: usize, target: &'t str) -> Option<&'t str> {
        target.get(self.span(index)?)
    }

    /// The path of `target`, without the query.
    pub fn path<'t>(&self, target: &'t str) -> &'t str {
        target.get(..self.end as usize).unwrap_or(target)
    }

    /// The query of `target`, without its `?`; `None` where there is no `?`.
    #[inline]
    pub fn query<'t>(&self, target: &'t str) -> Option<&'t str> {
        // Most have none.
        match self.end as usize {
            end if end >= target.len() => None,
            end => target.get(end..)?.strip_prefix('?'),
        }
    }

    /// Notes where a path with so many segments ends.
    pub(crate) fn note_end(&mut self, count: usize, end: usize) {
        let last = count.max(ALWAYS_NOTED - 1);
        if let Some(slots) = self.ends.get_mut(count..=last) {
            slots.fill(end as u16);
        }
    }

    /// The raw bytes of a segment of `path`; none for one that does not exist.
    pub(crate) fn segment<'p>(&self, path: &'p [u8], index: usize) -> &'p [u8] {
        let (Some(&start), Some(&end)) = (self.ends.get(index), self.ends.get(index + 1)) else {
            return &[];
        };
        path.get(usize::from(start) + 1..usize::from(end))
            .unwrap_or_default()
    }
}

/// The places of parameters, by [`PathParams::spans`].
#[derive(Debug, Clone)]
pub struct Spans<'p> {
    params: &'p PathParams,
    /// The segments that are left, or the count of all spans.
    left: u32,
    next: usize,
}

impl Iterator for Spans<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        match self.params.captured {
            Captured::Segments(_) => {
                if self.left == 0 {
                    return None;
                }
                let segment = self.left.trailing_zeros() as usize & (MOST_SEGMENTS - 1);
                self.left &= self.left - 1;
                let ends = &self.params.ends;
                Some(usize::from(ends[segment]) + 1..usize::from(ends[segment + 1]))
            }
            Captured::Spans(_) => {
                let span = self.params.span(self.next)?;
                self.next += 1;
                Some(span)
            }
        }
    }
}

impl Default for PathParams {
    fn default() -> Self {
        Self::new()
    }
}

/// Why a target is no path that could be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BadPath {
    /// It does not begin with `/` (RFC 9112 §3.2.1).
    NoSlash,
    /// It is longer than [`LONGEST_PATH`].
    TooLong,
    /// It has more than [`MOST_SEGMENTS`] segments.
    TooManySegments,
    /// A `%` is not followed by two hexadecimal digits (RFC 3986 §2.1).
    Escape,
    /// Its escapes stand for bytes that are not UTF-8.
    Utf8,
    /// It holds NUL, as such or as `%00`.
    Nul,
    /// One of its segments is `.` or `..`, in any spelling (RFC 3986 §5.2.4).
    DotSegment,
}

impl fmt::Display for BadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadPath::NoSlash => f.write_str("the path does not begin with a slash"),
            BadPath::TooLong => write!(f, "the path is longer than {LONGEST_PATH} bytes"),
            BadPath::TooManySegments => {
                write!(f, "the path has more than {MOST_SEGMENTS} segments")
            }
            BadPath::Escape => {
                f.write_str("a percent sign of the path is not followed by two hex digits")
            }
            BadPath::Utf8 => f.write_str("the escapes of the path do not stand for utf-8"),
            BadPath::Nul => f.write_str("the path holds a nul character"),
            BadPath::DotSegment => f.write_str("the path holds a dot segment"),
        }
    }
}

impl core::error::Error for BadPath {}
