//! Spans sent to a collector, which stands here as a server that reads them with the protocol's own
//! definitions.

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use brrtrouter::middleware::{
    FinishedSpan, OtlpError, OtlpExporter, RequestIdMiddleware, SpanExporter, TracingMiddleware,
};
use brrtrouter::prelude::*;
use brrtrouter::testing::TestClient;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde_json::json;
use whole_server_tests::{On, Running, on_both, service_of};

on_both!(spans_arrive_at_a_collector_in_the_trace_that_they_go_on_with);

const PATIENCE: Duration = Duration::from_secs(20);

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {operationId: getPet, responses: {'200': {description: ok}}}
";

/// A collector that keeps what it understands.
struct Collector {
    server: Running,
    batches: Receiver<ExportTraceServiceRequest>,
    /// How many batches it refuses before it takes one.
    refusals: Arc<AtomicU16>,
}

impl Collector {
    fn start() -> Self {
        let (sender, batches) = mpsc::channel();
        let sender = Mutex::new(sender);
        let refusals = Arc::new(AtomicU16::new(0));
        let left = Arc::clone(&refusals);
        let take = move |Json(batch): Json<serde_json::Value>| {
            let one_less = |left: u16| left.checked_sub(1);
            if left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
                .is_ok()
            {
                return Err(Problem::new(Status::SERVICE_UNAVAILABLE));
            }
            let batch = serde_json::from_value(batch);
            let batch = batch.map_err(|error| Problem::bad_request(error.to_string()))?;
            let _ = sender.lock().unwrap().send(batch);
            Ok(Json(json!({})))
        };
        let routes = Router::builder().post(Endpoint::new("/v1/traces").body(json!({})), take);
        let service = routes.service("collector", "1");
        Self {
            server: On::Raw.serve(service.build().unwrap()),
            batches,
            refusals,
        }
    }

    fn exporter(&self) -> Exporter {
        let address = format!("http://{}/", self.server.address());
        Exporter(Arc::new(OtlpExporter::start(&address, "pets").unwrap()))
    }

    /// The next so many spans, in the order of their coming.
    fn spans(&self, count: usize) -> Vec<Span> {
        let mut spans = Vec::new();
        while spans.len() < count {
            let batch = self.batches.recv_timeout(PATIENCE).expect("a batch");
            for resource in batch.resource_spans {
                let of = resource.resource.expect("the service's name");
                assert_eq!(text(&of.attributes, "service.name"), "pets");
                spans.extend(
                    resource
                        .scope_spans
                        .into_iter()
                        .flat_map(|scope| scope.spans),
                );
            }
        }
        spans
    }
}

/// An exporter that the test can look at while it is used.
#[derive(Clone)]
struct Exporter(Arc<OtlpExporter>);

impl SpanExporter for Exporter {
    fn export(&self, span: &FinishedSpan<'_>) {
        self.0.export(span);
    }
}

fn value<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a Value> {
    let found = attributes.iter().find(|one| one.key == key)?;
    found.value.as_ref()?.value.as_ref()
}

fn text(attributes: &[KeyValue], key: &str) -> String {
    match value(attributes, key) {
        Some(Value::StringValue(text)) => text.clone(),
        other => panic!("{key}: {other:?}"),
    }
}

