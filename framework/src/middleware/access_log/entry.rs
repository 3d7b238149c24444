use brrtrouter_transport::{Request, Response, Version};

use crate::logging::{self, Line, LogFormat, MomentText, Sink, key};
use crate::middleware::Outcome;

/// What one line says.
pub(super) struct Entry<'e, 'r, 'n> {
    pub(super) format: LogFormat,
    /// In nanoseconds.
    pub(super) took: u64,
    /// What was asked for, before anybody changed it.
    pub(super) target: &'e str,
    pub(super) with_query: bool,
    pub(super) request: &'e Request<'r>,
    pub(super) response: &'e Response,
    pub(super) outcome: &'e Outcome<'n>,
    /// The fields of the operation, which [`operation`] has made before.
    pub(super) operation: Option<&'e [u8]>,
}

/// The fields of an operation.
pub(super) fn operation(format: LogFormat, name: &str, route: &str) -> Box<[u8]> {
    fn fill<const JSON: bool>(name: &str, route: &str, fields: &mut Vec<u8>) {
        let mut line = Line::<_, JSON>::within(fields);
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

impl logging::Entry for Entry<'_, '_, '_> {
    #[inline]
    fn write(&self, time: &MomentText, out: &mut impl Sink) {
        match self.format {
            LogFormat::Json => self.write_as::<_, true>(time, out),
            LogFormat::Text => self.write_as::<_, false>(time, out),
        }
    }
}

impl Entry<'_, '_, '_> {
    #[inline]
    fn write_as<S: Sink, const JSON: bool>(&self, time: &MomentText, out: &mut S) {
        let mut line = Line::<_, JSON>::open(time, out);
        line.method(self.request.method);
        match self.with_query {
            true => line.text(key!("path"), self.target),
            false => line.path(key!("path"), self.target),
        }
        if let Some(fields) = self.operation {
            line.fragment(fields);
        } else if let Some(target) = self.outcome.operation() {
            line.text(key!("operation"), target.name());
            line.text(key!("route"), target.template());
        }
        line.status(key!("status"), self.response.status());
        if let Some(length) = self.response.content_length() {
            line.number(key!("bytes"), length);
        }
        line.seconds(key!("seconds"), self.took);
        if self.request.version == Version::Http10 {
            line.word(key!("version"), "1.0");
        }
        self.fill_caller(&mut line);
        line.close();
    }

    #[inline(always)]
    fn fill_caller<S: Sink, const JSON: bool>(&self, line: &mut Line<'_, S, JSON>) {
        let context = self.outcome.context();
        let address = context.client();
        if let Some(client) = address.or_else(|| Some(self.request.peer?.ip())) {
            line.address(key!("client"), client);
        }
        if let Some(id) = context.request_id() {
            // Of what an id may hold, only a text needs quotes around some.
            match id.short() {
                Some((bytes, length)) if JSON => line.first(key!("id"), bytes, length),
                _ => line.bytes(key!("id"), id.as_bytes()),
            }
        }
        if let Some(trace) = context.trace() {
            line.plain(key!("trace"), format_args!("{:032x}", trace.trace_id()));
            line.plain(key!("span"), format_args!("{:016x}", trace.span_id()));
        }
        if let Some(identity) = context.identity() {
            line.text(key!("subject"), identity.subject());
        }
        if let Some(agent) = self.request.field("user-agent") {
            line.bytes(key!("agent"), agent);
        }
    }
}
