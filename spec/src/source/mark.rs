/// A line and a column, in characters, both from 1.
///
/// A line ends with a line feed, a carriage return, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Mark {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Mark {
    /// Where a text begins.
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// The place of a byte of a text, or of its end.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let offset = text.floor_char_boundary(offset);
        let before = text.get(..offset).unwrap_or(text);
        let bytes = before.as_bytes();
        let is_in_pair = text
            .get(offset..)
            .is_some_and(|rest| rest.starts_with('\n'));
        let mut ends = memchr::memchr_iter(b'\n', bytes).count();
        let mut last = memchr::memrchr(b'\n', bytes);
        for at in memchr::memchr_iter(b'\r', bytes) {
            let is_pair = match bytes.get(at + 1) {
                Some(next) => *next == b'\n',
                None => is_in_pair,
            };
            if !is_pair {
                ends += 1;
                last = last.max(Some(at));
            }
        }
        let line = before
            .get(last.map_or(0, |end| end + 1)..)
            .unwrap_or_default();
        let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        Self {
            line: number(ends),
            column: number(line.chars().count()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Mark;

    #[test]
    fn lines_end_with_either_or_both() {
        let text = "a\rb\r\nc\néd";
        for (offset, line, column) in [
            (0, 1, 1),
            (2, 2, 1),
            (4, 2, 3),
            (5, 3, 1),
            (7, 4, 1),
            (8, 4, 1),
            (9, 4, 2),
            (99, 4, 3),
        ] {
            assert_eq!(Mark::of(text, offset), Mark { line, column }, "{offset}");
        }
    }
}
