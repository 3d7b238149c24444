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

/// Sends one request and says how many allocations it cost.
fn cost(service: &AppService, response: &mut Response, target: &str) -> u64 {
    let fields = [
        Field {
            name: "Host",
            value: b"localhost",
        },
        Field {
            name: "Accept",
            value: b"*/*",
        },
    ];
    let mut source = BufferedBody::new(b"");
    let counted = measure(|| {
        response.reset();
        let body = Body::new(&mut source, 0);
        let mut request = Request::new("GET", target, &fields, body);
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
