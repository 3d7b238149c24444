//! Files of a folder.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::symlink;

use brrtrouter::files::StaticFiles;
use brrtrouter::prelude::*;
use brrtrouter::testing::TestAnswer;
use brrtrouter_spec::Loader;
use tempfile::TempDir;
use whole_server_tests::{On, Served, on_both};

on_both!(
    a_file_is_served_with_what_is_known_of_it,
    nothing_outside_and_nothing_hidden_is_found,
    devices_are_not_found,
    a_folder_is_its_index,
    a_folder_is_never_left_by_its_redirect,
    files_in_memory_are_those_on_the_disk,
    parts_of_a_file_on_the_disk_are_joined,
    a_variant_is_sent_to_who_takes_it,
    ranges_are_those_of_rfc_9110,
    a_changed_file_is_noticed,
);

const DOCUMENT: &str = "{openapi: 3.1.0, info: {title: t, version: '1'}, paths: {/api: {get: \
    {operationId: api, responses: {'200': {description: ok}}}}}}";

/// A folder that is served, with a secret beside it.
struct Site {
    folder: TempDir,
    client: Served,
}

impl Site {
    fn new(on: On, change: impl FnOnce(StaticFiles) -> StaticFiles) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let public = folder.path().join("public");
        fs::create_dir_all(public.join("deep/er")).unwrap();
        fs::write(folder.path().join("secret.txt"), "secret").unwrap();
        fs::write(public.join("a b.txt"), "0123456789").unwrap();
        fs::write(public.join(".env"), "secret").unwrap();
        fs::write(public.join("index.html"), "<p>home").unwrap();
        fs::write(public.join("deep/index.html"), "<p>deep").unwrap();
        fs::write(public.join("app.js"), "plain script").unwrap();
        fs::write(public.join("app.js.gz"), "gzipped").unwrap();
        fs::write(public.join("app.js.br"), "brotlied").unwrap();
        fs::write(public.join("large.bin"), vec![7; 1 << 20]).unwrap();
        symlink(folder.path().join("secret.txt"), public.join("link.txt")).unwrap();
        symlink(folder.path(), public.join("out")).unwrap();
        symlink("/dev/zero", public.join("zero")).unwrap();
        let pipe = public.join("pipe");
        rustix_fifo(&pipe);
        let spec = Loader::new().load_str(DOCUMENT, "t.yaml").unwrap();
        let files = change(StaticFiles::new(&public).unwrap());
        let service = AppService::builder(spec)
            .handler("api", || "api")
            .mount("/", files)
            .build()
            .unwrap();
        Self {
            folder,
            client: on.client(service),
        }
    }

    fn get(&self, target: &str) -> TestAnswer {
        self.client.get(target).send()
    }
}

/// A pipe that nobody writes to: opening it would wait for ever.
fn rustix_fifo(path: &std::path::Path) {
    let made = std::process::Command::new("mkfifo")
        .arg(path)
        .status()
        .unwrap();
    assert!(made.success());
}

fn a_file_is_served_with_what_is_known_of_it(on: On) {
    let site = Site::new(on, |files| files);
    let answer = site.get("/a%20b.txt?x=1");
    assert_eq!((answer.status(), answer.text()), (200, "0123456789"));
    assert_eq!(answer.field("content-type"), "text/plain; charset=utf-8");
    assert_eq!(answer.field("cache-control"), "no-cache");
    assert_eq!(answer.field("accept-ranges"), "bytes");
    assert_eq!(answer.field("x-content-type-options"), "nosniff");
    assert!(answer.field("last-modified").ends_with("GMT"));
    let head = site.client.request("HEAD", "/a%20b.txt").send();
    assert_eq!(
        (head.status(), head.field("etag")),
        (200, answer.field("etag"))
    );
    let refused = site.client.post("/a%20b.txt").send();
    assert_eq!(
        (refused.status(), refused.field("allow")),
        (405, "GET, HEAD")
    );
    assert_eq!(site.get("/api").text(), "api");
    let tag = answer.field("etag");
    let known = site
        .client
        .get("/a%20b.txt")
        .field("if-none-match", tag)
        .send();
    assert_eq!((known.status(), known.bytes()), (304, &b""[..]));
}

fn nothing_outside_and_nothing_hidden_is_found(on: On) {
    let site = Site::new(on, |files| files);
    let long = format!("/{}", "x".repeat(300));
    let longer = format!("/{}", "x/".repeat(2500));
    for path in [
        "/../secret.txt",
        "/deep/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E%2fsecret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/%252e%252e/secret.txt",
        "/%252e%252e%252fsecret.txt",
        "/....//secret.txt",
        "//etc/passwd",
        "/a%20b.txt%00.png",
        "/a%20b.txt/",
        "/.env",
        "/%2eenv",
        "/deep/.%2e/.env",
        "/link.txt",
        "/out/secret.txt",
        "/zero",
        "/pipe",
        "/deep/er/",
        "/%ff",
        long.as_str(),
        longer.as_str(),
    ] {
        let answer = site.get(path);
        let shown = path.get(..40).unwrap_or(path);
        assert!(
            matches!(answer.status(), 400 | 404 | 414),
            "{shown}: {}",
            answer.status()
        );
        assert!(
            !answer.text().contains("secret") || path.contains("secret"),
            "{shown}"
        );
        assert_ne!(answer.text(), "secret", "{shown}");
    }
}

