use std::time::{Duration, SystemTime};

use brrtrouter_transport::{Request, Response, Version};

use crate::logging::{Line, LogFormat, key};
use crate::middleware::Outcome;

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
        let mut line = Line::open(format, self.now, out);
        line.text(key!("method"), self.request.method);
        line.text(key!("path"), self.path);
        if let Some(target) = self.outcome.operation() {
            line.text(key!("operation"), target.name());
            line.text(key!("route"), target.template());
        }
        line.number(key!("status"), u64::from(self.response.status().code()));
        if let Some(content) = self.response.content() {
            line.number(key!("bytes"), content.len() as u64);
        }
        line.seconds(key!("seconds"), self.took.as_micros());
        if self.request.version == Version::Http10 {
            line.word(key!("version"), "1.0");
        }
        self.fill_caller(&mut line);
        line.close();
    }

    fn fill_caller(&self, line: &mut Line<'_>) {
        let context = self.outcome.context();
        let address = context.client();
        if let Some(client) = address.or_else(|| Some(self.request.peer?.ip())) {
            line.address(key!("client"), client);
        }
        if let Some(id) = context.request_id() {
            line.text(key!("id"), id.as_str());
        }
        if let Some(trace) = context.trace() {
            line.plain(key!("trace"), format_args!("{:032x}", trace.trace_id()));
            line.plain(key!("span"), format_args!("{:016x}", trace.span_id()));
        }
        if let Some(identity) = context.identity() {
            line.text(key!("subject"), identity.subject());
        }
        if let Some(agent) = self.request.field("user-agent") {
            line.text(key!("agent"), &String::from_utf8_lossy(agent));
        }
    }
}
