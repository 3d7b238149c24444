use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::clock::Moment;

/// A moment as RFC 3339 writes it: `2026-01-31T23:59:59.123Z`.
pub(crate) type MomentText = [u8; 24];

/// How long the difference between the system's two clocks is believed, in nanoseconds.
const BELIEVED: u64 = 100_000_000;

const SECOND: u64 = 1_000_000_000;

/// Texts of moments that the monotonic clock has told; of those of one second only the end is made anew.
pub(super) struct Calendar {
    text: MomentText,
    /// From when on the text is right but for its milliseconds, and for how long, in nanoseconds.
    from: u64,
    span: u64,
    /// How much of the second was over by then.
    over: u64,
}

impl Calendar {
    /// The text of a moment.
    #[inline]
    pub(super) fn text(&mut self, now: Moment) -> &MomentText {
        let mut since = now.nanoseconds().wrapping_sub(self.from);
        if since >= self.span {
            self.look_at_the_clock(now);
            since = 0;
        }
        // Less than a second, which fits.
        let millis = (self.over + since) as u32 / 1_000_000;
        let [_, hundreds] = pair(millis / 100);
        let [tens, ones] = pair(millis);
        let [.., a, b, c, _] = &mut self.text;
        (*a, *b, *c) = (hundreds, tens, ones);
        &self.text
    }

    #[cold]
    fn look_at_the_clock(&mut self, now: Moment) {
        let (here, wall) = (Moment::now(), SystemTime::now());
        // What lies before 1970 counts as its start.
        let wall = wall.duration_since(UNIX_EPOCH).unwrap_or_default();
        let since = wall
            .saturating_sub(Duration::from_nanos(here.since(now)))
            .saturating_add(Duration::from_nanos(now.since(here)));
        self.text = text(since);
        self.from = now.nanoseconds();
        self.over = u64::from(since.subsec_nanos());
        self.span = BELIEVED.min(SECOND - self.over);
    }
}

impl Default for Calendar {
    fn default() -> Self {
        Self {
            text: text(Duration::ZERO),
            from: 0,
            span: 0,
            over: 0,
        }
    }
}

/// A moment, by what has gone by since 1970; what lies beyond the year 9999 counts as its end.
fn text(since: Duration) -> MomentText {
    let seconds = since.as_secs().min(253_402_300_799);
    let (year, month, day) = date(seconds / 86_400);
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

/// The last two digits of a number.
#[inline(always)]
pub(super) fn pair(number: u32) -> [u8; 2] {
    static PAIRS: [[u8; 2]; 100] = {
        let mut pairs = [[b'0'; 2]; 100];
        let mut number = 0;
        while number < 100 {
            pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
            number += 1;
        }
        pairs
    };
    PAIRS[(number % 100) as usize]
}

/// Year, month and day of the Gregorian calendar. Years begin in March here, so that a leap day is
/// the last of its year.
fn date(days: u64) -> (u32, u32, u32) {
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
    (year as u32, month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(seconds: u64, millis: u64) -> String {
        let since = Duration::from_secs(seconds) + Duration::from_millis(millis);
        String::from_utf8(text(since).to_vec()).expect("it is ASCII")
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

    #[test]
    fn moments_told_by_the_monotonic_clock_are_those_of_the_other_one() {
        let start = Moment::now().nanoseconds();
        let wall = SystemTime::now();
        let mut calendar = Calendar::default();
        // Forwards through several seconds, and back, as threads that are late have it.
        let steps = (0..5_000).map(|step| step * 1_234_567);
        for at in steps.clone().chain(steps.rev()) {
            let since = Duration::from_nanos(at);
            let told =
                String::from_utf8(calendar.text(Moment::from_nanoseconds(start + at)).to_vec());
            let told = told.expect("it is ASCII");
            // The two clocks were read one after the other, and may have been set apart meanwhile.
            let wall = (wall + since).duration_since(UNIX_EPOCH).expect("later");
            let near = [
                wall.saturating_sub(Duration::from_millis(500)),
                wall + Duration::from_millis(500),
            ];
            let near =
                near.map(|wall| String::from_utf8(text(wall).to_vec()).expect("it is ASCII"));
            assert!(near[0] <= told && told <= near[1], "{told}: {near:?}");
        }
    }
}
