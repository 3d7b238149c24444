use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;

use crate::clock::Moment;
use crate::logging::moment::{Calendar, MomentText};
use crate::logging::sink::{Pen, Sink};

/// How many lines may wait to be written, a little more or less.
const ROOM: usize = 8_192;

/// How many bytes may wait in one tray, but for the last line.
const LARGEST: usize = 2 * 1024 * 1024;

/// Lines are told to the others in such numbers, so that counting them is rarely shared.
const TALLY: usize = 64;

/// How often all trays are tried before a line is dropped.
const ROUNDS: usize = 64;

/// How many bytes and lines there is room for from the start, so that whoever has to turn to a tray that
/// nobody has used yet allocates nothing; and how many bytes at most once they have been written.
const LEAST_KEPT: usize = 16 * 1024;
const LEAST_LINES: usize = 128;
const MOST_KEPT: usize = 1024 * 1024;

/// Where lines wait for the thread that writes them.
///
/// A thread has a tray that is mostly its own. If somebody is at it, who most often is the thread that
/// writes, the next one will do: nobody waits for a lock.
pub(super) struct Trays {
    all: Box<[Tray]>,
    /// How many lines wait in all of them, as far as it was told.
    told: AtomicUsize,
}

/// What a line is made of.
pub(crate) trait Entry {
    /// Writes the line without its end. It must not wait, since nobody else can have its place meanwhile,
    /// and is asked a second time if the line is very long.
    fn write(&self, time: &MomentText, out: &mut impl Sink);
}

/// Alone on its lines of the cache, since threads have different ones.
#[repr(align(128))]
struct Tray(Mutex<Sheet>);

/// Lines one after the other.
#[derive(Default)]
struct Sheet {
    lines: Lines,
    calendar: Calendar,
}

struct Lines {
    /// Those up to the end are lines, the others are there to be written over.
    bytes: Vec<u8>,
    marks: Vec<Mark>,
    /// Where the last line ends.
    end: usize,
}

/// When a line was made, and where it ends.
#[derive(Clone, Copy)]
struct Mark {
    at: Moment,
    end: usize,
}

impl Trays {
    pub(super) fn new() -> Self {
        let threads = thread::available_parallelism().map_or(4, usize::from);
        let count = (threads * 2).clamp(4, 64).next_power_of_two();
        Self {
            all: (0..count).map(|_| Tray(Mutex::default())).collect(),
            told: AtomicUsize::new(0),
        }
    }

    /// Puts a line into a tray; `false` if there is no room.
    #[inline]
    pub(super) fn put(&self, now: Moment, entry: &impl Entry) -> bool {
        if self.told.load(Ordering::Relaxed) >= ROOM {
            return false;
        }
        let first = seat();
        let Some(mut sheet) = self.sheet(first).or_else(|| self.other_sheet(first)) else {
            return false;
        };
        let Sheet { lines, calendar } = &mut *sheet;
        if !lines.put(calendar.text(now), now, entry) {
            return false;
        }
        if lines.marks.len().is_multiple_of(TALLY) {
            self.told.fetch_add(TALLY, Ordering::Relaxed);
        }
        true
    }

    /// The tray at a place, if nobody is at it.
    #[inline]
    fn sheet(&self, place: usize) -> Option<MutexGuard<'_, Sheet>> {
        // There is a power of two of them.
        let tray = self.all.get(place & (self.all.len() - 1))?;
        match tray.0.try_lock() {
            Ok(sheet) => Some(sheet),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Poisoned(sheet)) => Some(sheet.into_inner()),
        }
    }

    #[cold]
    fn other_sheet(&self, first: usize) -> Option<MutexGuard<'_, Sheet>> {
        let places = (0..self.all.len() * ROUNDS).map(|step| first.wrapping_add(step));
        let mut tried = places.map(|place| {
            std::hint::spin_loop();
            self.sheet(place)
        });
        tried.find_map(|sheet| sheet)
    }

    pub(super) fn are_empty(&self) -> bool {
        self.all
            .iter()
            .all(|tray| tray.wait().lines.marks.is_empty())
    }
}

impl Tray {
    /// The sheet, once nobody else is at it: for the thread that writes.
    fn wait(&self) -> MutexGuard<'_, Sheet> {
        // What is behind the end is no line, so whoever panicked has left nothing behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            bytes: vec![0; LEAST_KEPT],
            marks: Vec::with_capacity(LEAST_LINES),
            end: 0,
        }
    }
}

impl Lines {
    #[inline]
    fn put(&mut self, time: &MomentText, at: Moment, entry: &impl Entry) -> bool {
        let start = self.end;
        let window = self
            .bytes
            .get_mut(start..)
            .and_then(|rest| rest.first_chunk_mut());
        let Some(window) = window else {
            return self.make_room(start) && self.put(time, at, entry);
        };
        let mut pen = Pen::new(window);
        entry.write(time, &mut pen);
        pen.put_all(b"\n");
        let Some(length) = pen.length() else {
            return self.put_long(time, at, entry);
        };
        self.end = start + length;
        let end = self.end;
        self.marks.push(Mark { at, end });
        true
    }

    /// Makes room for the next line; `false` if that would be too much.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self, start: usize) -> bool {
        if start > LARGEST {
            return false;
        }
        let length = (2 * self.bytes.len()).max(LEAST_KEPT);
        self.bytes.resize(length, 0);
        true
    }

    #[cold]
    #[inline(never)]
    fn put_long(&mut self, time: &MomentText, at: Moment, entry: &impl Entry) -> bool {
        self.bytes.truncate(self.end);
        entry.write(time, &mut self.bytes);
        self.bytes.push(b'\n');
        self.end = self.bytes.len();
        let end = self.end;
        self.marks.push(Mark { at, end });
        true
    }
}

