//! Coarse time: read on every request, written by one thread.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use std::time::{Duration, Instant, SystemTime};

/// The bytes that nearly all answers begin with, but for the date.
const BEFORE_DATE: &[u8] = b"HTTP/1.1 200 OK\r\n";
const AFTER_DATE: &[u8] = b"Content-Length: ";

/// Length of `Date: Sun, 06 Nov 1994 08:49:37 GMT` with its line end.
pub(crate) const DATE_LINE: usize = 37;

/// Length of what nearly all answers begin with.
const BEGINNING: usize = BEFORE_DATE.len() + DATE_LINE + AFTER_DATE.len();

const WORDS: usize = BEGINNING.div_ceil(8);

/// Milliseconds since the server started, and the `Date` line, both as of the last tick. With the date
/// stands what is mostly written around it, so that all of it is one copy.
///
/// The text stands twice: an edition counts writes and its lowest bit says which copy holds. A write
/// goes to the other copy and then counts on, so a reader that saw the same edition before and after
/// its own copying has a whole line, and a writer that is held up holds up nobody.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    tick: Duration,
    now: AtomicU64,
    edition: AtomicU32,
    texts: [[AtomicU64; WORDS]; 2],
}

/// A moment in milliseconds since the server started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

/// A time to wait for, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait(u64);

/// Longer than any server runs, and short enough to be added to any moment.
const LONGEST: u64 = u64::MAX / 4;

impl Moment {
    /// A moment before any other.
    pub(crate) const LONG_AGO: Moment = Moment(0);

    /// A moment that never comes.
    pub(crate) const NEVER: Moment = Moment(u64::MAX);
}

impl Clock {
    pub(crate) fn new(tick: Duration) -> Self {
        let clock = Self {
            start: Instant::now(),
            tick,
            now: AtomicU64::new(0),
            edition: AtomicU32::new(0),
            texts: [const { [const { AtomicU64::new(0) }; WORDS] }; 2],
        };
        clock.advance();
        clock
    }

    /// How often [`advance`](Self::advance) is called.
    pub(crate) fn tick(&self) -> Duration {
        self.tick
    }

    /// Reads the system's clocks. Only one thread may call this at a time.
    pub(crate) fn advance(&self) {
        let now = self.start.elapsed().as_millis();
        self.now.store(
            u64::try_from(now).unwrap_or(LONGEST).min(LONGEST),
            Ordering::Relaxed,
        );
        self.write_text(SystemTime::now());
    }

    /// The moment of the last tick.
    pub(crate) fn now(&self) -> Moment {
        Moment(self.now.load(Ordering::Relaxed))
    }

    /// The first moment at which `wait` has passed for certain.
    pub(crate) fn after(&self, wait: Wait) -> Moment {
        Moment(self.now().0 + wait.0)
    }

    /// A time to wait for; one tick is added since [`now`](Self::now) lags.
    pub(crate) fn wait(&self, time: Duration) -> Wait {
        let millis = u64::try_from((time.saturating_add(self.tick)).as_millis());
        Wait(millis.unwrap_or(u64::MAX).min(LONGEST))
    }

    fn write_text(&self, time: SystemTime) {
        let mut bytes = [0_u8; WORDS * 8];
        let date = format!("Date: {}\r\n", httpdate::HttpDate::from(time));
        let text = [BEFORE_DATE, date.as_bytes(), AFTER_DATE]
            .into_iter()
            .flatten();
        for (place, byte) in bytes.iter_mut().zip(text) {
            *place = *byte;
        }
        let next = self.edition.load(Ordering::Relaxed).wrapping_add(1);
        // A reader that sees a word of this write sees the edition that made its copy stale.
        fence(Ordering::Release);
        for (word, bytes) in self.text(next).iter().zip(bytes.as_chunks::<8>().0) {
            word.store(u64::from_ne_bytes(*bytes), Ordering::Relaxed);
        }
        self.edition.store(next, Ordering::Release);
    }

    fn text(&self, edition: u32) -> &[AtomicU64; WORDS] {
        &self.texts[(edition % 2) as usize]
    }

    /// Appends the `Date` line (RFC 9110 §6.6.1), its line end included.
    #[inline]
    pub(crate) fn push_date(&self, output: &mut Vec<u8>) {
        const START: usize = BEFORE_DATE.len();

        output.extend_from_slice(&self.copy()[START..START + DATE_LINE]);
    }

    /// Appends the status line of 200, the `Date` line, and `Content-Length: `.
    #[inline]
    pub(crate) fn push_beginning(&self, output: &mut Vec<u8>) {
        // Whole words and then less of them: a copy of known size is a few moves.
        output.extend_from_slice(&self.copy());
        output.truncate(output.len() - (WORDS * 8 - BEGINNING));
    }

    #[inline(always)]
    fn copy(&self) -> [u8; WORDS * 8] {
        loop {
            let edition = self.edition.load(Ordering::Acquire);
            let mut bytes = [0_u8; WORDS * 8];
            for (bytes, word) in bytes
                .as_chunks_mut::<8>()
                .0
                .iter_mut()
                .zip(self.text(edition))
            {
                *bytes = word.load(Ordering::Relaxed).to_ne_bytes();
            }
            fence(Ordering::Acquire);
            if self.edition.load(Ordering::Relaxed) == edition {
                return bytes;
            }
            std::hint::spin_loop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(clock: &Clock) -> Vec<u8> {
        let mut line = Vec::new();
        clock.push_date(&mut line);
        line
    }

    fn beginning(clock: &Clock) -> Vec<u8> {
        let mut text = Vec::new();
        clock.push_beginning(&mut text);
        text
    }

    #[test]
    fn the_date_line_is_an_imf_fixdate() {
        let clock = Clock::new(Duration::from_millis(10));
        clock.write_text(SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777));
        assert_eq!(line(&clock), b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
        assert_eq!(
            beginning(&clock),
            b"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: "
        );
    }

    #[test]
    fn a_date_is_never_torn() {
        let clock = Clock::new(Duration::from_millis(10));
        let even = SystemTime::UNIX_EPOCH;
        let odd = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400 * 45 + 45_296);
        clock.write_text(even);
        let one = beginning(&clock);
        clock.write_text(odd);
        let other = beginning(&clock);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..20_000 {
                    clock.write_text(if round % 2 == 0 { even } else { odd });
                }
            });
            for _ in 0..20_000 {
                let text = beginning(&clock);
                assert!(text == one || text == other, "{text:?}");
            }
        });
    }

    #[test]
    fn a_deadline_is_never_early() {
        let clock = Clock::new(Duration::from_millis(10));
        let deadline = clock.after(clock.wait(Duration::from_millis(5)));
        assert!(deadline.0 >= clock.now().0 + 15);
    }
}
