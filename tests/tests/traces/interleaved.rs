use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;

use brrtrouter::logging::{LogGuard, Logger};
use brrtrouter::middleware::{
    AccessLogMiddleware, FinishedSpan, RequestId, RequestIdMiddleware, SpanExporter, TraceContext,
    TracingMiddleware,
};
use brrtrouter::prelude::*;
use brrtrouter::testing::TestClient;
use serde_json::Value;
use tracing::Span;
use whole_server_tests::{On, on_both, service_of};

use crate::page::Page;

on_both!(no_log_and_no_span_of_interleaved_requests_carries_the_name_of_another);

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /meet/{place}/{n}:
    parameters:
      - {name: place, in: path, required: true, schema: {type: string}}
      - {name: n, in: path, required: true, schema: {type: integer}}
    get: {operationId: meet, responses: {'200': {description: ok}}}
";

const CLIENTS: usize = 20;
const EACH: usize = 50;

/// How many clients wait for one another, always the same ones.
const TOGETHER: usize = 5;

/// A place to meet for each group of clients.
#[derive(Default)]
struct Meetings {
    of_groups: [Meeting; CLIENTS / TOGETHER],
}

/// Lets requests go on once so many are there, the last first.
#[derive(Default)]
struct Meeting {
    waiting: may::sync::Mutex<Vec<may::sync::mpsc::Sender<()>>>,
}

impl Meeting {
    fn wait(&self) {
        let (go, wait) = may::sync::mpsc::channel();
        let mut waiting = self.waiting.lock().unwrap();
        waiting.push(go);
        if waiting.len() == TOGETHER {
            while let Some(one) = waiting.pop() {
                one.send(()).unwrap();
            }
        }
        drop(waiting);
        wait.recv().unwrap();
    }
}

/// What the process says through the macros of `tracing` and of `log`, each of which can be told only
/// once where to.
struct Said {
    events: Page,
    records: Page,
    _guard: LogGuard,
}

static SAID: LazyLock<Said> = LazyLock::new(|| {
    let (events, records) = (Page::default(), Page::default());
    let writer = events.clone();
    tracing_subscriber::fmt()
        .json()
        .with_writer(move || writer.clone())
        .init();
    let logger = Logger::json(records.clone()).unwrap();
    Said {
        events,
        records,
        _guard: logger.install().unwrap(),
    }
});

/// Spans as an exporter gets them.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<[String; 4]>>>);

impl SpanExporter for Spans {
    fn export(&self, span: &FinishedSpan<'_>) {
        let id = span.request_id.map_or("", |id| id.as_str());
        let trace = format!("{:032x}", span.trace.trace_id());
        let own = format!("{:016x}", span.trace.span_id());
        let names = [span.path.to_owned(), id.to_owned(), trace, own];
        self.0.lock().unwrap().push(names);
    }
}

fn meet(
    Path((place, n)): Path<(String, u64)>,
    meetings: State<Meetings>,
    id: Option<RequestId>,
    trace: Option<TraceContext>,
    span: Span,
) -> String {
    let id = id.unwrap();
    let say = |step: &str| {
        tracing::info!(parent: &span, place, n, "{step}");
        // Were any span entered on this thread, whoever did so, it would be the event's.
        tracing::info!(place, n, "{step} without a parent");
        log::info!(target: "meet", place = place.as_str(), n, request = id.as_str(); "{step}");
    };
    let client = usize::try_from(n).unwrap() / EACH;
    for step in ["first", "second", "third"] {
        say(step);
        meetings.of_groups[client % meetings.of_groups.len()].wait();
    }
    say("last");
    format!("{} {}", id, trace.unwrap().traceparent())
}

/// The names of a request, as its answer says them.
#[derive(Debug, PartialEq)]
struct Names {
    id: String,
    trace: String,
    span: String,
}

fn ask(client: &TestClient, path: &str) -> Names {
    let answer = client.get(path).send();
    let (id, traceparent) = (answer.field("x-request-id"), answer.field("traceparent"));
    assert_eq!(answer.text(), format!("{id} {traceparent}"), "{path}");
    let parts: Vec<&str> = traceparent.split('-').collect();
    Names {
        id: id.to_owned(),
        trace: parts[1].to_owned(),
        span: parts[2].to_owned(),
    }
}

fn no_log_and_no_span_of_interleaved_requests_carries_the_name_of_another(on: On) {
    let place = format!("{on:?}");
    let said = &*SAID;
    let (access, spans) = (Page::default(), Spans::default());
    let log = AccessLogMiddleware::json(access.clone()).unwrap();
    let writer = Arc::clone(log.writer());
    let service = service_of(DOCUMENT)
        .handler("meet", meet)
        .state(Meetings::default())
        .middleware(RequestIdMiddleware::new())
        .middleware(TracingMiddleware::new().export(spans.clone()))
        .middleware(log)
        .build()
        .unwrap();
    let server = on.serve(service);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let (client, place) = (TestClient::at(server.address()), place.clone());
            thread::spawn(move || {
                let own = (0..EACH).map(|each| {
                    let path = format!("/meet/{place}/{}", number * EACH + each);
                    let names = ask(&client, &path);
                    (path, names)
                });
                own.collect::<Vec<_>>()
            })
        })
        .collect();
    let names: HashMap<String, Names> = clients
        .into_iter()
        .flat_map(|client| client.join().unwrap())
        .collect();
    assert_eq!(names.len(), CLIENTS * EACH);
    drop(server);
    writer.flush();
    log::logger().flush();

    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let names_in = |line: &Value, id: &str| Names {
        id: id.to_owned(),
        trace: text(&line["trace"]),
        span: text(&line["span"]),
    };

    let lines = access.objects();
    assert_eq!(lines.len(), names.len());
    for line in &lines {
        let expected = &names[&text(&line["path"])];
        assert_eq!(&names_in(line, &text(&line["id"])), expected, "{line}");
    }

    let spans = spans.0.lock().unwrap();
    assert_eq!(spans.len(), names.len());
    for [path, id, trace, span] in spans.iter() {
        let expected = &names[path];
        assert_eq!(
            (id, trace, span),
            (&expected.id, &expected.trace, &expected.span)
        );
    }

    let path_of = |fields: &Value| format!("/meet/{}/{}", text(&fields["place"]), fields["n"]);
    let mut seen = 0;
    for event in said.events.objects() {
        let fields = &event["fields"];
        if fields["place"] != place.as_str() {
            continue;
        }
        seen += 1;
        if text(&fields["message"]).ends_with("without a parent") {
            assert_eq!(event["span"], Value::Null, "{event}");
            continue;
        }
        let (span, expected) = (&event["span"], &names[&path_of(fields)]);
        assert_eq!(span["trace_id"], expected.trace.as_str(), "{event}");
        assert_eq!(span["span_id"], expected.span.as_str(), "{event}");
        // Those that were entered.
        assert_eq!(event["spans"], serde_json::json!([]), "{event}");
    }
    assert_eq!(seen, names.len() * 8);

    let mut seen = 0;
    for record in said.records.objects() {
        let fields = &record["fields"];
        if record["target"] == "meet" && fields["place"] == place.as_str() {
            seen += 1;
            let expected = &names[&path_of(fields)];
            assert_eq!(fields["request"], expected.id.as_str(), "{record}");
        }
    }
    assert_eq!(seen, names.len() * 4);
}
