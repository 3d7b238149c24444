use std::io::Write as _;
use std::time::{Duration, SystemTime};

use brrtrouter_transport::{Request, Response, Version};

use crate::middleware::Outcome;
use crate::middleware::access_log::moment;

/// How a log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Pairs of `name=value`, the values in quotes where they hold more than a word.
    Text,
}

/// What one line says.
pub(super) struct Entry<'e, 'r, 'n> {
    pub(super) now: SystemTime,
    pub(super) took: Duration,
    pub(super) path: &'e str,
    pub(super) request: &'e Request<'r>,
    pub(super) response: &'e Response,
    pub(super) outcome: &'e Outcome<'n>,
}

impl Entry<'_, '_, '_> {
    pub(super) fn write(&self, format: LogFormat, out: &mut Vec<u8>) {
        let mut line = Line {
            out,
            is_json: format == LogFormat::Json,
            is_first: true,
        };
        line.open();
        self.fill(&mut line);
        line.close();
    }

    fn fill(&self, line: &mut Line<'_>) {
        line.name("time");
        line.quote();
        moment::push(self.now, line.out);
        line.quote();
        line.text("method", self.request.method);
        line.text("path", self.path);
        if let Some(target) = self.outcome.operation() {
            line.text("operation", target.name());
            line.text("route", target.template());
        }
        line.number("status", u64::from(self.response.status().code()));
        if let Some(content) = self.response.content() {
            line.number("bytes", content.len() as u64);
        }
        line.name("seconds");
        let micros = u64::try_from(self.took.as_micros()).unwrap_or(u64::MAX);
        push_number(micros / 1_000_000, 1, line.out);
        line.out.push(b'.');
        push_number(micros % 1_000_000, 6, line.out);
        if self.request.version == Version::Http10 {
            line.text("version", "1.0");
        }
        self.fill_caller(line);
    }

    fn fill_caller(&self, line: &mut Line<'_>) {
        let context = self.outcome.context();
        let address = context.client();
        if let Some(client) = address.or_else(|| Some(self.request.peer?.ip())) {
            line.name("client");
            line.quote();
            // Writing to memory does not fail.
            let _ = write!(line.out, "{client}");
            line.quote();
        }
        if let Some(id) = context.request_id() {
            line.text("id", id.as_str());
        }
        if let Some(trace) = context.trace() {
            line.name("trace");
            let (id, span) = (trace.trace_id(), trace.span_id());
            line.quote();
            let _ = write!(line.out, "{id:032x}");
            line.quote();
            line.name("span");
            line.quote();
            let _ = write!(line.out, "{span:016x}");
            line.quote();
        }
        if let Some(identity) = context.identity() {
            line.text("subject", identity.subject());
        }
        if let Some(agent) = self.request.field("user-agent") {
            line.text("agent", &String::from_utf8_lossy(agent));
        }
    }
}

/// A line in the making.
struct Line<'o> {
    out: &'o mut Vec<u8>,
    is_json: bool,
    is_first: bool,
}

impl Line<'_> {
    fn open(&mut self) {
        if self.is_json {
            self.out.push(b'{');
        }
    }

    fn close(&mut self) {
        if self.is_json {
            self.out.push(b'}');
        }
    }

    /// Starts a field; names need no escapes.
    fn name(&mut self, name: &str) {
        let is_first = std::mem::take(&mut self.is_first);
        if !is_first {
            self.out.push(if self.is_json { b',' } else { b' ' });
        }
        if self.is_json {
            self.out.push(b'"');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"\":");
        } else {
            self.out.extend_from_slice(name.as_bytes());
            self.out.push(b'=');
        }
    }

    /// The quote around a value that needs no escapes, where there has to be one.
    fn quote(&mut self) {
        if self.is_json {
            self.out.push(b'"');
        }
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        let is_word = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'=');
        if value.bytes().all(|byte| is_word(&byte)) && !value.is_empty() {
            self.quote();
            self.out.extend_from_slice(value.as_bytes());
            self.quote();
        } else {
            push_escaped(value, self.out);
        }
    }

    fn number(&mut self, name: &str, value: u64) {
        self.name(name);
        push_number(value, 1, self.out);
    }
}

/// Appends a number in at least so many digits.
fn push_number(mut number: u64, least: usize, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 20];
    let mut from = digits.len();
    while number > 0 || digits.len() - from < least {
        from -= 1;
        digits[from] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    out.extend_from_slice(&digits[from..]);
}

/// Appends a JSON string, which also is what a text puts in quotes. Whatever could end a line or
/// drive a terminal is escaped.
fn push_escaped(value: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for one in value.chars() {
        match one {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            // Beyond ASCII, the C1 controls and the separators that end lines elsewhere.
            one if one.is_control() || matches!(one, '\u{2028}' | '\u{2029}') => {
                let _ = write!(out, "\\u{:04x}", u32::from(one));
            }
            one => out.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}
