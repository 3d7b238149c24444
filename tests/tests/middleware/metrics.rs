use std::time::Duration;

use brrtrouter::middleware::{MetricKind, MetricsMiddleware};
use brrtrouter::operations::MetricsPage;
use whole_server_tests::{On, on_both};

use crate::api::api;

on_both!(requests_are_counted_by_route_and_class,);

fn requests_are_counted_by_route_and_class(on: On) {
    let metrics = MetricsMiddleware::with_buckets([Duration::from_secs(3600)]).with(|text| {
        text.family("thin\ngs", MetricKind::Gauge, "How\nmany.");
        text.sample("thin\ngs", &[("kind", "a\"b\\c\nd")], 2.5);
    });
    let service = api()
        .middleware(metrics.clone())
        .mount("/metrics", MetricsPage::new(&metrics))
        .build()
        .unwrap();
    let client = on.client(service);
    for _ in 0..3 {
        client.get("/things/7").send();
    }
    client.request("HEAD", "/things/7").send();
    client.get("/things/x").send();
    client.get("/panic").send();
    client.get("/nowhere").send();
    client.request("BREW", "/nowhere/else").send();
    client.delete("/things/7").send();
    let page = client.get("/metrics").send();
    assert_eq!(
        page.field("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = page.text();
    for line in [
        r#"http_requests_total{method="GET",route="/things/{id}",status="2xx"} 4"#,
        r#"http_requests_total{method="GET",route="/things/{id}",status="4xx"} 1"#,
        r#"http_requests_total{method="GET",route="/panic",status="5xx"} 1"#,
        r#"http_requests_total{method="GET",route="",status="4xx"} 1"#,
        r#"http_requests_total{method="DELETE",route="",status="4xx"} 1"#,
        r#"http_requests_total{method="other",route="",status="4xx"} 1"#,
        r#"http_request_duration_seconds_bucket{method="GET",route="/things/{id}",le="3600"} 5"#,
        r#"http_request_duration_seconds_bucket{method="GET",route="/things/{id}",le="+Inf"} 5"#,
        r#"http_request_duration_seconds_count{method="GET",route="/things/{id}"} 5"#,
        "http_requests_in_flight 1",
        r#"# HELP thin_gs How\nmany."#,
        r#"thin_gs{kind="a\"b\\c\nd"} 2.5"#,
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    assert!(!text.contains("BREW"));
}
