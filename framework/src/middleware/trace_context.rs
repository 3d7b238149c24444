use std::fmt::{self, Write as _};

use arrayvec::ArrayString;

/// Where a request belongs in a trace (W3C Trace Context, level 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace: u128,
    span: u64,
    parent: Option<u64>,
    is_sampled: bool,
}

impl TraceContext {
    /// The first span of a new trace. Neither number may be 0.
    pub(super) fn root(trace: u128, span: u64, is_sampled: bool) -> Self {
        Self {
            trace,
            span,
            parent: None,
            is_sampled,
        }
    }

    /// The context that a `traceparent` field carries, its span being the one that sent it; `None` if
    /// the field is malformed.
    pub fn parse(value: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?;
        let mut parts = text.split('-');
        let (version, trace) = (parts.next()?, parts.next()?);
        let (span, flags) = (parts.next()?, parts.next()?);
        let version = number(version, 2)?;
        // A later version may say more; the first says exactly this.
        if version == 0xff || (version == 0 && parts.next().is_some()) {
            return None;
        }
        let (trace, span) = (number(trace, 32)?, number(span, 16)?);
        if trace == 0 || span == 0 {
            return None;
        }
        Some(Self {
            trace,
            span: u64::try_from(span).ok()?,
            parent: None,
            is_sampled: number(flags, 2)? & 1 == 1,
        })
    }

    /// A span below this one, in the same trace.
    pub fn child(self, span: u64) -> Self {
        Self {
            span,
            parent: Some(self.span),
            ..self
        }
    }

    /// The trace; as 32 hexadecimal digits elsewhere.
    pub fn trace_id(self) -> u128 {
        self.trace
    }

    /// The span of this request; as 16 hexadecimal digits elsewhere.
    pub fn span_id(self) -> u64 {
        self.span
    }

    /// The span that caused this one, where there is one.
    pub fn parent_id(self) -> Option<u64> {
        self.parent
    }

    /// Whether the trace is being recorded.
    pub fn is_sampled(self) -> bool {
        self.is_sampled
    }

    /// The value of a `traceparent` field that names this span as the parent, for calls to others.
    ///
    /// ```
    /// use brrtrouter::middleware::TraceContext;
    ///
    /// let sent = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    /// let context = TraceContext::parse(sent).unwrap();
    /// assert_eq!(context.traceparent().as_bytes(), sent);
    /// ```
    pub fn traceparent(self) -> Traceparent {
        let mut text = ArrayString::new();
        let flags = u8::from(self.is_sampled);
        // 55 bytes, always.
        let _ = write!(
            text,
            "00-{:032x}-{:016x}-{flags:02x}",
            self.trace, self.span
        );
        Traceparent(text)
    }
}

/// The value of a `traceparent` field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traceparent(ArrayString<56>);

impl std::ops::Deref for Traceparent {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// So many lower-case hexadecimal digits, no more and no fewer.
fn number(text: &str, digits: usize) -> Option<u128> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != digits || !text.bytes().all(is_digit) {
        return None;
    }
    u128::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_malformed_is_no_context() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        let context = TraceContext::parse(good.as_bytes()).expect("it is well formed");
        assert!(!context.is_sampled());
        for bad in [
            "",
            "00",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-00",
            "00-00000000000000000000000000000000-b7ad6b7169203331-00",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-x",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-é0",
        ] {
            assert_eq!(TraceContext::parse(bad.as_bytes()), None, "{bad}");
        }
        let later = "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more";
        assert!(TraceContext::parse(later.as_bytes()).is_some());
    }

    #[test]
    fn a_child_stays_in_the_trace() {
        let sent = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let parent = TraceContext::parse(sent).expect("it is well formed");
        let child = parent.child(7);
        assert_eq!(child.parent_id(), Some(parent.span_id()));
        assert_eq!(
            &*child.traceparent(),
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000007-01"
        );
    }
}
