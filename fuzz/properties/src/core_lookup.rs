#[allow(dead_code, clippy::expect_used)]
#[path = "../../../core/tests/oracle/mod.rs"]
mod oracle;

use brrtrouter_core::{Lookup, PathParams, Router, TrailingSlash};
use oracle::{Slash, Verdict, judge};

use crate::input;

const METHODS: [&str; 6] = ["GET", "GET", "POST", "HEAD", "OPTIONS", "PURGE"];
const PIECES: [&str; 16] = [
    "/",
    "/",
    "/",
    "a",
    "b",
    "ab",
    ".",
    "{}",
    "{}",
    "{}",
    "%61",
    "é",
    "abcdefgh",
    "ijklmnopqr",
    "-",
    "{*}",
];
const PATHS: [&str; 24] = [
    "/",
    "/",
    "/",
    "/",
    "a",
    "b",
    "ab",
    ".",
    "x",
    "%61",
    "é",
    "%C3%A9",
    "abcdefgh",
    "ijklmnopqr",
    "-",
    "%2F",
    "%",
    "?",
    "..",
    "%2e",
    "\0",
    "%00",
    "%ff",
    "%2Eb",
];

fn template(bytes: &[u8]) -> String {
    let mut text = String::from("/");
    for (number, byte) in bytes.iter().take(14).enumerate() {
        let piece = PIECES[usize::from(*byte) % PIECES.len()];
        text.push_str(&piece.replace('}', &format!("p{number}}}")));
    }
    text
}

fn target(bytes: &[u8]) -> String {
    let mut text = String::from("/");
    for byte in bytes.iter().take(40) {
        text.push_str(PATHS[usize::from(*byte) % PATHS.len()]);
    }
    text
}

/// Routes and requests put together from few pieces, against a slow router that follows the rules.
pub fn core_lookup(bytes: &[u8]) {
    let Some(input) = input::read::<(u8, Vec<(u8, Vec<u8>)>, Vec<(u8, Vec<u8>)>)>(bytes) else {
        return;
    };
    let (slash, routes, requests) = input;
    let (policy, slash) = match slash % 3 {
        0 => (TrailingSlash::Strict, Slash::Strict),
        1 => (TrailingSlash::Redirect, Slash::Redirect),
        _ => (TrailingSlash::Ignore, Slash::Ignore),
    };
    let build = |routes: &[(&str, String)]| {
        let mut builder = Router::builder().trailing_slash(policy);
        for (number, (method, template)) in routes.iter().enumerate() {
            builder.add(method, template, number as u32);
        }
        builder.build()
    };
    let mut kept: Vec<(&str, String)> = Vec::new();
    for (method, bytes) in routes.iter().take(24) {
        kept.push((
            METHODS[usize::from(*method) % METHODS.len()],
            template(bytes),
        ));
        if build(&kept).is_err() {
            kept.pop();
        }
    }
    let router = build(&kept).expect("what was kept");
    let all: Vec<(&str, &str)> = kept
        .iter()
        .map(|(method, text)| (*method, text.as_str()))
        .collect();
    let mut params = PathParams::new();
    for (method, bytes) in requests.iter().take(24) {
        let method = METHODS[usize::from(*method) % METHODS.len()];
        let target = target(bytes);
        let names = |value: &str| value.split(", ").map(str::to_owned).collect();
        let verdict = match router.lookup(method, &target, &mut params) {
            Lookup::Found(found) => Verdict::Found(
                found.route as usize,
                params.spans().map(|span| target[span].to_owned()).collect(),
                found.head_from_get,
            ),
            Lookup::Options(allow) => Verdict::Options(names(allow.header_value())),
            Lookup::NotFound => Verdict::NotFound,
            Lookup::MethodNotAllowed(allow) => Verdict::NotAllowed(names(allow.header_value())),
            Lookup::Redirect(redirect) => Verdict::Redirect(redirect.location(&target).to_string()),
            Lookup::BadPath(_) => Verdict::Bad,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            verdict,
            judge(&all, slash, method, &target),
            "{method} {target:?} in {all:?}"
        );
    }
}
