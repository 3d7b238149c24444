use brrtrouter_transport::{HeaderLine, InvalidHeader, Request, Response};

use crate::middleware::{Middleware, Next};

/// Adds fields that tell browsers to be careful with what an API answers.
///
/// A field that the answer has already stays as it is.
#[derive(Debug, Clone)]
pub struct SecurityHeadersMiddleware {
    lines: Vec<HeaderLine>,
}

const DEFAULTS: [HeaderLine; 5] = [
    HeaderLine::from_static("x-content-type-options: nosniff\r\n"),
    HeaderLine::from_static("x-frame-options: DENY\r\n"),
    HeaderLine::from_static("referrer-policy: no-referrer\r\n"),
    HeaderLine::from_static("cross-origin-opener-policy: same-origin\r\n"),
    HeaderLine::from_static(
        "content-security-policy: default-src 'none'; frame-ancestors 'none'\r\n",
    ),
];

impl SecurityHeadersMiddleware {
    /// `X-Content-Type-Options`, `X-Frame-Options`, `Referrer-Policy`, `Cross-Origin-Opener-Policy`,
    /// and a `Content-Security-Policy` that lets an answer load nothing.
    pub fn new() -> Self {
        Self {
            lines: DEFAULTS.to_vec(),
        }
    }

    /// The same with that field, in place of one of its name.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] if an answer cannot have it.
    pub fn with(mut self, name: &str, value: &str) -> Result<Self, InvalidHeader> {
        let line = HeaderLine::new(name, value)?;
        self = self.without(name);
        self.lines.push(line);
        Ok(self)
    }

    /// The same without that field.
    pub fn without(mut self, name: &str) -> Self {
        self.lines
            .retain(|line| !line.name().eq_ignore_ascii_case(name));
        self
    }

    /// The same with `Strict-Transport-Security` for a year: for services that are reached by HTTPS
    /// alone, since browsers will not take another way until then.
    pub fn https_only(mut self) -> Self {
        const LINE: HeaderLine = HeaderLine::from_static(
            "strict-transport-security: max-age=31536000; includeSubDomains\r\n",
        );
        self = self.without(LINE.name());
        self.lines.push(LINE);
        self
    }
}

impl Default for SecurityHeadersMiddleware {
    fn default() -> Self {
        Self::new()
    }
}

impl Middleware for SecurityHeadersMiddleware {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
        next.run(request, response);
        for line in &self.lines {
            if !response.headers().contains(line.name()) {
                response.headers_mut().push_line(line);
            }
        }
    }
}
