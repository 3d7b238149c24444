//! What a reload means for those who are served meanwhile.

use std::fs;
use std::io::Write as _;
use std::sync::mpsc;

use brrtrouter::prelude::*;
use brrtrouter::reload::ReloadableService;
use brrtrouter::security::SecurityChangeKind;
use whole_server_tests::On;

use super::scene::{PATIENCE, Scene, THINGS, document, names, rename_over};

pub(crate) fn handlers_of_operations_that_are_gone_are_dropped(on: On) {
    use std::sync::Arc;

    let folder = tempfile::tempdir().unwrap();
    let entry = folder.path().join("api.yaml");
    fs::write(folder.path().join("things.yaml"), THINGS).unwrap();
    fs::write(&entry, document(&["a", "b"])).unwrap();
    let held = Arc::new(());
    let own = Arc::clone(&held);
    let (arrived, arrivals) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let wait = Arc::new(std::sync::Mutex::new(wait));
    let service = ReloadableService::new(load_spec(&entry).unwrap(), move |spec| {
        let has_b = spec.operations.len() > 1;
        let (arrived, wait) = (arrived.clone(), Arc::clone(&wait));
        let builder = AppService::builder(spec).handler("a", || "a");
        let held = has_b.then(|| Arc::clone(&own));
        builder
            .handler("b", move || {
                arrived.send(()).unwrap();
                wait.lock().unwrap().recv().unwrap();
                format!("{}", held.is_some())
            })
            .dispatch("b", brrtrouter::dispatch::Dispatch::blocking())
    });
    let scene = Scene::watching(on, folder, &entry, service.unwrap());
    assert_eq!(Arc::strong_count(&held), 3);
    std::thread::scope(|scope| {
        let late = scope.spawn(|| scene.client.get("/b").send().text().to_owned());
        arrivals.recv_timeout(PATIENCE).unwrap();
        rename_over(&entry, &document(&["a"]));
        assert_eq!(names(&scene.changes().removed), ["b"]);
        assert_eq!(Arc::strong_count(&held), 3, "a request is answered by it");
        go.send(()).unwrap();
        assert_eq!(late.join().unwrap(), "true");
    });
    let deadline = std::time::Instant::now() + PATIENCE;
    while Arc::strong_count(&held) > 2 {
        assert!(std::time::Instant::now() < deadline, "it is still held");
        std::thread::yield_now();
    }
}

pub(crate) fn weaker_demands_are_told(on: On) {
    let text = |security: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\npaths: {{/a: {{get: {{operationId: a, \
             security: {security}, responses: {{'200': {{description: ok}}}}}}}}}}\n\
             components: {{securitySchemes: {{key: {{type: apiKey, in: header, name: x-key}}}}}}\n"
        )
    };
    let load = |text: &str| {
        brrtrouter_spec::Loader::new()
            .load_str(text, "a.yaml")
            .unwrap()
    };
    let service = ReloadableService::new(load(&text("[key: []]")), |spec| {
        let keys = ApiKeys::new([("owner", "sesame-sesame-sesame")]).unwrap();
        AppService::builder(spec)
            .handler("a", || "a")
            .security("key", keys)
    })
    .unwrap();
    let changes = service.reload(load(&text("[]"))).unwrap();
    assert_eq!(names(&changes.changed), ["a"]);
    assert_eq!(changes.security[0].kind, SecurityChangeKind::Weakened);
    let client = on.client(service.clone());
    assert_eq!(client.get("/a").send().status(), 200);
    // The scheme goes, and its provider with it.
    let bare = text("[]").replace("{key: {type: apiKey, in: header, name: x-key}}", "{}");
    service.reload(load(&bare)).unwrap();
}

/// A document whose version also is the default of a parameter.
pub(crate) fn versioned(version: u32) -> brrtrouter::Spec {
    let text = format!(
        "openapi: 3.1.0\ninfo: {{title: t, version: '{version}'}}\npaths: {{/a: {{get: {{operationId: a, \
         parameters: [{{name: v, in: query, schema: {{type: integer, default: {version}}}}}], \
         responses: {{'200': {{description: ok}}}}}}}}}}\n"
    );
    brrtrouter_spec::Loader::new()
        .load_str(text, "a.yaml")
        .unwrap()
}

