use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use serde_json::Value;

use crate::diagnostic::code;
use crate::pointer;
use crate::source::faults::{Fault, duplicate, merge_duplicate};
use crate::source::mark::Mark;
use crate::source::places::{Places, name_of};

/// What a scan of a well-formed JSON text finds.
#[derive(Debug, Default)]
pub(in crate::source) struct Scan {
    pub(in crate::source) places: Places,
    pub(in crate::source) faults: Vec<Fault>,
}

/// Notes where every value down to `depth` stands; and, if asked, keys that stand twice and integers
/// that were rounded.
///
/// The text is one that has been parsed; of any other the result is without meaning.
pub(in crate::source) fn scan(text: &str, depth: usize, with_faults: bool) -> Scan {
    run(text, 0, Mark::START, depth, with_faults)
}

/// Notes where everything within the one value stands that begins at that byte and place.
pub(in crate::source) fn scan_value(text: &str, start: usize, mark: Mark) -> Places {
    run(text, start, mark, usize::MAX, false).places
}

fn run(text: &str, start: usize, mark: Mark, depth: usize, with_faults: bool) -> Scan {
    let mut scanner = Scanner {
        text,
        at: start,
        line: mark.line,
        counted: start,
        column: mark.column,
        depth,
        with_faults,
        frames: Vec::new(),
        found: Scan::default(),
    };
    scanner.run();
    scanner.found
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    line: u32,
    /// Up to where the columns of this line have been counted, and which column that is.
    counted: usize,
    column: u32,
    depth: usize,
    with_faults: bool,
    frames: Vec<Frame<'t>>,
    found: Scan,
}

struct Frame<'t> {
    place: usize,
    is_array: bool,
    /// How many items have begun.
    items: u64,
    /// The key whose value comes next, or is being read.
    key: Option<(Cow<'t, str>, Mark)>,
    /// Where the value of that key begins.
    start: usize,
    /// The lines of the keys so far, and where their values stand.
    seen: Option<HashMap<u64, (u32, Range<usize>)>>,
}

impl<'t> Scanner<'t> {
    fn run(&mut self) {
        while let Some(byte) = self.skip_blank() {
            match byte {
                b',' | b':' => self.at += 1,
                b'}' | b']' => {
                    self.at += 1;
                    let Some(frame) = self.frames.pop() else {
                        return;
                    };
                    self.found.places.close(frame.place);
                    self.end_member();
                    if self.frames.is_empty() {
                        return;
                    }
                }
                b'"' if self.expects_key() => self.key(),
                first => self.value(first),
            }
        }
    }

    fn expects_key(&self) -> bool {
        self.frames
            .last()
            .is_some_and(|frame| !frame.is_array && frame.key.is_none())
    }

