//! Days and moments (RFC 3339 §5.6).

use core::fmt;

/// A day that there is: `full-date` (RFC 3339 §5.6), years 0 to 9999.
///
/// It holds what a text says and nothing else; the calendar crate of one's choice takes it from
/// [`year`](Date::year), [`month`](Date::month) and [`day`](Date::day).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day, if there is such a one.
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if is_leap => 29,
            2 => 28,
            _ => return None,
        };
        if year > 9999 || day == 0 || day > days {
            return None;
        }
        Some(Self { year, month, day })
    }

    /// Reads `2026-01-31`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text.as_bytes())
    }

    fn read(text: &[u8]) -> Option<Self> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else {
            return None;
        };
        let year = digits(&[y1, y2, y3, y4])?;
        Self::new(
            year as u16,
            digits(&[m1, m2])? as u8,
            digits(&[d1, d2])? as u8,
        )
    }

    /// 0 to 9999.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// 1 to 31.
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Days since 1970-01-01.
    pub const fn unix_days(self) -> i64 {
        // Years begin in March here, so that a leap day is the last of its year.
        let month = self.month as i64;
        let year = self.year as i64 - (month <= 2) as i64;
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + self.day as i64 - 1;
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year
            - 719_468
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A moment with its offset from UTC: `date-time` (RFC 3339 §5.6).
///
/// `T` and `Z` are read in either case, and leap seconds at the end of a UTC day. Two are equal where
/// they say the same; [`unix_seconds`](DateTime::unix_seconds) compares moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    date: Date,
    hour: u8,
    minute: u8,
    second: u8,
    nanosecond: u32,
    offset: i16,
}

impl DateTime {
    /// Reads `2026-01-31T12:00:00.5+01:00`; of a fraction it keeps nine digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, [b'T' | b't', time @ ..]) = text.as_bytes().split_at_checked(10)? else {
            return None;
        };
        let &[h1, h2, b':', m1, m2, b':', s1, s2, ref rest @ ..] = time else {
            return None;
        };
        let (nanosecond, zone) = match rest {
            [b'.', fraction @ ..] => read_fraction(fraction)?,
            zone => (0, zone),
        };
        let moment = Self {
            date: Date::read(date)?,
            hour: digits(&[h1, h2])? as u8,
            minute: digits(&[m1, m2])? as u8,
            second: digits(&[s1, s2])? as u8,
            nanosecond,
            offset: read_offset(zone)?,
        };
        moment.is_sound().then_some(moment)
    }

    fn is_sound(self) -> bool {
        let minute = i32::from(self.hour) * 60 + i32::from(self.minute) - i32::from(self.offset);
        let is_last = minute.rem_euclid(24 * 60) == 24 * 60 - 1;
        self.hour < 24 && self.minute < 60 && (self.second < 60 || (self.second == 60 && is_last))
    }

    /// The day, where the offset holds.
    pub const fn date(self) -> Date {
        self.date
    }

    /// 0 to 23, where the offset holds.
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// 0 to 59, where the offset holds.
    pub const fn minute(self) -> u8 {
        self.minute
    }

    /// 0 to 60, of which 60 is a leap second.
    pub const fn second(self) -> u8 {
        self.second
    }

    /// 0 to 999,999,999.
    pub const fn nanosecond(self) -> u32 {
        self.nanosecond
    }

    /// Minutes ahead of UTC.
    pub const fn offset_minutes(self) -> i16 {
        self.offset
    }

    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
    pub const fn unix_seconds(self) -> i64 {
        let minutes = self.hour as i64 * 60 + self.minute as i64 - self.offset as i64;
        self.date.unix_days() * 86_400 + minutes * 60 + self.second as i64
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            date,
            hour,
            minute,
            second,
            ..
        } = self;
        write!(f, "{date}T{hour:02}:{minute:02}:{second:02}")?;
        if self.nanosecond > 0 {
            let (mut fraction, mut width) = (self.nanosecond, 9);
            while fraction.is_multiple_of(10) {
                fraction /= 10;
                width -= 1;
            }
            write!(f, ".{fraction:0width$}")?;
        }
        if self.offset == 0 {
            return f.write_str("Z");
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// The nanoseconds of a fraction, and what is behind it.
fn read_fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (fraction, zone) = text.split_at_checked(count)?;
    let kept = fraction.get(..9).unwrap_or(fraction);
    let missing = 9 - kept.len() as u32;
    (count > 0).then_some((digits(kept)? * 10_u32.pow(missing), zone))
}

fn read_offset(zone: &[u8]) -> Option<i16> {
    match zone {
        [b'Z' | b'z'] => Some(0),
        &[sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours @ 0..24, minutes @ 0..60) = (digits(&[h1, h2])?, digits(&[m1, m2])?) else {
                return None;
            };
            let offset = (hours * 60 + minutes) as i16;
            Some(if sign == b'+' { offset } else { -offset })
        }
        _ => None,
    }
}

/// The number of at most nine digits.
fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + u32::from(byte - b'0'))
    })
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn dates_are_days_that_there_are() {
        for date in ["2024-02-29", "2026-12-31", "0000-01-01"] {
            assert!(Date::parse(date).is_some(), "{date}");
        }
        for date in [
            "2023-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "2026-01-00",
            "x",
        ] {
            assert!(Date::parse(date).is_none(), "{date}");
        }
    }

    #[test]
    fn date_times_follow_rfc_3339() {
        for time in [
            "2026-01-31T12:00:00Z",
            "2026-01-31t12:00:00.123z",
            "2026-01-31T23:59:60Z",
            "1998-12-31T15:59:60.5-08:00",
            "2026-01-31T12:00:00+05:30",
        ] {
            assert!(DateTime::parse(time).is_some(), "{time}");
        }
        for time in [
            "2026-01-31",
            "2026-01-31 12:00:00Z",
            "2026-01-31T12:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T12:00:00",
            "2026-01-31T12:00:00.Z",
            "2026-01-31T12:00:60Z",
            "2026-01-31T12:00:00+24:00",
            "2026-02-30T12:00:00Z",
        ] {
            assert!(DateTime::parse(time).is_none(), "{time}");
        }
    }

    #[test]
    fn a_moment_is_written_as_it_is_read() {
        for time in [
            "2026-01-31T12:00:00Z",
            "2026-01-31T12:00:00.12Z",
            "1998-12-31T15:59:60.5-08:00",
            "0001-01-01T00:00:00.000000001+05:30",
        ] {
            let moment = DateTime::parse(time).expect("a moment");
            assert_eq!(moment.to_string(), time);
        }
    }

    #[test]
    fn moments_are_counted_in_seconds() {
        for (time, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00+01:00", -3600),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("1998-12-31T15:59:60-08:00", 915_148_800),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            let moment = DateTime::parse(time).expect("a moment");
            assert_eq!(moment.unix_seconds(), seconds, "{time}");
        }
    }
}
