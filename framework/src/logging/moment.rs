use std::time::{SystemTime, UNIX_EPOCH};

/// Appends a moment as `2026-01-31T23:59:59.123Z` (RFC 3339); what lies before 1970 counts as its
/// start.
pub(super) fn push(moment: SystemTime, out: &mut Vec<u8>) {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = since.as_secs();
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let mut text = *b"0000-00-00T00:00:00.000Z";
    for (at, width, mut number) in [
        (0, 4, year),
        (5, 2, month),
        (8, 2, day),
        (11, 2, hour),
        (14, 2, minute),
        (17, 2, second),
        (20, 3, u64::from(since.subsec_millis())),
    ] {
        for place in text[at..at + width].iter_mut().rev() {
            *place = b'0' + (number % 10) as u8;
            number /= 10;
        }
    }
    out.extend_from_slice(&text);
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
        let mut out = Vec::new();
        let since = Duration::from_secs(seconds) + Duration::from_millis(millis);
        push(UNIX_EPOCH + since, &mut out);
        String::from_utf8(out).expect("it is ASCII")
    }

    #[test]
    fn moments_are_those_of_the_calendar() {
        assert_eq!(written(0, 0), "1970-01-01T00:00:00.000Z");
        assert_eq!(written(951_782_399, 999), "2000-02-28T23:59:59.999Z");
        assert_eq!(written(951_782_400, 1), "2000-02-29T00:00:00.001Z");
        assert_eq!(written(1_709_251_199, 20), "2024-02-29T23:59:59.020Z");
        assert_eq!(written(4_107_542_400, 0), "2100-03-01T00:00:00.000Z");
    }
}
