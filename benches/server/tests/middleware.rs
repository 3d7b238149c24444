//! Middleware costs no allocation of its own once it is warm.

#![allow(clippy::expect_used)]

use allocation_counter::measure;
use brrtrouter::{AppService, Response, load_spec};
use brrtrouter_transport::body::BufferedBody;
use brrtrouter_transport::{Body, Field, Request, Service};

fn cost(service: &AppService, response: &mut Response) -> u64 {
    let fields = [
        Field::new("Host", b"localhost"),
        Field::new("Accept", b"*/*"),
        Field::new("Origin", b"https://app.example"),
    ];
    let mut source = BufferedBody::new(b"");
    let counted = measure(|| {
        response.reset();
        let body = Body::new(&mut source, 0);
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
        let mut request =
            Request::new("GET", "/users/42/posts/7", &fields, body).with_peer(Some(peer));
        service.call(&mut request, response);
    });
    counted.count_total
}

#[test]
fn all_of_it_allocates_nothing_but_the_lines_of_the_log() {
    let spec = load_spec(bench_server::DOCUMENT).expect("the document loads");
    let builder = bench_server::wrap(bench_server::builder(spec)).expect("the middleware is made");
    let service = builder.build().expect("the service builds");
    let mut response = Response::new();
    for _ in 0..100 {
        cost(&service, &mut response);
    }
    // Where many lines wait for the thread that writes, the room for them grows: for their bytes, or for
    // where they end.
    let costs: Vec<u64> = (0..100).map(|_| cost(&service, &mut response)).collect();
    let most = costs.iter().max().copied().unwrap_or_default();
    assert!(most <= 1, "{costs:?}");
    assert!(response.headers().contains("x-request-id"));
    assert!(response.headers().contains("access-control-allow-origin"));
}
