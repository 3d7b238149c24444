//! A changed document goes live without a restart.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::io::Write as _;
use std::iter;
use std::path::{Path as FilePath, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use brrtrouter::prelude::*;
use brrtrouter::reload::{
    Changes, ReloadError, ReloadableService, SpecWatch, watch_spec, watch_spec_with,
};
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
    a_file_that_goes_away_and_comes_back_counts,
    what_was_saved_before_the_watch_began_serves,
    links_that_are_made_to_lead_elsewhere_count,
    a_folder_that_is_replaced_counts_and_is_watched_on,
    documents_that_refer_to_each_other_are_both_watched,
    a_strict_loader_stays_strict,
    a_panic_is_reported_and_ends_no_watch,
    a_document_that_is_not_there_is_not_watched,
    handlers_of_operations_that_are_gone_are_dropped,
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

fn service_of(spec: brrtrouter::Spec) -> ReloadableService {
    let service = ReloadableService::new(spec, |spec| {
        AppService::builder(spec)
            .handler("a", || "a")
            .handler("b", || "b")
    });
    service.unwrap()
}

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
        let service = service_of(load_spec(&entry).unwrap());
        Self::watching(on, folder, &entry, service)
    }

    fn watching(on: On, folder: TempDir, entry: &FilePath, service: ReloadableService) -> Self {
        let (sender, reports) = mpsc::channel();
        let watch = watch_spec(entry, &service, move |report| {
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

fn a_file_that_goes_away_and_comes_back_counts(on: On) {
    let scene = Scene::new(on, &["a"]);
    for file in ["things.yaml", "api.yaml"] {
        let text = fs::read_to_string(scene.file(file)).unwrap();
        fs::remove_file(scene.file(file)).unwrap();
        let report = scene.report().unwrap_err().to_string();
        assert!(report.contains(file), "{report}");
        assert_eq!(scene.status("/a?n=10"), 200);
        fs::write(scene.file(file), text).unwrap();
        assert!(scene.changes().is_empty());
    }
    rename_over(
        &scene.file("things.yaml"),
        "N: {type: integer, maximum: 9}\n",
    );
    assert_eq!(names(&scene.changes().changed), ["a"]);
    assert_eq!(scene.status("/a?n=10"), 400);
}

fn what_was_saved_before_the_watch_began_serves(on: On) {
    let folder = tempfile::tempdir().unwrap();
    let entry = folder.path().join("api.yaml");
    fs::write(folder.path().join("things.yaml"), THINGS).unwrap();
    fs::write(&entry, document(&["a"])).unwrap();
    let service = service_of(load_spec(&entry).unwrap());
    fs::write(&entry, document(&["a", "b"])).unwrap();
    let scene = Scene::watching(on, folder, &entry, service);
    assert_eq!(names(&scene.report().unwrap().added), ["b"]);
    assert_eq!(scene.status("/b"), 200);
}

/// As Kubernetes mounts a configuration: the names lead through a link that is replaced.
fn links_that_are_made_to_lead_elsewhere_count(on: On) {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    let at = |path: &str| root.join(path);
    let lead = |link: &str, to: &str| {
        symlink(to, at("new")).unwrap();
        fs::rename(at("new"), at(link)).unwrap();
    };
    for (version, operations) in [("..1", &["a"][..]), ("..2", &["a", "b"])] {
        fs::create_dir(at(version)).unwrap();
        fs::write(at(version).join("api.yaml"), document(operations)).unwrap();
        fs::write(at(version).join("things.yaml"), THINGS).unwrap();
    }
    symlink("..1", at("..data")).unwrap();
    symlink("..data/api.yaml", at("api.yaml")).unwrap();
    let entry = at("api.yaml");
    let service = service_of(load_spec(&entry).unwrap());
    let scene = Scene::watching(on, folder, &entry, service);
    lead("..data", "..2");
    fs::remove_dir_all(at("..1")).unwrap();
    assert_eq!(names(&scene.changes().added), ["b"]);
    // What the document refers to is a link by itself.
    fs::write(at("..2/nine.yaml"), "N: {type: integer, maximum: 9}\n").unwrap();
    fs::write(at("..2/ten.yaml"), THINGS).unwrap();
    symlink("nine.yaml", at("..2/new")).unwrap();
    fs::rename(at("..2/new"), at("..2/things.yaml")).unwrap();
    assert_eq!(names(&scene.changes().changed), ["a", "b"]);
    assert_eq!(scene.status("/a?n=10"), 400);
    symlink("ten.yaml", at("..2/new")).unwrap();
    fs::rename(at("..2/new"), at("..2/things.yaml")).unwrap();
    assert_eq!(names(&scene.changes().changed), ["a", "b"]);
    assert_eq!(scene.status("/a?n=10"), 200);
}

fn a_folder_that_is_replaced_counts_and_is_watched_on(on: On) {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    let fill = |folder: &FilePath, operations: &[&str]| {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("api.yaml"), document(operations)).unwrap();
        fs::write(folder.join("things.yaml"), THINGS).unwrap();
    };
    fill(&at("api"), &["a"]);
    let entry = at("api/api.yaml");
    let service = service_of(load_spec(&entry).unwrap());
    fill(&at("other"), &["a", "b"]);
    fs::create_dir(at("old")).unwrap();
    let root = folder.path().to_owned();
    let scene = Scene::watching(on, folder, &entry, service);
    fs::rename(root.join("api"), root.join("old/api")).unwrap();
    fs::rename(root.join("other"), root.join("api")).unwrap();
    assert_eq!(names(&scene.changes().added), ["b"]);
    for most in [9, 8] {
        rename_over(
            &root.join("api/things.yaml"),
            &format!("N: {{type: integer, maximum: {most}}}\n"),
        );
        assert_eq!(names(&scene.changes().changed), ["a", "b"]);
    }
    // What the folder is that was there before is nobody's concern.
    fs::write(root.join("old/api/api.yaml"), "no document").unwrap();
    fs::remove_dir_all(root.join("old")).unwrap();
    rename_over(&entry, &document(&["a"]));
    assert_eq!(names(&scene.changes().removed), ["b"]);
}

fn documents_that_refer_to_each_other_are_both_watched(on: On) {
    let scene = Scene::new(on, &["a"]);
    let things = |most: u8| {
        format!(
            "N: {{type: integer, maximum: {most}}}\n\
             back: {{$ref: 'api.yaml#/paths/~1a/get/parameters/0/schema'}}\n"
        )
    };
    rename_over(&scene.file("things.yaml"), &things(9));
    assert_eq!(names(&scene.changes().changed), ["a"]);
    let back = document(&["a"]).replace("#/N", "#/back");
    rename_over(&scene.file("api.yaml"), &back);
    let report = scene.report().unwrap_err().to_string();
    assert!(report.contains("B0405"), "a circle: {report}");
    rename_over(
        &scene.file("api.yaml"),
        &document(&["a", "b"]).replacen("#/N", "#/P", 1),
    );
    let report = scene.report().unwrap_err().to_string();
    assert!(report.contains("things.yaml"), "{report}");
    let both = "P: {$ref: 'api.yaml#/paths/~1b/get/parameters/0/schema'}\n";
    rename_over(&scene.file("things.yaml"), &(things(8) + both));
    assert_eq!(names(&scene.changes().added), ["b"]);
    assert_eq!((scene.status("/a?n=9"), scene.status("/a?n=8")), (400, 200));
}

fn a_strict_loader_stays_strict(on: On) {
    let folder = tempfile::tempdir().unwrap();
    let entry = folder.path().join("api.yaml");
    fs::write(folder.path().join("things.yaml"), THINGS).unwrap();
    fs::write(&entry, document(&["a"])).unwrap();
    let service = service_of(load_spec(&entry).unwrap());
    let (sender, reports) = mpsc::channel();
    let loader = brrtrouter_spec::Loader::new().strict(true);
    let watch = watch_spec_with(loader, &entry, &service, move |report| {
        let _ = sender.send(report);
    });
    let scene = Scene {
        folder,
        client: on.client(service),
        reports,
        watch: Some(watch.unwrap()),
    };
    let odd = document(&["a", "b"]).replace("operationId: a", "operationId: b");
    rename_over(&entry, &odd);
    let report = scene.report().unwrap_err().to_string();
    assert!(report.contains("B0309"), "{report}");
    assert_eq!(scene.status("/b"), 404);
    rename_over(&entry, &document(&["a", "b"]));
    assert_eq!(names(&scene.changes().added), ["b"]);
}

fn a_panic_is_reported_and_ends_no_watch(on: On) {
    let folder = tempfile::tempdir().unwrap();
    let entry = folder.path().join("api.yaml");
    fs::write(folder.path().join("things.yaml"), THINGS).unwrap();
    fs::write(&entry, document(&["a"])).unwrap();
    let service = ReloadableService::new(load_spec(&entry).unwrap(), |spec| {
        assert!(spec.operations.len() < 2, "two are too many");
        AppService::builder(spec).handler("a", || "a")
    });
    let service = service.unwrap();
    let (sender, reports) = mpsc::channel();
    let watch = watch_spec(&entry, &service, move |report| {
        let is_good = report.is_ok();
        let _ = sender.send(report);
        assert!(is_good, "whoever is told may panic too");
    });
    let scene = Scene {
        folder,
        client: on.client(service),
        reports,
        watch: Some(watch.unwrap()),
    };
    for _ in 0..2 {
        rename_over(&entry, &document(&["a", "b"]));
        let report = scene.report().unwrap_err();
        assert!(matches!(report, ReloadError::Panic(_)), "{report}");
        assert!(report.to_string().contains("two are too many"), "{report}");
        assert_eq!(scene.status("/a"), 200);
        rename_over(&entry, &document(&["a"]));
        assert!(scene.report().unwrap().is_empty());
    }
}

fn a_document_that_is_not_there_is_not_watched(_: On) {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("api.yaml");
    let error = watch_spec(&missing, &service_of(versioned(1)), |_| {}).unwrap_err();
    assert!(error.to_string().contains("api.yaml"), "{error}");
}

fn handlers_of_operations_that_are_gone_are_dropped(on: On) {
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
