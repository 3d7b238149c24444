use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use brrtrouter::middleware::{ConcurrencyLimitMiddleware, RateKey, RateLimitMiddleware};
use whole_server_tests::{On, on_both};

use crate::api::api;

on_both!(
    who_asks_too_often_is_told_when_to_come_back,
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
