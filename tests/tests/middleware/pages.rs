use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use brrtrouter::middleware::MetricsMiddleware;
use brrtrouter::operations::{DocumentPage, Health, HealthChecks, MetricsPage};
use brrtrouter_spec::Loader;
use serde_json::Value;
use whole_server_tests::{On, on_both};

use crate::api::api;

on_both!(
    nothing_is_there_unless_it_is_mounted,
    what_is_mounted_can_be_taken_away_and_never_hides_an_operation,
    only_get_and_head_are_answered,
    the_document_is_served_as_json_and_as_yaml_that_mean_the_same,
    it_is_ready_once_its_checks_succeed_and_until_it_drains,
    a_check_that_panics_has_failed_and_one_that_hangs_is_no_success,
    the_documentation_loads_nothing_from_elsewhere,
);

fn nothing_is_there_unless_it_is_mounted(on: On) {
    let client = on.client(api().build().unwrap());
    for path in [
        "/metrics",
        "/livez",
        "/readyz",
        "/openapi.json",
        "/openapi.yaml",
        "/docs",
        "/",
    ] {
        assert_eq!(client.get(path).send().status(), 404, "{path}");
    }
}

fn what_is_mounted_can_be_taken_away_and_never_hides_an_operation(on: On) {
    let metrics = MetricsMiddleware::new();
    let service = api()
        .mount("/metrics", MetricsPage::new(&metrics))
        .mount("/text", MetricsPage::new(&metrics))
        .mount("/things/7", MetricsPage::new(&metrics))
        .unmount("/metrics")
        .build()
        .unwrap();
    let client = on.client(service);
    assert_eq!(client.get("/metrics").send().status(), 404);
    assert!(client.get("/text").send().text().starts_with("All work"));
    assert_eq!(client.get("/things/7").send().text(), "thing 7");
    assert_eq!(client.delete("/text").send().status(), 405);
}

fn only_get_and_head_are_answered(on: On) {
    let service = api()
        .mount("/livez", Health::new().liveness())
        .build()
        .unwrap();
    let client = on.client(service);
    assert_eq!(
        client.get("/livez?x=1").send().json::<Value>()["status"],
        "alive"
    );
    assert_eq!(client.request("HEAD", "/livez").send().status(), 200);
    let refused = client.post("/livez").send();
    assert_eq!(
        (refused.status(), refused.field("allow")),
        (405, "GET, HEAD")
    );
    assert_eq!(client.get("/livez/below").send().status(), 404);
}

fn the_document_is_served_as_json_and_as_yaml_that_mean_the_same(on: On) {
    let service = api()
        .mount("/openapi.json", DocumentPage::json())
        .mount("/openapi.yaml", DocumentPage::yaml())
        .build()
        .unwrap();
    let client = on.client(service);
    let json = client.get("/openapi.json").send();
    let yaml = client.get("/openapi.yaml").send();
    assert_eq!(json.field("content-type"), "application/json");
    assert_eq!(yaml.field("content-type"), "application/yaml");
    let from_json = Loader::new().load_str(json.text(), "openapi.json").unwrap();
    let from_yaml = Loader::new().load_str(yaml.text(), "openapi.yaml").unwrap();
    assert_eq!(from_json.document.root(), from_yaml.document.root());
    assert_eq!(from_json.operations.len(), 5);
    let fresh = client
        .get("/openapi.yaml")
        .field("if-none-match", yaml.field("etag"))
        .send();
    assert_eq!(fresh.status(), 304);
}

fn it_is_ready_once_its_checks_succeed_and_until_it_drains(on: On) {
    let is_good = Arc::new(AtomicBool::new(false));
    let (ran, runs) = mpsc::channel();
    let health = HealthChecks::new()
        .with("database", {
            let is_good = Arc::clone(&is_good);
            move || {
                let _ = ran.send(());
                match is_good.load(Ordering::SeqCst) {
                    true => Ok(()),
                    false => Err("no route to db.internal"),
                }
            }
        })
        .every(Duration::from_millis(1))
        .start()
        .unwrap();
    let service = api().mount("/readyz", health.readiness()).build().unwrap();
    let client = on.client(service);
    runs.recv().unwrap();
    // The second round begins when the result of the first is there.
    runs.recv().unwrap();
    let answer = client.get("/readyz").send();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.json::<Value>()["checks"]["database"], "failed");
    assert!(!answer.text().contains("internal"));

    is_good.store(true, Ordering::SeqCst);
    wait_until(|| client.get("/readyz").send().status() == 200);
    health.start_draining();
    let answer = client.get("/readyz").send();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.json::<Value>()["status"], "draining");
}

fn a_check_that_panics_has_failed_and_one_that_hangs_is_no_success(on: On) {
    let (_hold, wait) = mpsc::channel::<()>();
    let health = HealthChecks::new()
        .with("panics", || -> Result<(), String> { panic!("on purpose") })
        .with("hangs", move || -> Result<(), String> {
            let _ = wait.recv();
            Ok(())
        })
        .start()
        .unwrap();
    let service = api().mount("/readyz", health.readiness()).build().unwrap();
    let client = on.client(service);
    wait_until(|| {
        let answer = client.get("/readyz").send().json::<Value>();
        answer["checks"]["panics"] == "failed"
    });
    let answer = client.get("/readyz").send().json::<Value>();
    assert_eq!(answer["checks"]["hangs"], "pending");
}

fn wait_until(is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < deadline, "it never came to be");
        std::thread::yield_now();
    }
}

fn the_documentation_loads_nothing_from_elsewhere(on: On) {
    use brrtrouter::operations::DocsPage;

    let service = api().mount("/docs", DocsPage::new()).build().unwrap();
    let client = on.client(service);
    let moved = client.get("/docs").send();
    assert_eq!((moved.status(), moved.field("location")), (308, "./docs/"));
    let page = client.get("/docs/").send();
    assert!(
        page.field("content-security-policy")
            .contains("connect-src 'self'")
    );
    let mut rest = page.text();
    let mut found = 0;
    while let Some(at) = rest
        .find("src=\"")
        .map(|at| at + 5)
        .or(rest.find("href=\"").map(|at| at + 6))
    {
        rest = &rest[at..];
        let file = &rest[..rest.find('"').unwrap()];
        if file != "data:," {
            assert!(!file.contains(':') && !file.starts_with('/'), "{file}");
            assert_eq!(
                client.get(format!("/docs/{file}")).send().status(),
                200,
                "{file}"
            );
            found += 1;
        }
    }
    assert!(found >= 2);
    let document = client.get("/docs/openapi.json").send().json::<Value>();
    assert_eq!(document["servers"], serde_json::json!([{"url": "/"}]));
    assert_eq!(client.get("/docs/../text").send().status(), 400);
    assert_eq!(client.get("/docs/none").send().status(), 404);
}
