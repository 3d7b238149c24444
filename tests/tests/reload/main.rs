//! A changed document goes live without a restart.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::io::Write as _;
use std::iter;
use std::path::{Path as FilePath, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use brrtrouter::prelude::*;
use brrtrouter::reload::{Changes, ReloadError, ReloadableService, SpecWatch, watch_spec};
use brrtrouter::security::SecurityChangeKind;
use tempfile::TempDir;
use whole_server_tests::{On, Served, on_both};

on_both!(
    whatever_way_the_document_is_saved_it_serves,
    whatever_way_a_referenced_file_is_saved_it_counts,
    a_touch_is_a_reload_without_changes,
    a_broken_document_is_reported_with_its_place_each_time_and_the_old_one_serves,
    an_operation_without_a_handler_keeps_the_old_document,
    a_file_that_is_missing_is_waited_for,
    many_steps_of_saving_are_few_reloads,
    weaker_demands_are_told,
    under_load_no_request_is_lost_and_none_sees_two_documents,
    a_stream_that_a_reload_adds_is_served_where_there_are_streams,
);

const PATIENCE: Duration = Duration::from_secs(20);

/// A document with these operations, all of which answer with what `things.yaml` describes.
fn document(names: &[&str]) -> String {
    let mut text = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n".to_owned();
    for name in names {
        text += &format!(
            "  /{name}:\n    get:\n      operationId: {name}\n      parameters:\n        \
             - {{name: n, in: query, schema: {{$ref: 'things.yaml#/N'}}}}\n      \
             responses: {{'200': {{description: ok}}}}\n"
        );
    }
    text
}

const THINGS: &str = "N: {type: integer, maximum: 10}\n";

/// A document on disk that is served and watched.
struct Scene {
    folder: TempDir,
    client: Served,
    reports: Receiver<Result<Changes, ReloadError>>,
    watch: Option<SpecWatch>,
}

impl Scene {
    fn new(on: On, names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("api.yaml"), document(names)).unwrap();
        fs::write(folder.path().join("things.yaml"), THINGS).unwrap();
        let entry = folder.path().join("api.yaml");
        let service = ReloadableService::new(load_spec(&entry).unwrap(), |spec| {
            AppService::builder(spec)
                .handler("a", || "a")
                .handler("b", || "b")
        })
        .unwrap();
        let (sender, reports) = mpsc::channel();
        let watch = watch_spec(&entry, &service, move |report| {
            let _ = sender.send(report);
        });
        Self {
            folder,
            client: on.client(service),
            reports,
            watch: Some(watch.unwrap()),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn report(&self) -> Result<Changes, ReloadError> {
        self.reports.recv_timeout(PATIENCE).expect("a report")
    }

    /// The next report of a document that serves. Whoever saves in steps may be held up between two of
    /// them, and the watch then tells what it has found there.
    fn changes(&self) -> Changes {
        iter::repeat_with(|| self.report())
            .find_map(Result::ok)
            .expect("reports go on")
    }

    fn status(&self, target: &str) -> u16 {
        self.client.get(target).send().status()
    }
}

fn names(operations: &[brrtrouter::reload::ChangedOperation]) -> Vec<&str> {
    operations.iter().map(|one| one.name.as_str()).collect()
}

fn write_in_place(file: &FilePath, text: &str) {
    fs::write(file, text).unwrap();
}

fn rename_over(file: &FilePath, text: &str) {
    let other = file.with_extension("swp");
    fs::write(&other, text).unwrap();
    fs::rename(other, file).unwrap();
}

fn delete_and_create(file: &FilePath, text: &str) {
    fs::remove_file(file).unwrap();
    fs::write(file, text).unwrap();
}

/// Moves the old one away first, as some editors do for a backup.
fn back_up_and_create(file: &FilePath, text: &str) {
    fs::rename(file, file.with_extension("bak")).unwrap();
    fs::write(file, text).unwrap();
}

const WAYS: [fn(&FilePath, &str); 4] = [
    write_in_place,
    rename_over,
    delete_and_create,
    back_up_and_create,
];

fn whatever_way_the_document_is_saved_it_serves(on: On) {
    let scene = Scene::new(on, &["a", "b"]);
    for (round, save) in WAYS.iter().cycle().take(8).enumerate() {
        let (with, without) = if round % 2 == 0 {
            ("a", "b")
        } else {
            ("b", "a")
        };
        save(&scene.file("api.yaml"), &document(&[with]));
        let changes = scene.changes();
        let expected: (&[&str], &[&str]) = if round == 0 {
            (&[], &["b"])
        } else {
            (&[with], &[without])
        };
        assert_eq!(
            (&names(&changes.added)[..], &names(&changes.removed)[..]),
            expected
        );
        assert_eq!(scene.status(&format!("/{with}")), 200);
        assert_eq!(scene.status(&format!("/{without}")), 404);
    }
}

fn whatever_way_a_referenced_file_is_saved_it_counts(on: On) {
    let scene = Scene::new(on, &["a"]);
    assert_eq!(scene.status("/a?n=10"), 200);
    for (round, save) in WAYS.iter().cycle().take(8).enumerate() {
        let most = if round % 2 == 0 { 9 } else { 10 };
        save(
            &scene.file("things.yaml"),
            &format!("N: {{type: integer, maximum: {most}}}\n"),
        );
        let changes = scene.changes();
        assert_eq!(names(&changes.changed), ["a"]);
        assert!(changes.added.is_empty() && changes.removed.is_empty());
        assert_eq!(scene.status("/a?n=10"), if most == 9 { 400 } else { 200 });
    }
}

fn a_touch_is_a_reload_without_changes(on: On) {
    let scene = Scene::new(on, &["a"]);
    let file = fs::File::options()
        .append(true)
        .open(scene.file("api.yaml"))
        .unwrap();
    file.set_modified(std::time::SystemTime::now() + Duration::from_secs(5))
        .unwrap();
    assert!(scene.report().unwrap().is_empty());
}

fn a_broken_document_is_reported_with_its_place_each_time_and_the_old_one_serves(on: On) {
    let scene = Scene::new(on, &["a"]);
    for round in 0..20 {
        rename_over(
            &scene.file("api.yaml"),
            &format!("openapi: 3.1.0\n# {round}\npaths: {{a: {{}}}}\n"),
        );
        let report = scene.report().unwrap_err().to_string();
        assert!(report.contains("api.yaml:3:"), "{report}");
        assert_eq!(scene.status("/a"), 200);
    }
    write_in_place(&scene.file("api.yaml"), &document(&["a", "b"]));
    assert_eq!(names(&scene.changes().added), ["b"]);
    assert_eq!(scene.status("/b"), 200);
}

fn an_operation_without_a_handler_keeps_the_old_document(on: On) {
    let scene = Scene::new(on, &["a"]);
    rename_over(&scene.file("api.yaml"), &document(&["a", "unheard"]));
    let report = scene.report().unwrap_err().to_string();
    assert!(
        report.contains("\"unheard\"") && report.contains("api.yaml:"),
        "{report}"
    );
    assert_eq!((scene.status("/a"), scene.status("/unheard")), (200, 404));
}

fn a_file_that_is_missing_is_waited_for(on: On) {
    let scene = Scene::new(on, &["a"]);
    let named = document(&["a"]).replace("things.yaml", "later.yaml");
    rename_over(&scene.file("api.yaml"), &named);
    assert!(scene.report().is_err());
    let mut later = fs::File::create(scene.file("later.yaml")).unwrap();
    later.write_all(THINGS.as_bytes()).unwrap();
    drop(later);
    scene.changes();
}

fn many_steps_of_saving_are_few_reloads(on: On) {
    let mut scene = Scene::new(on, &["a"]);
    for _ in 0..5 {
        write_in_place(&scene.file("api.yaml"), "openapi: 3.1.0\npaths: {");
        rename_over(&scene.file("api.yaml"), &document(&["a", "b"]));
    }
    assert_eq!(names(&scene.changes().added), ["b"]);
    drop(scene.watch.take());
    // One at most, unless this thread was held up between two steps.
    assert!(scene.reports.iter().count() < 5);
}

fn weaker_demands_are_told(on: On) {
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
fn versioned(version: u32) -> brrtrouter::Spec {
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

fn under_load_no_request_is_lost_and_none_sees_two_documents(on: On) {
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
fn a_stream_that_a_reload_adds_is_served_where_there_are_streams(on: On) {
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