/// Lines that have been taken out of the trays.
pub(super) struct Batch {
    sheets: Vec<Taken>,
    joined: Vec<u8>,
}

/// What was in one tray.
#[derive(Default)]
struct Taken {
    lines: Lines,
    /// How many of the lines may be written by now.
    ripe: usize,
    /// Where the first one that has not been written begins, and which it is.
    from: usize,
    next: usize,
}

impl Batch {
    pub(super) fn new(trays: &Trays) -> Self {
        Self {
            sheets: trays.all.iter().map(|_| Taken::default()).collect(),
            joined: Vec::new(),
        }
    }

    /// Takes the lines that are there, in the order in which they were made, and how many they are.
    ///
    /// Trays are emptied one after the other, so a thread that goes to another tray in between may have a
    /// line in one that is taken now, and the line before it in one that was. Whatever was made after this
    /// began therefore has to wait for the next time.
    pub(super) fn gather(&mut self, trays: &Trays) -> (&[u8], u64) {
        let begin = Moment::now();
        let mut count = 0;
        for (own, tray) in self.sheets.iter_mut().zip(&trays.all) {
            own.forget_written();
            let taken = own.take(&mut tray.wait().lines);
            trays
                .told
                .fetch_sub(taken / TALLY * TALLY, Ordering::Relaxed);
            // What was put there before this began was made before, so that it stands before all else.
            let ripe = own.lines.marks.iter().take_while(|mark| mark.at <= begin);
            own.ripe = ripe.count();
            count += own.ripe as u64;
        }
        let is_filled = |own: &&mut Taken| own.ripe > 0;
        if self.sheets.iter_mut().filter(is_filled).nth(1).is_some() {
            self.join();
            return (&self.joined, count);
        }
        let only = self.sheets.iter_mut().find(is_filled);
        (only.map_or(&[], |own| own.run(LAST)), count)
    }

    /// Joins the lines of several trays, a run of one tray at a time.
    fn join(&mut self) {
        self.joined.clear();
        self.joined.shrink_to(MOST_KEPT);
        loop {
            let open = self.sheets.iter().enumerate();
            let open = open.filter_map(|(place, own)| Some((own.open().first()?.at, place)));
            let (mut first, mut until) = (None, LAST);
            for one in open {
                match first {
                    Some((at, _)) if at <= one.0 => until = until.min(one.0),
                    _ => {
                        until = first.map_or(until, |(at, _): (Moment, usize)| until.min(at));
                        first = Some(one);
                    }
                }
            }
            let Some(own) = first.and_then(|(_, place)| self.sheets.get_mut(place)) else {
                return;
            };
            self.joined.extend_from_slice(own.run(until));
        }
    }
}

/// Later than all others.
const LAST: Moment = Moment::from_nanoseconds(u64::MAX);

impl Taken {
    /// The lines that may be written and have not been.
    fn open(&self) -> &[Mark] {
        self.lines
            .marks
            .get(self.next..self.ripe)
            .unwrap_or_default()
    }

    /// Leaves only what has not been written.
    fn forget_written(&mut self) {
        let Lines { bytes, marks, end } = &mut self.lines;
        if self.next == marks.len() {
            marks.clear();
            *end = 0;
        } else {
            bytes.copy_within(self.from..*end, 0);
            marks.drain(..self.next);
            marks.iter_mut().for_each(|mark| mark.end -= self.from);
            *end -= self.from;
        }
        if *end == 0 && bytes.len() > MOST_KEPT {
            self.lines = Lines::default();
        }
        (self.ripe, self.from, self.next) = (0, 0, 0);
    }

    /// Takes all lines out of a tray, and how many they are.
    fn take(&mut self, lines: &mut Lines) -> usize {
        let count = lines.marks.len();
        if self.lines.marks.is_empty() {
            std::mem::swap(&mut self.lines, lines);
            return count;
        }
        let before = self.lines.end;
        self.lines.bytes.truncate(before);
        let more = lines.bytes.get(..lines.end).unwrap_or_default();
        self.lines.bytes.extend_from_slice(more);
        self.lines.end += lines.end;
        let moved = lines.marks.drain(..).map(|mark| Mark {
            at: mark.at,
            end: before + mark.end,
        });
        self.lines.marks.extend(moved);
        lines.end = 0;
        count
    }

    /// The next line, and those behind it that were made no later than `until`.
    fn run(&mut self, until: Moment) -> &[u8] {
        // Whoever logs may come late with a line, so that a later one stands before it.
        let later = self.open().iter().skip(1);
        let count = 1 + later.take_while(|mark| mark.at <= until).count();
        let end = self
            .open()
            .get(count - 1)
            .map_or(self.from, |mark| mark.end);
        let from = self.from;
        (self.from, self.next) = (end, self.next + count);
        self.lines.bytes.get(from..end).unwrap_or_default()
    }
}

/// The place of this thread among all that log.
// Not inlined: it looks at thread-local storage, whose address must not outlive a yield of the caller.
#[inline(never)]
fn seat() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static SEAT: Cell<usize> = const { Cell::new(usize::MAX) };
    }
    SEAT.with(|seat| {
        if seat.get() == usize::MAX {
            seat.set(NEXT.fetch_add(1, Ordering::Relaxed) % (usize::MAX / 2));
        }
        seat.get()
    })
}