#[derive(serde::Deserialize)]
struct Version {
    v: u32,
}

pub(crate) fn under_load_no_request_is_lost_and_none_sees_two_documents(on: On) {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::net::TcpStream;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    let service = ReloadableService::new(versioned(0), |spec| {
        let own = spec.version.clone();
        AppService::builder(spec).handler("a", move |Query(asked): Query<Version>| {
            format!("{own}={}", asked.v)
        })
    })
    .unwrap();
    let server = on.serve(service.clone());
    let address = server.address();
    let is_over = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..3)
        .map(|_| {
            let is_over = Arc::clone(&is_over);
            std::thread::spawn(move || {
                let mut count = 0;
                while !is_over.load(Ordering::Relaxed) {
                    let stream = TcpStream::connect(address).unwrap();
                    stream.set_read_timeout(Some(PATIENCE)).unwrap();
                    let mut reader = BufReader::new(&stream);
                    for _ in 0..500 {
                        (&stream)
                            .write_all(b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
                            .unwrap();
                        let (mut line, mut length) = (String::new(), 0);
                        reader.read_line(&mut line).unwrap();
                        assert!(line.starts_with("HTTP/1.1 200 "), "{line}");
                        while line != "\r\n" {
                            line.clear();
                            reader.read_line(&mut line).unwrap();
                            let lower = line.to_ascii_lowercase();
                            if let Some(value) = lower.strip_prefix("content-length:") {
                                length = value.trim().parse().unwrap();
                            }
                        }
                        let mut content = vec![0; length];
                        reader.read_exact(&mut content).unwrap();
                        let content = String::from_utf8(content).unwrap();
                        let (own, asked) = content.split_once('=').unwrap();
                        assert_eq!(own, asked, "half of one document and half of another");
                        count += 1;
                    }
                }
                count
            })
        })
        .collect();
    for version in 1..=100 {
        service.reload(versioned(version)).unwrap();
    }
    is_over.store(true, Ordering::Relaxed);
    let served: usize = clients
        .into_iter()
        .map(|client| client.join().unwrap())
        .sum();
    assert!(served >= 3 * 500);
    let answer = on.client(service).get("/a").send();
    assert_eq!(answer.text(), "100=100");
}

// A transport is asked at the start whether it has what the document needs, and may_minihttp has no
// streams; what a later document adds can only be refused request by request.
pub(crate) fn a_stream_that_a_reload_adds_is_served_where_there_are_streams(on: On) {
    let load = |with_stream: bool| {
        let stream = match with_stream {
            true => {
                "\n  /b: {get: {operationId: b, responses: {'200': {description: ok, content: \
                 {text/event-stream: {}}}}}}"
            }
            false => "",
        };
        let text = format!(
            "openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\npaths:\n  /a: {{get: {{operationId: a, \
             responses: {{'200': {{description: ok}}}}}}}}{stream}\n"
        );
        let spec = brrtrouter_spec::Loader::new().load_str(&text, "a.yaml");
        spec.unwrap()
    };
    for leaves_out in [false, true] {
        let hub = EventHub::new(Default::default());
        let publisher = hub.clone();
        let service = ReloadableService::new(load(false), move |spec| {
            let hub = hub.clone();
            let builder = AppService::builder(spec)
                .handler("a", || "a")
                .handler("b", move || hub.subscribe(&LastEventId::default()));
            match leaves_out {
                true => builder.without_streams(),
                false => builder,
            }
        });
        let service = service.unwrap();
        let client = on.client(service.clone());
        assert_eq!(client.get("/b").send().status(), 404);
        assert_eq!(names(&service.reload(load(true)).unwrap().added), ["b"]);
        let answer = client.get("/b").send();
        match (on, leaves_out) {
            (_, true) => assert_eq!(answer.status(), 501),
            (On::MiniHttp, false) => assert_eq!(answer.status(), 500),
            (On::Raw, false) => {
                let mut events = answer.events();
                publisher.publish("tick", "1").unwrap();
                assert_eq!(events.next().unwrap(), "event: tick\nid: 1\ndata: 1\n\n");
            }
        }
        assert_eq!(
            client.get("/a").send().text(),
            "a",
            "the others are served on"
        );
    }
}
