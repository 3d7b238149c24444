use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, UNIX_EPOCH};
use std::{io, mem};

use crossbeam_queue::ArrayQueue;
use serde_json::{Value, json};
use ureq::Agent;

use crate::middleware::tracing::{FinishedSpan, SpanExporter};

/// How many spans may wait to be sent.
const ROOM: usize = 8_192;

/// How many are sent together.
const BATCH: usize = 512;

/// Sends spans to an OpenTelemetry collector: OTLP over HTTP, as JSON (OTLP 1.0, "OTLP/HTTP").
///
/// A thread sends them, every second or when 512 wait. When 8,192 wait, more are dropped and counted;
/// a batch that the collector does not take is dropped after three attempts. No request ever waits.
pub struct OtlpExporter {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    spans: ArrayQueue<Value>,
    dropped: AtomicU64,
    sent: AtomicU64,
    is_over: AtomicBool,
}

/// Why spans cannot be exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OtlpError {
    /// Not an address of HTTP.
    #[error("{0:?} is no http address of a collector, such as http://localhost:4318")]
    Address(String),
    /// The system refused a thread.
    #[error("no thread to send spans on: {0}")]
    Thread(#[from] io::Error),
}

impl OtlpExporter {
    /// Sends to the collector at `address`, such as `http://localhost:4318`, in the name of the
    /// service.
    ///
    /// # Errors
    ///
    /// [`OtlpError`] if that is no address, or the system refuses a thread.
    pub fn start(address: &str, service: &str) -> Result<Self, OtlpError> {
        let is_http = address
            .strip_prefix("http://")
            .is_some_and(|rest| !rest.is_empty());
        if !is_http {
            return Err(OtlpError::Address(address.to_owned()));
        }
        let address = address.trim_end_matches('/');
        let url = match address.ends_with("/v1/traces") {
            true => address.to_owned(),
            false => format!("{address}/v1/traces"),
        };
        let shared = Arc::new(Shared {
            spans: ArrayQueue::new(ROOM),
            dropped: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        });
        let thread = thread::Builder::new().name("otlp".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            let resource = resource(service);
            move || shared.send_all(&url, &resource)
        })?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// How many spans found no room, or were not taken by the collector.
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    /// How many spans the collector has taken.
    pub fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::Relaxed)
    }
}

impl SpanExporter for OtlpExporter {
    fn export(&self, span: &FinishedSpan<'_>) {
        if self.shared.spans.push(encode(span)).is_err() {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        if self.shared.spans.len() >= BATCH
            && let Some(thread) = &self.thread
        {
            thread.thread().unpark();
        }
    }
}

/// Sends what is left, for at most as long as one attempt takes.
impl Drop for OtlpExporter {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn send_all(&self, url: &str, resource: &Value) {
        let config = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(5)))
            .build();
        let agent = config.new_agent();
        loop {
            let is_over = self.is_over.load(Ordering::SeqCst);
            let mut batch = Vec::new();
            while batch.len() < BATCH
                && let Some(span) = self.spans.pop()
            {
                batch.push(span);
            }
            if !batch.is_empty() {
                self.send(&agent, url, resource, batch, is_over);
            } else if is_over {
                return;
            }
            if self.spans.len() < BATCH && !is_over {
                thread::park_timeout(Duration::from_secs(1));
            }
        }
    }

    fn send(&self, agent: &Agent, url: &str, resource: &Value, spans: Vec<Value>, is_over: bool) {
        let count = spans.len() as u64;
        let body = json!({ "resourceSpans": [{
            "resource": resource,
            "scopeSpans": [{ "scope": { "name": "brrtrouter" }, "spans": spans }],
        }] });
        let body = body.to_string();
        let attempts = if is_over { 1 } else { 3 };
        let mut last = String::new();
        for attempt in 1..=attempts {
            let request = agent.post(url).header("content-type", "application/json");
            match request.send(body.as_bytes()) {
                Ok(_) => {
                    self.sent.fetch_add(count, Ordering::Relaxed);
                    return;
                }
                Err(error) => last = error.to_string(),
            }
            if attempt < attempts && !self.is_over.load(Ordering::SeqCst) {
                thread::park_timeout(Duration::from_millis(200 * attempt));
            }
        }
        self.dropped.fetch_add(count, Ordering::Relaxed);
        log::warn!(
            "{count} spans could not be sent to {url}: {}",
            mem::take(&mut last)
        );
    }
}

fn resource(service: &str) -> Value {
    json!({ "attributes": [text("service.name", service)] })
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// A span of kind server, with the names of OpenTelemetry's conventions for HTTP.
fn encode(span: &FinishedSpan<'_>) -> Value {
    let start = span.start.duration_since(UNIX_EPOCH).unwrap_or_default();
    let end = start + span.took;
    let code = span.status.code();
    let mut attributes = vec![
        text("http.request.method", span.method),
        text("url.path", span.path),
        // 64-bit integers are texts in the JSON of protocol buffers.
        json!({ "key": "http.response.status_code", "value": { "intValue": code.to_string() } }),
    ];
    let mut name = span.method.to_owned();
    if let Some(target) = span.operation {
        attributes.push(text("http.route", target.template()));
        attributes.push(text("operation", target.name()));
        name = format!("{} {}", target.method(), target.template());
    }
    if let Some(id) = span.request_id {
        attributes.push(text("request.id", id.as_str()));
    }
    let mut encoded = json!({
        "traceId": format!("{:032x}", span.trace.trace_id()),
        "spanId": format!("{:016x}", span.trace.span_id()),
        "name": name,
        "kind": 2,
        "startTimeUnixNano": start.as_nanos().to_string(),
        "endTimeUnixNano": end.as_nanos().to_string(),
        "attributes": attributes,
        // An error is one of the server's.
        "status": if code >= 500 { json!({ "code": 2 }) } else { json!({}) },
    });
    if let Some(parent) = span.trace.parent_id() {
        encoded["parentSpanId"] = format!("{parent:016x}").into();
    }
    encoded
}

impl fmt::Debug for OtlpExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtlpExporter")
            .field("sent", &self.sent())
            .field("dropped", &self.dropped())
            .finish_non_exhaustive()
    }
}
