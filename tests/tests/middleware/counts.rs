use std::collections::BTreeMap;
use std::thread;

use brrtrouter::middleware::{ConcurrencyLimitMiddleware, MetricsMiddleware};
use brrtrouter::testing::TestClient;
use whole_server_tests::{On, on_both};

use crate::api::{KEY, api};

on_both!(counters_and_gauges_are_exact_after_ten_thousand_mixed_requests);

const CLIENTS: usize = 8;
const EACH: usize = 1_250;

/// Sends a request of the mix; how it is to be counted: method, route, class.
fn send(client: &TestClient, number: usize) -> (&'static str, &'static str, &'static str) {
    let (request, status, counted) = match number % 10 {
        // A panic writes a page about itself, so there are fewer of them.
        _ if number % 100 == 99 => (client.get("/panic"), 500, ("GET", "/panic", "5xx")),
        0 => (client.get("/things/x"), 400, ("GET", "/things/{id}", "4xx")),
        1 => (client.get("/nowhere"), 404, ("GET", "", "4xx")),
        2 => (client.delete("/things/7"), 405, ("DELETE", "", "4xx")),
        3 => (client.get("/secret"), 401, ("GET", "/secret", "4xx")),
        4 => {
            let request = client.get("/secret").field("x-key", KEY);
            (request, 200, ("GET", "/secret", "2xx"))
        }
        5 => {
            let request = client.request("HEAD", "/things/7");
            (request, 200, ("GET", "/things/{id}", "2xx"))
        }
        6 => {
            let request = client.put("/things/7").body("text/html", "");
            (request, 415, ("PUT", "/things/{id}", "4xx"))
        }
        7 => {
            let request = client.put("/things/7").body("application/json", "{}");
            (request, 200, ("PUT", "/things/{id}", "2xx"))
        }
        8 => {
            let request = client.request("OPTIONS", "/text");
            (request, 204, ("OPTIONS", "", "2xx"))
        }
        _ => (client.get("/things/7"), 200, ("GET", "/things/{id}", "2xx")),
    };
    assert_eq!(request.send().status(), status, "{counted:?}");
    counted
}

fn counters_and_gauges_are_exact_after_ten_thousand_mixed_requests(on: On) {
    let metrics = MetricsMiddleware::new();
    let limit = ConcurrencyLimitMiddleware::new(1_000);
    let service = api().middleware(metrics.clone()).middleware(limit.clone());
    let server = on.serve(service.build().unwrap());
    let clients = (0..CLIENTS).map(|_| {
        let client = TestClient::at(server.address());
        thread::spawn(move || {
            let mut counted = BTreeMap::new();
            for number in 0..EACH {
                *counted.entry(send(&client, number)).or_insert(0) += 1;
            }
            counted
        })
    });
    let clients: Vec<_> = clients.collect();
    let mut expected: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_route: BTreeMap<String, usize> = BTreeMap::new();
    for client in clients {
        for ((method, route, class), count) in client.join().unwrap() {
            let labels = format!("method=\"{method}\",route=\"{route}\"");
            let total = format!("http_requests_total{{{labels},status=\"{class}\"}}");
            *expected.entry(total).or_default() += count;
            *by_route.entry(labels).or_default() += count;
        }
    }
    for (labels, count) in by_route {
        let name = "http_request_duration_seconds";
        expected.insert(format!("{name}_count{{{labels}}}"), count);
        expected.insert(format!("{name}_bucket{{{labels},le=\"+Inf\"}}"), count);
    }
    expected.insert("http_requests_in_flight".to_owned(), 0);

    let text = metrics.render();
    let is_exact = |name: &str| {
        name.starts_with("http_requests") || name.contains("_count{") || name.contains("+Inf")
    };
    let found: BTreeMap<String, usize> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.rsplit_once(' '))
        .filter(|(name, _)| is_exact(name))
        .map(|(name, value)| (name.to_owned(), value.parse().unwrap()))
        .collect();
    assert_eq!(found, expected);
    let all = |(name, count): (&String, &usize)| {
        name.starts_with("http_requests_total").then_some(*count)
    };
    assert_eq!(found.iter().filter_map(all).sum::<usize>(), CLIENTS * EACH);
    assert_eq!(limit.under_way(), 0);
}
