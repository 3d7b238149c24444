//! The way of a request through the framework allocates nothing of its own.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use allocation_counter::measure;
use brrtrouter::{AppService, Response, load_spec};
use brrtrouter_transport::body::BufferedBody;
use brrtrouter_transport::{Body, Field, Request, Service};

fn service() -> AppService {
    let spec = load_spec(bench_server::DOCUMENT).expect("the document loads");
    bench_server::builder(spec)
        .build()
        .expect("the service builds")
}

/// An order of 445 bytes.
const ORDER: &str = include_str!("../../order.json");

/// Sends one request and says how many allocations it cost.
fn cost(service: &AppService, response: &mut Response, target: &str) -> u64 {
    cost_of(service, response, "GET", target, b"")
}

fn cost_of(
    service: &AppService,
    response: &mut Response,
    method: &str,
    target: &str,
    body: &[u8],
) -> u64 {
    let fields = [
        Field::new("Host", b"localhost"),
        Field::new("Accept", b"*/*"),
        Field::new("Content-Type", b"application/json"),
    ];
    let mut source = BufferedBody::new(body);
    let counted = measure(|| {
        response.reset();
        let body = Body::new(&mut source, 0);
        let mut request = Request::new(method, target, &fields, body);
        service.call(&mut request, response);
    });
    counted.count_total
}

#[test]
fn warm_requests_allocate_nothing() {
    let service = service();
    let mut response = Response::new();
    for (target, content) in [
        ("/plaintext", "Hello, World!"),
        ("/json", r#"{"message":"Hello, World!"}"#),
        ("/users/42/posts/7", r#"{"id":42,"post_id":7}"#),
    ] {
        cost(&service, &mut response, target);
        assert_eq!(cost(&service, &mut response, target), 0, "{target}");
        let answered = response.content().expect("it is all here");
        assert_eq!(String::from_utf8_lossy(answered), content);
    }
}

#[test]
fn the_counter_counts() {
    let service = service();
    let mut response = Response::new();
    assert!(cost(&service, &mut response, "/nowhere") > 0);
}

#[test]
fn a_validated_order_allocates_little_more_than_reading_it_does() {
    let service = service();
    let mut response = Response::new();
    let mut ask = || cost_of(&service, &mut response, "POST", "/orders", ORDER.as_bytes());
    ask();
    let validated = ask();
    let content = response.content().expect("it is all here");
    let expected = r#"{"id":"0c3f9a52-7d0b-4c8e-9f7e-3a1d2b4c5d6e","lines":5,"total":16889}"#;
    assert_eq!(String::from_utf8_lossy(content), expected);
    let alone = measure(|| {
        let order: bench_server::Order = serde_json::from_str(ORDER).expect("it fits");
        std::hint::black_box(order);
    });
    let alone = alone.count_total;
    assert!(
        validated * 2 <= alone * 3,
        "{validated} allocations beside {alone}"
    );
}
