use brrtrouter::middleware::{RequestIdMiddleware, SecurityHeadersMiddleware, TracingMiddleware};
use whole_server_tests::{On, on_both};

use crate::api::api;

on_both!(
    every_answer_has_an_id_of_its_own,
    an_id_is_taken_over_if_it_is_trusted_and_plain,
    a_trace_goes_on_and_a_broken_one_begins_anew,
    browsers_are_told_to_be_careful_on_errors_too,
);

fn every_answer_has_an_id_of_its_own(on: On) {
    let service = api()
        .middleware(RequestIdMiddleware::new())
        .build()
        .unwrap();
    let client = on.client(service);
    let mut ids = std::collections::HashSet::new();
    for path in ["/things/7", "/nowhere", "/panic", "/things/7"] {
        let answer = client.get(path).field("x-request-id", "mine").send();
        let id = answer.field("x-request-id").to_owned();
        assert_eq!(id.len(), 29, "{id}");
        assert!(ids.insert(id));
    }
}

fn an_id_is_taken_over_if_it_is_trusted_and_plain(on: On) {
    let ids = RequestIdMiddleware::new()
        .trusting()
        .field("x-correlation-id")
        .unwrap();
    let client = on.client(api().middleware(ids).build().unwrap());
    let id_for = |brought: &str| {
        let request = client.get("/things/7").field("x-correlation-id", brought);
        request.send().field("x-correlation-id").to_owned()
    };
    assert_eq!(id_for("abc-1.2:3"), "abc-1.2:3");
    let long = "x".repeat(65);
    for bad in ["", "a b", "a\"b", "é", "<script>", long.as_str()] {
        let id = id_for(bad);
        assert!(id != bad && id.len() == 29, "{bad}: {id}");
    }
}

fn a_trace_goes_on_and_a_broken_one_begins_anew(on: On) {
    let service = api().middleware(TracingMiddleware::new()).build().unwrap();
    let client = on.client(service);
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let sent = format!("00-{trace}-b7ad6b7169203331-01");
    let answer = client.get("/things/7").field("traceparent", &sent).send();
    let got = answer.field("traceparent");
    assert!(
        got.starts_with(&format!("00-{trace}-")) && got.ends_with("-01"),
        "{got}"
    );
    assert_ne!(got, sent, "the span is another one");

    let answer = client.get("/things/7").field("traceparent", "00-zz").send();
    let got = answer.field("traceparent");
    assert!(got.len() == 55 && !got.contains(trace), "{got}");

    let twice = client
        .get("/things/7")
        .field("traceparent", &sent)
        .field("traceparent", &sent);
    assert!(!twice.send().field("traceparent").contains(trace));
}

fn browsers_are_told_to_be_careful_on_errors_too(on: On) {
    let headers = SecurityHeadersMiddleware::new()
        .without("referrer-policy")
        .with("permissions-policy", "camera=()")
        .unwrap()
        .https_only();
    let client = on.client(api().middleware(headers).build().unwrap());
    for path in ["/things/7", "/nowhere", "/panic"] {
        let answer = client.get(path).send();
        assert_eq!(answer.field("x-content-type-options"), "nosniff");
        assert_eq!(answer.field("permissions-policy"), "camera=()");
        assert!(
            answer
                .field("strict-transport-security")
                .contains("31536000")
        );
        assert_eq!(answer.field("referrer-policy"), "");
    }
}