    fn forget_key(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.key = None;
        }
    }

    fn key(&mut self) {
        let mark = self.mark();
        let key = self.string();
        if let Some(frame) = self.frames.last_mut() {
            frame.key = Some((key, mark));
        }
    }

    /// Notes what the key of this object was, whose value has just ended.
    fn end_member(&mut self) {
        let (text, end) = (self.text, self.at.min(self.text.len()));
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let (Some((key, mark)), Some(seen)) = (&frame.key, &mut frame.seen) else {
            frame.key = None;
            return;
        };
        let range = frame.start..end;
        let fault = match seen.entry(name_of(key)) {
            Entry::Vacant(free) => {
                free.insert((mark.line, range));
                None
            }
            Entry::Occupied(first) => {
                let (line, first) = first.get();
                let value = |range: &Range<usize>| -> Value {
                    let text = text.get(range.clone()).unwrap_or_default();
                    serde_json::from_str(text).unwrap_or_default()
                };
                let is_harmless = merge_duplicate(&mut value(first), value(&range));
                Some((key.to_string(), *mark, *line, is_harmless))
            }
        };
        if let Some((key, mark, line, is_harmless)) = fault {
            let fault = duplicate(&key, line, is_harmless, self.pointer(), mark);
            self.found.faults.push(fault);
        }
        self.forget_key();
    }

    fn value(&mut self, first: u8) {
        let mark = self.mark();
        let start = self.at;
        if let Some(frame) = self.frames.last_mut() {
            frame.start = start;
        }
        let (name, key) = match self.frames.last_mut() {
            Some(frame) if frame.is_array => {
                frame.items += 1;
                (frame.items - 1, Mark::default())
            }
            Some(Frame {
                key: Some((key, mark)),
                ..
            }) => (name_of(key), *mark),
            _ => (0, Mark::default()),
        };
        let is_array = first == b'[';
        let place = self.found.places.open(name, key, mark, is_array);
        self.found.places.set_offset(place, start);
        if matches!(first, b'{' | b'[') && self.frames.len() < self.depth {
            self.at += 1;
            self.frames.push(Frame {
                place,
                is_array,
                items: 0,
                key: None,
                start: 0,
                seen: (self.with_faults && !is_array).then(HashMap::new),
            });
            return;
        }
        match first {
            b'{' | b'[' => self.skip_container(),
            b'"' => {
                self.skip_string();
            }
            _ => self.literal(mark),
        }
        self.end_member();
    }

    /// A number, `true`, `false` or `null`.
    fn literal(&mut self, mark: Mark) {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        {
            self.at += 1;
        }
        if self.at == start {
            // Nothing that JSON knows: pass it by, so that the scan ends.
            self.at += 1;
            return;
        }
        let text = self.slice(start, self.at);
        let digits = text.strip_prefix('-').unwrap_or(text);
        if self.with_faults
            && digits.len() > 18
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse::<u64>().is_err()
            && text.parse::<i64>().is_err()
        {
            self.found.faults.push(Fault {
                code: &code::NUMBER_ROUNDED,
                message: format!(
                    "the integer {text} is beyond 64 bits; its nearest float is taken"
                ),
                help: None,
                pointer: self.pointer(),
                mark,
            });
        }
    }

    /// From an opening bracket to past the closing one.
    fn skip_container(&mut self) {
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.skip_string();
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open = open.saturating_sub(1),
                b'\n' | b'\r' => self.new_line(),
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
    }

    /// Whether the string has escapes; `at` is past its closing quote afterwards.
    fn skip_string(&mut self) -> bool {
        let mut has_escapes = false;
        self.at += 1;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            match memchr::memchr2(b'"', b'\\', rest) {
                Some(end) if rest.get(end) == Some(&b'"') => {
                    self.at += end + 1;
                    return has_escapes;
                }
                Some(escape) => {
                    has_escapes = true;
                    self.at += escape + 2;
                }
                None => {
                    self.at = self.text.len();
                    return has_escapes;
                }
            }
        }
    }

    fn string(&mut self) -> Cow<'t, str> {
        let start = self.at;
        let has_escapes = self.skip_string();
        let quoted = self.slice(start, self.at);
        if has_escapes {
            Cow::Owned(serde_json::from_str(quoted).unwrap_or_default())
        } else {
            Cow::Borrowed(quoted.trim_matches('"'))
        }
    }

    fn skip_blank(&mut self) -> Option<u8> {
        loop {
            match self.peek()? {
                b'\n' | b'\r' => self.new_line(),
                b' ' | b'\t' => {}
                other => return Some(other),
            }
            self.at += 1;
        }
    }

    fn new_line(&mut self) {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at..self.at + 2) == Some(b"\r\n") {
            return;
        }
        self.line += 1;
        self.counted = self.at + 1;
        self.column = 1;
    }

    fn mark(&mut self) -> Mark {
        let passed = self.text.as_bytes();
        let passed = passed.get(self.counted..self.at).unwrap_or_default();
        // Every byte but the later ones of a character.
        let characters = passed.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        self.column += u32::try_from(characters).unwrap_or(0);
        self.counted = self.at;
        Mark {
            line: self.line,
            column: self.column,
        }
    }

    fn pointer(&self) -> String {
        let mut path = String::new();
        for frame in &self.frames {
            if frame.is_array {
                pointer::push(&mut path, &frame.items.saturating_sub(1).to_string());
            } else if let Some((key, _)) = &frame.key {
                pointer::push(&mut path, key);
            }
        }
        path
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text
            .get(start..end.min(self.text.len()))
            .unwrap_or_default()
    }
}
