use std::io;
use std::sync::{Arc, Mutex};

use brrtrouter::StaticFiles;
use brrtrouter::middleware::{
    AccessLogMiddleware, LogFormat, LogWriter, RequestIdMiddleware, TracingMiddleware,
};
use brrtrouter::testing::TestClient;
use serde_json::Value;
use whole_server_tests::{On, on_both};

use crate::api::{KEY, api};

on_both!(
    each_request_is_a_json_object_on_a_line,
    a_file_is_logged_with_its_length,
    a_log_that_cannot_be_written_drops_lines_and_counts_them,
);

/// What was written.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap().clone();
        String::from_utf8(bytes)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    }
}

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn each_request_is_a_json_object_on_a_line(on: On) {
    let page = Page::default();
    let log = AccessLogMiddleware::json(page.clone()).unwrap();
    let writer = Arc::clone(log.writer());
    let service = api()
        .middleware(RequestIdMiddleware::new())
        .middleware(TracingMiddleware::new())
        .middleware(log)
        .build()
        .unwrap();
    let client = on.client(service);
    let answer = client
        .get("/things/7?key=secret")
        .field("user-agent", "a \"b\"\u{2028}")
        .send();
    client.get("/secret").field("x-key", KEY).send();
    client.get("/panic").send();
    client.get("/nowhere").send();
    writer.flush();

    let lines: Vec<Value> = page
        .lines()
        .iter()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    assert_eq!(lines.len(), 4);
    let first = &lines[0];
    assert_eq!(first["method"], "GET");
    assert_eq!(first["path"], "/things/7", "the query stays out");
    assert_eq!(first["operation"], "getThing");
    assert_eq!(first["route"], "/things/{id}");
    assert_eq!(first["status"], 200);
    assert_eq!(first["bytes"], 7);
    assert_eq!(first["agent"], "a \"b\"\u{2028}");
    assert_eq!(first["id"], answer.field("x-request-id"));
    assert!(
        answer
            .field("traceparent")
            .contains(first["trace"].as_str().unwrap())
    );
    assert!(first["seconds"].as_f64().unwrap() < 10.0);
    assert!(first["time"].as_str().unwrap().ends_with('Z'));
    assert!(
        !page.lines()[0].contains('\u{2028}'),
        "no line ends before its end"
    );
    assert_eq!(lines[1]["subject"], "owner");
    assert_eq!(
        (&lines[2]["status"], &lines[2]["operation"]),
        (&500.into(), &"panics".into())
    );
    assert_eq!(
        (&lines[3]["status"], &lines[3]["operation"]),
        (&404.into(), &Value::Null)
    );
}

fn a_file_is_logged_with_its_length(on: On) {
    let folder = tempfile::tempdir().unwrap();
    let lengths = [10, 20_000, 100_000];
    for length in lengths {
        let path = folder.path().join(length.to_string());
        std::fs::write(path, vec![b'x'; length]).unwrap();
    }
    let page = Page::default();
    let log = AccessLogMiddleware::json(page.clone()).unwrap();
    let writer = Arc::clone(log.writer());
    let service = api()
        .middleware(log)
        .mount("/files", StaticFiles::new(folder.path()).unwrap());
    let client = on.client(service.build().unwrap());
    for length in lengths {
        client.get(format!("/files/{length}")).send();
    }
    writer.flush();
    let lines = page.lines().into_iter();
    let lines = lines.map(|line| serde_json::from_str::<Value>(&line).expect(&line));
    let told: Vec<_> = lines.map(|line| line["bytes"].as_u64()).collect();
    assert_eq!(told, lengths.map(|length| Some(length as u64)));
}

// In process, since no transport lets such fields in.
#[test]
fn a_text_has_a_line_for_each_request_whatever_they_send() {
    let page = Page::default();
    let log = AccessLogMiddleware::text(page.clone())
        .unwrap()
        .with_query();
    let writer = Arc::clone(log.writer());
    let client = TestClient::new(api().middleware(log).build().unwrap());
    client
        .get("/things/7?x=1")
        .field("user-agent", "evil\u{1b}[2J\nstatus=200 path=/")
        .send();
    writer.flush();
    let lines = page.lines();
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].contains(" method=GET path=\"/things/7?x=1\" operation=getThing "),
        "{lines:?}"
    );
    assert!(
        lines[0].ends_with(r#" agent="evil\u001b[2J\u000astatus=200 path=/""#),
        "{lines:?}"
    );
}

/// A writer that waits until it is let go.
struct Stuck(std::sync::mpsc::Receiver<()>, Page);

impl io::Write for Stuck {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.recv();
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn a_log_that_cannot_be_written_drops_lines_and_counts_them(on: On) {
    let page = Page::default();
    let (go, wait) = std::sync::mpsc::channel();
    let writer = Arc::new(LogWriter::start(Stuck(wait, page.clone())).unwrap());
    let log = AccessLogMiddleware::to(Arc::clone(&writer), LogFormat::Text);
    let client = on.client(api().middleware(log).build().unwrap());
    let count = 20_000;
    for _ in 0..count {
        client.get("/things/7").send();
    }
    drop(go);
    writer.flush();
    let dropped = usize::try_from(writer.dropped()).unwrap();
    assert!(dropped > 0);
    assert_eq!(page.lines().len() + dropped, count);
}