fn devices_are_not_found(on: On) {
    let spec = Loader::new().load_str(DOCUMENT, "t.yaml").unwrap();
    let service = AppService::builder(spec)
        .handler("api", || "api")
        .mount("/", StaticFiles::new("/dev").unwrap());
    let client = on.client(service.build().unwrap());
    for path in [
        "/null", "/zero", "/full", "/random", "/tty", "/ptmx", "/fd/0", "/stdin",
    ] {
        assert_eq!(client.get(path).send().status(), 404, "{path}");
    }
}

fn a_folder_is_its_index(on: On) {
    let site = Site::new(on, |files| files);
    assert_eq!(site.get("/").text(), "<p>home");
    assert_eq!(site.get("/deep/").text(), "<p>deep");
    let moved = site.get("/deep?x=1");
    let place = (moved.status(), moved.field("location"));
    assert_eq!(place, (308, "./deep/?x=1"));
    let closed = Site::new(on, |files| files.index(None));
    assert_eq!(
        [closed.get("/").status(), closed.get("/deep").status()],
        [404, 404]
    );
}

fn a_folder_is_never_left_by_its_redirect(on: On) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["javascript:x", "evil.example", "a b", "deep"] {
        let inner = folder.path().join(name);
        fs::create_dir(&inner).unwrap();
        fs::write(inner.join("index.html"), name).unwrap();
    }
    fs::write(folder.path().join("index.html"), "root").unwrap();
    let spec = Loader::new().load_str(DOCUMENT, "t.yaml").unwrap();
    let service = AppService::builder(spec)
        .handler("api", || "api")
        .mount("/files", StaticFiles::new(folder.path()).unwrap());
    let client = on.client(service.build().unwrap());
    let ask = |target: &str| {
        let answer = client.get(target).send();
        (answer.status(), answer.field("location").to_owned())
    };
    for (target, place) in [
        ("/files", "./files/"),
        ("/files?x", "./files/?x"),
        ("/files/javascript:x", "./javascript:x/"),
        ("/files/a%20b?q=//evil.example", "./a%20b/?q=//evil.example"),
        ("/files/evil.example", "./evil.example/"),
    ] {
        assert_eq!(ask(target), (308, place.to_owned()), "{target}");
    }
    assert_eq!(client.get("/files/").send().text(), "root");
    assert_eq!(client.get("/files/a%20b/").send().text(), "a b");
    for target in [
        "/files//evil.example",
        "/files/%2Fevil.example",
        "/files/%2F%2Fevil.example",
        "/files/\\evil.example",
        "/files/%5Cevil.example",
        "/files/deep/..",
        "/files/./deep",
        "/filesdeep",
    ] {
        let (status, place) = ask(target);
        assert!(matches!(status, 400 | 404) && place.is_empty(), "{target}");
    }
}

fn files_in_memory_are_those_on_the_disk(on: On) {
    let folder = tempfile::tempdir().unwrap();
    let content = |seed: usize, length: usize| -> Vec<u8> {
        (0..length)
            .map(|at| ((at * 7 + at / 251 + seed) % 256) as u8)
            .collect()
    };
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    let lengths = [0, 1, 32 * 1024, 32 * 1024 + 1, 300_000, 1 << 20];
    for (seed, length) in lengths.into_iter().enumerate() {
        let path = folder.path().join(format!("{length}.bin"));
        fs::write(&path, content(seed, length)).unwrap();
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(past).unwrap();
    }
    // Without room, with too little of it for all of them, and with more than enough.
    for memory in [0, 1_300_000, 32 << 20] {
        let spec = Loader::new().load_str(DOCUMENT, "t.yaml").unwrap();
        let files = StaticFiles::new(folder.path()).unwrap().memory(memory);
        let service = AppService::builder(spec)
            .handler("api", || "api")
            .mount("/", files);
        let client = on.client(service.build().unwrap());
        for _ in 0..2 {
            for (seed, length) in lengths.into_iter().enumerate() {
                let answer = client.get(format!("/{length}.bin")).send();
                assert!(
                    answer.bytes() == content(seed, length),
                    "{length} of {memory}"
                );
            }
        }
        let (from, to) = (70_000, 200_000);
        let part = client
            .get("/300000.bin")
            .field("range", format!("bytes={from}-{}", to - 1))
            .send();
        assert_eq!(part.status(), 206);
        assert!(part.bytes() == &content(4, 300_000)[from..to], "{memory}");
    }
}

