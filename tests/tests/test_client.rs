//! The client for the tests of services: it says the same of a service and of a server.

#![allow(clippy::expect_used)]

use brrtrouter::bytes::Bytes;
use brrtrouter::prelude::*;
use brrtrouter::testing::TestClient;
use brrtrouter::{AppService, Param};
use whole_server_tests::{On, on_both};

fn service(hub: EventHub) -> AppService {
    const ID: Param<u8> = Param::new("id");
    let routes = Router::builder()
        .get(
            Endpoint::new("/pets/{id}").path(ID),
            |Path(id): Path<u8>| Json(id),
        )
        .post("/echo", |body: Bytes| body)
        .get("/stream", || {
            Stream::new("text/csv", |out| {
                for row in 0..10_000 {
                    writeln!(out, "{row}")?;
                }
                Ok(())
            })
        })
        .get("/events", move || hub.subscribe(&LastEventId::default()));
    let built = routes.service("t", "1").build();
    built.expect("the service builds")
}

fn hub() -> EventHub {
    EventHub::new(Default::default())
}

#[test]
fn a_service_and_a_server_are_asked_alike() {
    let server = On::Raw.serve(service(hub()));
    for client in [
        TestClient::new(service(hub())),
        TestClient::at(server.address()),
    ] {
        // One after the other, on one connection.
        let answer = client.get("/pets/7").send();
        assert_eq!((answer.status(), answer.json::<u8>()), (200, 7));
        let refused = client.get("/pets/x").field("accept", "*/*").send();
        assert_eq!(
            (refused.status(), refused.field("Content-Type")),
            (400, "application/problem+json")
        );
        let head = client.request("HEAD", "/pets/7").send();
        assert_eq!((head.status(), head.text()), (200, ""));
        let whole = client.post("/echo").body("text/plain", "abc").send();
        assert_eq!(whole.text(), "abc");
        let pieces = client
            .post("/echo")
            .chunks("text/plain", ["ab", "", "cd"])
            .send();
        assert_eq!(pieces.text(), "abcd");
        let stream = client.get("/stream").send();
        assert_eq!(stream.text().lines().count(), 10_000);
        assert_eq!(client.post("/pets/7").send().status(), 405);
    }
}

#[test]
fn events_are_waited_for_over_a_socket_too() {
    for is_socket in [false, true] {
        let hub = hub();
        let server = On::Raw.serve(service(hub.clone()));
        let client = match is_socket {
            true => TestClient::at(server.address()),
            false => TestClient::new(service(hub.clone())),
        };
        let mut events = client.get("/events").send().events();
        let publisher = std::thread::spawn(move || {
            hub.publish("tick", "1")
                .and_then(|_| hub.publish("tick", "2\n3"))
        });
        publisher.join().expect("no panic").expect("good names");
        let mut next = || events.next().expect("an event");
        assert_eq!(next(), "event: tick\nid: 1\ndata: 1\n\n");
        assert_eq!(next(), "event: tick\nid: 2\ndata: 2\ndata: 3\n\n");
    }
}

on_both!(a_connection_that_the_server_ended_is_made_anew);

fn a_connection_that_the_server_ended_is_made_anew(on: On) {
    let routes = Router::builder().get("/", || "here");
    let built = routes.service("t", "1").build();
    let server = on.serve(built.expect("the service builds"));
    let client = TestClient::at(server.address());
    for _ in 0..3 {
        assert_eq!(client.get("/").send().text(), "here");
        let last = client.get("/").field("connection", "close").send();
        assert_eq!(last.text(), "here");
    }
}
