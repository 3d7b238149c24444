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
    /// The fields of the operation, which [`operation`] has made before.
    pub(super) operation: Option<&'e [u8]>,
}

/// The fields of an operation.
pub(super) fn operation(format: LogFormat, name: &str, route: &str) -> Box<[u8]> {
    fn fill<const JSON: bool>(name: &str, route: &str, fields: &mut Vec<u8>) {
        let mut line = Line::<JSON>::within(fields);
        line.text(key!("operation"), name);
        line.text(key!("route"), route);
    }
    let mut fields = Vec::new();
    match format {
        LogFormat::Json => fill::<true>(name, route, &mut fields),
        LogFormat::Text => fill::<false>(name, route, &mut fields),
    }
    fields.into()
}

impl Entry<'_, '_, '_> {
    pub(super) fn write(&self, format: LogFormat, out: &mut Vec<u8>) {
        match format {
            LogFormat::Json => self.write_as::<true>(out),
            LogFormat::Text => self.write_as::<false>(out),
        }
    }

    fn write_as<const JSON: bool>(&self, out: &mut Vec<u8>) {
        let mut line = Line::<JSON>::open(self.now, out);
        // A method is a token (RFC 9110 §9.1).
        line.word(key!("method"), self.request.method);
        line.text(key!("path"), self.path);
        match (self.operation, self.outcome.operation()) {
            (Some(fields), _) => line.fragment(fields),
            (None, Some(target)) => {
                line.text(key!("operation"), target.name());
                line.text(key!("route"), target.template());
            }
            (None, None) => {}
        }
        line.number(key!("status"), u64::from(self.response.status().code()));
        if let Some(content) = self.response.content() {
            line.number(key!("bytes"), content.len() as u64);
        }
        line.seconds(key!("seconds"), self.took);
        if self.request.version == Version::Http10 {
            line.word(key!("version"), "1.0");
        }
        self.fill_caller(&mut line);
        line.close();
    }

    fn fill_caller<const JSON: bool>(&self, line: &mut Line<'_, JSON>) {
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
