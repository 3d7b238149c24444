use std::ops::Range;

/// The most ranges that are answered one by one; a request for more gets the whole.
const MOST: usize = 16;

/// What a `Range` field asks for, of content of a length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it: the field says nothing that can be followed, or so much that the whole is less.
    Whole,
    /// One part.
    One(Range<u64>),
    /// Several parts, in the order asked for; none touches another.
    Several(Vec<Range<u64>>),
    /// Nothing that is there.
    Nothing,
}

impl Wanted {
    /// What `value` asks for (RFC 9110 §14.1.2, §14.2).
    pub(super) fn of(value: &str, length: u64) -> Self {
        // Some clients ask for a range of whatever they load; of nothing, all is the better answer.
        let Some(set) = set(value).filter(|_| length > 0) else {
            return Self::Whole;
        };
        let mut ranges: Vec<Range<u64>> = Vec::new();
        for (number, spec) in set.split(',').map(str::trim).enumerate() {
            if number >= MOST {
                return Self::Whole;
            }
            if spec.is_empty() {
                continue;
            }
            let Some(range) = resolve(spec, length) else {
                return Self::Whole;
            };
            if !range.is_empty() {
                ranges.push(range);
            }
        }
        let touches = |a: &Range<u64>, b: &Range<u64>| a.start <= b.end && b.start <= a.end;
        let has_touching = (1..ranges.len()).any(|at| {
            ranges[..at]
                .iter()
                .any(|before| touches(before, &ranges[at]))
        });
        match ranges.len() {
            0 => Self::Nothing,
            _ if has_touching => Self::Whole,
            1 => ranges.pop().map_or(Self::Nothing, Self::One),
            _ => Self::Several(ranges),
        }
    }
}

/// The set of ranges, where the unit is bytes.
fn set(value: &str) -> Option<&str> {
    let (unit, set) = value.split_once('=')?;
    unit.trim().eq_ignore_ascii_case("bytes").then_some(set)
}

/// The bytes that one range means, none if they lie past the end; `None` if it is malformed.
fn resolve(spec: &str, length: u64) -> Option<Range<u64>> {
    let (first, last) = spec.split_once('-')?;
    if first.is_empty() {
        let count = number(last)?.min(length);
        return Some(length - count..length);
    }
    let first = number(first)?;
    let end = match last {
        "" => length,
        last => number(last)?.saturating_add(1).min(length),
    };
    if !last.is_empty() && number(last)? < first {
        return None;
    }
    Some(first.min(length)..end)
}

/// A number of digits only; one too large to say is the largest.
fn number(text: &str) -> Option<u64> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_resolved_against_the_length() {
        for (value, wanted) in [
            ("bytes=0-0", Wanted::One(0..1)),
            ("bytes=2-4", Wanted::One(2..5)),
            ("BYTES=2-", Wanted::One(2..10)),
            ("bytes=-3", Wanted::One(7..10)),
            ("bytes=-300", Wanted::One(0..10)),
            ("bytes=8-99999999999999999999999", Wanted::One(8..10)),
            ("bytes= 0-1 , 9-9", Wanted::Several(vec![0..2, 9..10])),
            ("bytes=9-9,0-1", Wanted::Several(vec![9..10, 0..2])),
            ("bytes=0-1,50-60", Wanted::One(0..2)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=20-30,40-", Wanted::Nothing),
            ("bytes=,", Wanted::Nothing),
        ] {
            assert_eq!(Wanted::of(value, 10), wanted, "{value}");
        }
    }

    #[test]
    fn what_cannot_be_followed_is_passed_over() {
        for value in [
            "",
            "bytes",
            "items=0-1",
            "bytes=a-b",
            "bytes=5-2",
            "bytes=1",
            "bytes=--1",
            "bytes=+1-2",
            "bytes=0-1,x",
            "bytes=-",
            "bytes=0-5,3-8",
            "bytes=0-1,2-3",
        ] {
            assert_eq!(Wanted::of(value, 10), Wanted::Whole, "{value}");
        }
        let many = format!("bytes={}", vec!["0-0"; 17].join(","));
        assert_eq!(Wanted::of(&many, 10), Wanted::Whole);
        assert_eq!(Wanted::of("bytes=0-", 0), Wanted::Whole);
    }
}