fn parts_of_a_file_on_the_disk_are_joined(on: On) {
    let site = Site::new(on, |files| files.memory(0));
    let answer = site
        .client
        .get("/large.bin")
        .field("range", "bytes=0-2,100000-100003,-1")
        .send();
    assert_eq!(answer.status(), 206);
    let sevens = answer.bytes().iter().filter(|byte| **byte == 7).count();
    assert_eq!(sevens, 8);
    assert_eq!(answer.text().matches("Content-Range: bytes ").count(), 3);
    assert!(
        answer
            .text()
            .contains("Content-Range: bytes 100000-100003/1048576\r\n")
    );
}

fn a_variant_is_sent_to_who_takes_it(on: On) {
    let site = Site::new(on, |files| {
        files.cache_control("public, max-age=60").unwrap()
    });
    let ask = |accepted: &str| {
        site.client
            .get("/app.js")
            .field("accept-encoding", accepted)
            .send()
    };
    for (accepted, coding, text) in [
        ("gzip", "gzip", "gzipped"),
        ("gzip, br", "br", "brotlied"),
        ("gzip, br;q=0.5", "gzip", "gzipped"),
        ("zstd, br;q=0.5", "br", "brotlied"),
        ("identity, br;q=0.5", "", "plain script"),
        ("br;q=0, gzip;q=0.5", "gzip", "gzipped"),
        ("zstd", "", "plain script"),
        ("identity", "", "plain script"),
    ] {
        let answer = ask(accepted);
        assert_eq!(
            (answer.field("content-encoding"), answer.text()),
            (coding, text),
            "{accepted}"
        );
        assert_eq!(answer.field("vary"), "Accept-Encoding");
        assert_eq!(
            answer.field("content-type"),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(answer.field("cache-control"), "public, max-age=60");
    }
    assert_ne!(ask("gzip").field("etag"), ask("br").field("etag"));
    let plain = Site::new(on, StaticFiles::without_variants);
    let answer = plain
        .client
        .get("/app.js")
        .field("accept-encoding", "br")
        .send();
    assert_eq!((answer.text(), answer.field("vary")), ("plain script", ""));
}

fn ranges_are_those_of_rfc_9110(on: On) {
    let site = Site::new(on, |files| files);
    let file = "/a%20b.txt";
    // A tag is strong once the last change is some time ago.
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    let path = site.folder.path().join("public/a b.txt");
    fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(past)
        .unwrap();
    let tag = site.get(file).field("etag").to_owned();
    let ask = |range: &str| site.client.get(file).field("range", range).send();
    for (range, text, stands) in [
        ("bytes=0-3", "0123", "bytes 0-3/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=5-500", "56789", "bytes 5-9/10"),
    ] {
        let answer = ask(range);
        assert_eq!((answer.status(), answer.text()), (206, text), "{range}");
        assert_eq!(answer.field("content-range"), stands);
    }
    for beyond in ["bytes=10-", "bytes=-0", "bytes=99-100"] {
        let answer = ask(beyond);
        assert_eq!(
            (answer.status(), answer.field("content-range")),
            (416, "bytes */10"),
            "{beyond}"
        );
    }
    // What overlaps, or is so much that the whole is less, gets the whole (RFC 9110 §14.2).
    let many = format!("bytes={}", vec!["0-0"; 17].join(","));
    for ignored in [
        "bytes=5-2",
        "lines=0-1",
        "bytes=x",
        "bytes=0-4,3-9",
        "bytes=0-,0-,0-",
        many.as_str(),
    ] {
        let answer = ask(ignored);
        let whole = (answer.status(), answer.text());
        assert_eq!(whole, (200, "0123456789"), "{ignored}");
    }
    let several = ask("bytes=0-0,5-5");
    assert_eq!(several.status(), 206);
    assert!(
        several
            .field("content-type")
            .starts_with("multipart/byteranges; boundary=")
    );
    let with = |if_range: &str| {
        let request = site.client.get(file).field("range", "bytes=0-3");
        request.field("if-range", if_range).send().status()
    };
    assert_eq!(with(&tag), 206, "{tag}");
    let date = site.get(file).field("last-modified").to_owned();
    assert_eq!(with(&date), 206, "{date}");
    assert_eq!(
        [
            with("\"other\""),
            with("W/\"x\""),
            with("Tue, 15 Nov 1994 12:45:26 GMT")
        ],
        [200; 3]
    );
}

fn a_changed_file_is_noticed(on: On) {
    let site = Site::new(on, |files| files);
    assert_eq!(site.get("/a%20b.txt").text(), "0123456789");
    fs::write(site.folder.path().join("public/a b.txt"), "changed").unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while site.get("/a%20b.txt").text() != "changed" {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
    assert_eq!(site.get("/large.bin").bytes().len(), 1 << 20);
}
