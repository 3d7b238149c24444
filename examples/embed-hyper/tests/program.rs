//! The program as it is run, asked real requests.

#![allow(clippy::expect_used, unreachable_pub)]

#[path = "../../embed-std/tests/program/mod.rs"]
mod server;

use server::Program;

#[test]
fn every_request_is_answered_by_the_document() {
    let program = Program::start(env!("CARGO_BIN_EXE_embed-hyper"));
    for (request, fields, status, content) in [
        (
            "GET /albums/7/photos?since=2026-01-31&tag=a%20b&tag=c",
            "",
            200,
            "album 7 since 2026-01-31, [\"a b\", \"c\"]\n",
        ),
        (
            "GET /albums/7/photos/on.the.beach.jpg",
            "x-scale: 1.5\r\n",
            200,
            "on.the.beach of album 7, 1.5 times as large\n",
        ),
        (
            "GET /albums/0/photos?since=2026-02-30",
            "",
            400,
            "path parameter \"albumId\" is not at least 1: \"0\"\n\
             query parameter \"since\" is not a date such as 2026-01-31: \"2026-02-30\"\n",
        ),
        (
            "GET /albums/7/photos/a.jpg",
            "X-Scale: 1\r\nX-Scale: 2\r\n",
            400,
            "header parameter \"X-Scale\" is there more than once: \"1\"\n",
        ),
        (
            "GET /albums/%2e%2e/photos",
            "",
            400,
            "the path holds a dot segment\n",
        ),
        ("GET /albums", "", 404, "there is no such page\n"),
        ("HEAD /albums/7/photos?since=2026-01-31", "", 200, ""),
        ("PUT /albums/7/photos", "", 405, "try GET, HEAD, OPTIONS\n"),
    ] {
        let (found, text) = program.ask(request, fields);
        assert_eq!((found, text.as_str()), (status, content), "{request}");
    }
}
