//! Coarse time: read on every request, written by one thread.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use std::time::{Duration, Instant, SystemTime};

/// Length of `Date: Sun, 06 Nov 1994 08:49:37 GMT` with its line end.
pub(crate) const DATE_LINE: usize = 37;

const WORDS: usize = DATE_LINE.div_ceil(8);

/// Milliseconds since the server started, and the `Date` line, both as of the last tick.
///
/// The line stands twice: an edition counts writes and its lowest bit says which copy holds. A write
/// goes to the other copy and then counts on, so a reader that saw the same edition before and after
/// its own copying has a whole line, and a writer that is held up holds up nobody.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    tick: Duration,
    now: AtomicU64,
    edition: AtomicU32,
    lines: [[AtomicU64; WORDS]; 2],
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
            lines: [const { [const { AtomicU64::new(0) }; WORDS] }; 2],
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
        self.write_line(SystemTime::now());
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

    fn write_line(&self, time: SystemTime) {
        let mut bytes = [0_u8; WORDS * 8];
        let text = httpdate::HttpDate::from(time).to_string();
        for (place, byte) in bytes
            .iter_mut()
            .zip(b"Date: ".iter().chain(text.as_bytes()).chain(b"\r\n"))
        {
            *place = *byte;
        }
        let next = self.edition.load(Ordering::Relaxed).wrapping_add(1);
        // A reader that sees a word of this write sees the edition that made its copy stale.
        fence(Ordering::Release);
        for (word, bytes) in self.line(next).iter().zip(bytes.as_chunks::<8>().0) {
            word.store(u64::from_ne_bytes(*bytes), Ordering::Relaxed);
        }
        self.edition.store(next, Ordering::Release);
    }

    fn line(&self, edition: u32) -> &[AtomicU64; WORDS] {
        &self.lines[(edition % 2) as usize]
    }

    /// Appends the `Date` line (RFC 9110 §6.6.1), its line end included.
    #[inline]
    pub(crate) fn push_date(&self, output: &mut Vec<u8>) {
        loop {
            let edition = self.edition.load(Ordering::Acquire);
            let mut bytes = [0_u8; WORDS * 8];
            for (bytes, word) in bytes
                .as_chunks_mut::<8>()
                .0
                .iter_mut()
                .zip(self.line(edition))
            {
                *bytes = word.load(Ordering::Relaxed).to_ne_bytes();
            }
            fence(Ordering::Acquire);
            if self.edition.load(Ordering::Relaxed) == edition {
                output.extend_from_slice(&bytes);
                output.truncate(output.len() - (WORDS * 8 - DATE_LINE));
                return;
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

    #[test]
    fn the_date_line_is_an_imf_fixdate() {
        let clock = Clock::new(Duration::from_millis(10));
        clock.write_line(SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777));
        assert_eq!(line(&clock), b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    }

    #[test]
    fn a_line_is_never_torn() {
        let clock = Clock::new(Duration::from_millis(10));
        let even = SystemTime::UNIX_EPOCH;
        let odd = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400 * 45 + 45_296);
        clock.write_line(even);
        let one = line(&clock);
        clock.write_line(odd);
        let other = line(&clock);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..20_000 {
                    clock.write_line(if round % 2 == 0 { even } else { odd });
                }
            });
            for _ in 0..20_000 {
                let line = line(&clock);
                assert!(line == one || line == other, "{line:?}");
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
