//! Schemes × what a request carries × how requirements combine them.

use whole_server_tests::{Client, On, on_both};

use crate::credentials::{self, Outcome, State};
use crate::{api, tokens};

on_both!(
    each_scheme_takes_its_own_credential_and_nothing_else,
    combinations_come_to_what_their_parts_do,
);

/// Sends what the states carry, checks the answer, and says whether somebody was let in, and who.
fn try_row(client: &Client, path: &str, states: &[&State], expected: Outcome) -> String {
    let labels: Vec<&str> = states.iter().map(|state| state.label.as_str()).collect();
    let what = format!("{path}: {}", labels.join(" and "));
    let fields: Vec<(&str, &str)> = states
        .iter()
        .flat_map(|state| &state.fields)
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let queries: Vec<&str> = states.iter().map(|state| state.query.as_str()).collect();
    let target = format!("{path}?{}", queries.join("&"));
    let answer = client.send("GET", &target, &fields, b"");
    let text = String::from_utf8_lossy(&answer.body);
    match expected {
        Outcome::Good => assert_eq!(answer.status, 200, "{what}: {text}"),
        Outcome::Unknown => {
            assert_eq!(answer.status, 401, "{what}: {text}");
            assert_eq!(
                answer.problem(401)["detail"],
                "valid credentials are required",
                "{what}"
            );
            assert!(answer.headers.contains_key("www-authenticate"), "{what}");
        }
        Outcome::Forbidden => {
            assert_eq!(answer.status, 403, "{what}: {text}");
            assert_eq!(
                answer.problem(403)["detail"],
                "the credentials do not grant this",
                "{what}"
            );
        }
        Outcome::Refused => assert!((400..500).contains(&answer.status), "{what}: {text}"),
    }
    text.into_owned()
}

/// Every `step`th of the states, and the first of each outcome.
fn some(states: Vec<State>, step: usize) -> Vec<State> {
    let mut seen = Vec::new();
    let states = states.into_iter().enumerate();
    let kept = states.filter(|(index, state)| {
        let is_new = !seen.contains(&state.outcome);
        seen.push(state.outcome);
        is_new || index % step == 0
    });
    kept.map(|(_, state)| state).collect()
}

fn each_scheme_takes_its_own_credential_and_nothing_else(on: On) {
    let server = on.serve(api::service());
    let mut rows = 0;
    for (path, subject, states) in [
        ("/header", "header", credentials::of_header()),
        ("/query", "query", credentials::of_query()),
        ("/cookie", "cookie", credentials::of_cookie()),
        ("/basic", "ben", credentials::of_basic()),
        ("/bearer", "anna", tokens::states()),
        ("/oauth", "anna", tokens::states()),
        ("/oidc", "anna", tokens::states()),
        ("/own", "guest", credentials::of_own()),
        ("/tls", "till", credentials::of_tls()),
    ] {
        let client = server.client();
        for state in &states {
            let said = try_row(&client, path, &[state], state.outcome);
            if state.outcome == Outcome::Good {
                assert_eq!(said, subject, "{path}: {}", state.label);
            }
            rows += 1;
        }
    }
    assert!(rows > 300, "{rows}");
}

fn combinations_come_to_what_their_parts_do(on: On) {
    use Outcome::{Forbidden, Good, Refused, Unknown};
    let server = on.serve(api::service());
    let client = server.client();
    // Of each kind of outcome some, since to verify a signature takes its time.
    let keys = some(credentials::of_header(), 3);
    let bearers = some(tokens::states(), 12);
    for key in &keys {
        for token in &bearers {
            let parts = [key.outcome, token.outcome];
            let refused = parts.contains(&Refused);
            let either = match parts {
                _ if refused => Refused,
                [Good, _] | [_, Good] => Good,
                [Forbidden, _] | [_, Forbidden] => Forbidden,
                _ => Unknown,
            };
            let said = try_row(&client, "/either", &[key, token], either);
            if either == Good {
                let expected = if key.outcome == Good {
                    "header"
                } else {
                    "anna"
                };
                assert_eq!(said, expected, "{} {}", key.label, token.label);
            }
            let both = match parts {
                _ if refused => Refused,
                [Good, other] => other,
                [first, _] => first,
            };
            try_row(&client, "/both", &[key, token], both);
        }
        for password in &some(credentials::of_basic(), 3) {
            let blocking = match [password.outcome, key.outcome] {
                [_, Refused] => Refused,
                [Good, _] | [_, Good] => Good,
                _ => Unknown,
            };
            try_row(&client, "/blocking", &[key, password], blocking);
        }
    }
    for token in &bearers {
        let expected = if token.outcome == Refused {
            Refused
        } else {
            Good
        };
        let said = try_row(&client, "/optional", &[token], expected);
        if expected == Good {
            let who = if token.outcome == Good {
                "anna"
            } else {
                "nobody"
            };
            assert_eq!(said, who, "{}", token.label);
        }
        let said = try_row(&client, "/public", &[token], expected);
        assert!(expected == Refused || said == "nobody", "{}", token.label);
    }
}
