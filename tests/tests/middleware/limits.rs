use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use brrtrouter::middleware::{
    ClientAddressMiddleware, ConcurrencyLimitMiddleware, RateKey, RateLimitMiddleware,
};
use whole_server_tests::{On, on_both};

use crate::api::api;

on_both!(
    who_asks_too_often_is_told_when_to_come_back,
    a_client_cannot_become_another_one_by_what_it_claims,
    too_many_at_once_are_503_until_there_is_room,
);

fn who_asks_too_often_is_told_when_to_come_back(on: On) {
    let limit = RateLimitMiddleware::each(Duration::from_secs(3600), 2)
        .by(|request, _| request.field("x-key").map(RateKey::of_bytes));
    let client = on.client(api().middleware(limit).build().unwrap());
    let ask = |key: &str| client.get("/things/7").field("x-key", key).send();
    assert_eq!([ask("a").status(), ask("a").status()], [200, 200]);
    let refused = ask("a");
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.field("content-type"), "application/problem+json");
    let wait: u64 = refused.field("retry-after").parse().unwrap();
    assert!((1790..=1800).contains(&wait), "{wait}");
    assert_eq!(ask("b").status(), 200);
    assert_eq!(
        client.get("/things/7").send().status(),
        200,
        "nobody's key is not limited"
    );
}

fn a_client_cannot_become_another_one_by_what_it_claims(on: On) {
    let limited = |addresses: ClientAddressMiddleware| {
        let limit = RateLimitMiddleware::each(Duration::from_secs(3600), 1);
        let service = api().middleware(addresses).middleware(limit);
        on.client(service.build().unwrap())
    };
    let client = limited(ClientAddressMiddleware::trusting(["127.0.0.0/8"]).unwrap());
    for (name, claimed, status) in [
        ("x-forwarded-for", "192.0.2.1", 200),
        ("x-forwarded-for", "192.0.2.1", 429),
        ("x-forwarded-for", "198.51.100.7, 192.0.2.1", 429),
        ("X-Forwarded-For", "192.0.2.1, 127.0.0.9", 429),
        ("x-forwarded-for", "192.0.2.2", 200),
        ("x-forwarded-for", "2001:db8::1", 200),
        // Whoever has one address of a network has all of them.
        ("x-forwarded-for", "2001:db8::ffff:2", 429),
        ("x-forwarded-for", "2001:db8:0:1::1", 200),
        ("x-forwarded-for", "::ffff:192.0.2.2", 429),
        // What is no address is the proxy's own fault, and so is what it does not write.
        ("x-forwarded-for", "unknown", 200),
        ("forwarded", "for=192.0.2.77", 429),
        ("x-real-ip", "192.0.2.78", 429),
    ] {
        let answer = client.get("/things/7").field(name, claimed).send();
        assert_eq!(answer.status(), status, "{name}: {claimed}");
    }
    let client = limited(ClientAddressMiddleware::new());
    for (claimed, status) in [("192.0.2.1", 200), ("192.0.2.2", 429)] {
        let request = client.get("/things/7").field("x-forwarded-for", claimed);
        assert_eq!(request.send().status(), status, "{claimed}");
    }
}

fn too_many_at_once_are_503_until_there_is_room(on: On) {
    let limit = ConcurrencyLimitMiddleware::new(1);
    let (entered, is_in) = mpsc::channel();
    // The request waits as a coroutine does, so that it blocks no worker.
    let (go, wait) = may::sync::mpsc::channel::<()>();
    let wait = may::sync::Mutex::new(wait);
    let service = api()
        .middleware(limit.clone())
        .mount("/slow", Slow(Mutex::new(entered), wait))
        .build()
        .unwrap();
    let client = Arc::new(on.client(service));
    let slow = thread::spawn({
        let client = Arc::clone(&client);
        move || client.get("/slow").send().status()
    });
    is_in.recv().unwrap();
    let refused = client.get("/things/7").send();
    assert_eq!((refused.status(), refused.field("retry-after")), (503, "1"));
    assert_eq!(limit.under_way(), 1);
    go.send(()).unwrap();
    assert_eq!(slow.join().unwrap(), 200);
    assert_eq!(client.get("/things/7").send().status(), 200);
    assert_eq!(client.get("/panic").send().status(), 500);
    assert_eq!(limit.under_way(), 0);
}

struct Slow(
    Mutex<mpsc::Sender<()>>,
    may::sync::Mutex<may::sync::mpsc::Receiver<()>>,
);

impl brrtrouter::operations::Endpoint for Slow {
    fn answer(
        &self,
        _visit: brrtrouter::operations::Visit<'_, '_>,
        _response: &mut brrtrouter::Response,
    ) -> Result<(), brrtrouter::Problem> {
        self.0.lock().unwrap().send(()).unwrap();
        self.1.lock().unwrap().recv().unwrap();
        Ok(())
    }
}
