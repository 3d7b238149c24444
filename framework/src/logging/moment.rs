use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// How long a moment is, in bytes.
const LENGTH: usize = 24;

/// A moment as `2026-01-31T23:59:59.123Z` (RFC 3339); what lies before 1970 counts as its start, and what
/// lies beyond the year 9999 as its end.
pub(super) fn text(moment: SystemTime) -> [u8; LENGTH] {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = since.as_secs().min(253_402_300_799);
    let (year, month, day) = date_of(seconds / 86_400);
    let of_day = (seconds % 86_400) as u32;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let millis = since.subsec_millis();
    let [century, of_century] = [pair(year / 100), pair(year % 100)];
    let [month, day, hour] = [pair(month), pair(day), pair(hour)];
    let [minute, second, hundredths] = [pair(minute), pair(second), pair(millis / 10)];
    [
        century[0],
        century[1],
        of_century[0],
        of_century[1],
        b'-',
        month[0],
        month[1],
        b'-',
        day[0],
        day[1],
        b'T',
        hour[0],
        hour[1],
        b':',
        minute[0],
        minute[1],
        b':',
        second[0],
        second[1],
        b'.',
        hundredths[0],
        hundredths[1],
        b'0' + (millis % 10) as u8,
        b'Z',
    ]
}

/// Two digits of a number below 100.
fn pair(number: u32) -> [u8; 2] {
    [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]
}

/// Year, month and day; the last day that was asked for is remembered.
fn date_of(days: u64) -> (u32, u32, u32) {
    /// The day, and its date in decimal: `days << 32 | year * 10,000 + month * 100 + day`.
    static LAST: AtomicU64 = AtomicU64::new(0);

    let mut last = LAST.load(Ordering::Relaxed);
    if last >> 32 != days || last == 0 {
        let (year, month, day) = date(days);
        last = days << 32 | (year * 10_000 + month * 100 + day);
        LAST.store(last, Ordering::Relaxed);
    }
    let date = last as u32;
    (date / 10_000, date / 100 % 100, date % 100)
}

/// Year, month and day of the Gregorian calendar. Years begin in March here, so that a leap day is
/// the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn written(seconds: u64, millis: u64) -> String {
        let since = Duration::from_secs(seconds) + Duration::from_millis(millis);
        String::from_utf8(text(UNIX_EPOCH + since).to_vec()).expect("it is ASCII")
    }

    #[test]
    fn moments_are_those_of_the_calendar() {
        assert_eq!(written(0, 0), "1970-01-01T00:00:00.000Z");
        assert_eq!(written(951_782_399, 999), "2000-02-28T23:59:59.999Z");
        assert_eq!(written(951_782_400, 1), "2000-02-29T00:00:00.001Z");
        assert_eq!(written(1_709_251_199, 20), "2024-02-29T23:59:59.020Z");
        assert_eq!(written(4_107_542_400, 0), "2100-03-01T00:00:00.000Z");
        assert_eq!(written(253_402_300_799, 7), "9999-12-31T23:59:59.007Z");
        assert_eq!(written(253_402_300_800, 7), "9999-12-31T23:59:59.007Z");
    }
}