fn service(exporter: Exporter) -> AppService {
    let get = |Path(id): Path<u64>| match id {
        500 => Err(Problem::internal("on purpose")),
        id => Ok(format!("pet {id}")),
    };
    let service = service_of(DOCUMENT)
        .handler("getPet", get)
        .middleware(RequestIdMiddleware::new())
        .middleware(TracingMiddleware::new().export(exporter));
    service.build().unwrap()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn spans_arrive_at_a_collector_in_the_trace_that_they_go_on_with(on: On) {
    let collector = Collector::start();
    let exporter = collector.exporter();
    let client = on.client(service(exporter.clone()));
    let now = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_nanos()
    };
    let before = now();
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let sent = format!("00-{trace}-b7ad6b7169203331-01");
    let answers = ["/pets/7?key=secret", "/pets/500", "/nowhere"].map(|path| {
        let answer = client.get(path).field("traceparent", &sent).send();
        let parts: Vec<&str> = answer.field("traceparent").split('-').collect();
        assert_eq!(parts[1], trace);
        (parts[2].to_owned(), answer.field("x-request-id").to_owned())
    });
    let unsampled = format!("00-{trace}-b7ad6b7169203331-00");
    client.get("/pets/8").field("traceparent", unsampled).send();
    let spans = collector.spans(3);
    let after = now();

    assert_eq!(spans.len(), 3, "what is not sampled is not sent");
    for (span, (own, id)) in spans.iter().zip(&answers) {
        assert_eq!(hexadecimal(&span.trace_id), trace);
        assert_eq!(hexadecimal(&span.parent_span_id), "b7ad6b7169203331");
        assert_eq!(&hexadecimal(&span.span_id), own);
        assert_eq!(span.kind(), SpanKind::Server);
        assert_eq!(&text(&span.attributes, "request.id"), id);
        assert_eq!(text(&span.attributes, "http.request.method"), "GET");
        let (start, end) = (span.start_time_unix_nano, span.end_time_unix_nano);
        assert!(start <= end && u128::from(end) <= after && u128::from(start) >= before);
    }
    let seen: Vec<_> = spans
        .iter()
        .map(|span| {
            let status = match value(&span.attributes, "http.response.status_code") {
                Some(Value::IntValue(status)) => *status,
                other => panic!("{other:?}"),
            };
            let code = span.status.as_ref().map(|status| status.code());
            let path = text(&span.attributes, "url.path");
            (
                span.name.as_str(),
                path,
                status,
                code == Some(StatusCode::Error),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("GET /pets/{id}", "/pets/7".to_owned(), 200, false),
            ("GET /pets/{id}", "/pets/500".to_owned(), 500, true),
            ("GET", "/nowhere".to_owned(), 404, false),
        ]
    );
    assert_eq!(text(&spans[0].attributes, "http.route"), "/pets/{id}");
    assert_eq!(text(&spans[0].attributes, "operation"), "getPet");
    // The collector knows of them a moment before it has said so.
    wait_until(|| exporter.0.sent() == 3);
    assert_eq!(exporter.0.dropped(), 0);
}

#[test]
fn a_batch_that_is_refused_is_sent_again() {
    let collector = Collector::start();
    collector.refusals.store(2, Ordering::SeqCst);
    let exporter = collector.exporter();
    let client = TestClient::new(service(exporter.clone()));
    client.get("/pets/7").send();
    assert_eq!(collector.spans(1).len(), 1);
    wait_until(|| exporter.0.sent() == 1);
    assert_eq!(exporter.0.dropped(), 0);
}

#[test]
fn what_is_left_is_sent_when_the_exporter_goes() {
    let collector = Collector::start();
    let client = TestClient::new(service(collector.exporter()));
    for _ in 0..100 {
        client.get("/pets/7").send();
    }
    drop(client);
    assert_eq!(collector.spans(100).len(), 100);
}

#[test]
fn spans_for_a_collector_that_never_answers_are_dropped_and_counted_and_no_request_waits() {
    const MANY: u64 = 20_000;

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let exporter = Exporter(Arc::new(OtlpExporter::start(&address, "pets").unwrap()));
    let (go, wait) = mpsc::channel::<()>();
    let stuck = std::thread::spawn(move || {
        let (mut peer, _) = listener.accept().unwrap();
        let _ = wait.recv();
        // Closes the connection, and with the listener the port.
        drop(listener);
        let _ = peer.read(&mut [0; 1024]);
    });
    let client = TestClient::new(service(exporter.clone()));
    let start = Instant::now();
    for _ in 0..MANY {
        assert_eq!(client.get("/pets/7").send().status(), 200);
    }
    // Had any of them waited for the collector, it would have been for its time-out.
    let took = start.elapsed();
    // All but those that wait and those of the batch that is under way.
    let dropped = exporter.0.dropped();
    assert!(
        dropped >= MANY - 8_192 - 3 * 512,
        "{dropped} after {took:?}"
    );
    assert_eq!(exporter.0.sent(), 0);
    go.send(()).unwrap();
    stuck.join().unwrap();
    drop(client);
    let exporter = Arc::into_inner(exporter.0).unwrap();
    drop(exporter);
}

#[test]
fn what_is_no_address_is_refused() {
    for bad in [
        "",
        "localhost:4318",
        "https://collector:4318",
        "http://",
        "ftp://a",
    ] {
        let refused = OtlpExporter::start(bad, "pets").unwrap_err();
        assert!(matches!(refused, OtlpError::Address(address) if address == bad));
    }
}

fn wait_until(is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "it never came to be");
        std::thread::yield_now();
    }
}
