//! The program as it is run, asked real requests.

#![allow(clippy::expect_used, unreachable_pub)]

#[path = "program/mod.rs"]
mod server;

use server::Program;

#[test]
fn every_request_is_answered_by_the_document() {
    let program = Program::start(env!("CARGO_BIN_EXE_embed-std"));
    for (request, status, content) in [
        (
            "GET /books?author=Ada&author=Grace%20H.&limit=5",
            200,
            "5 books by Ada and Grace H.\n",
        ),
        ("GET /books", 200, "20 books by \n"),
        (
            "GET /books/9780132350884/7.html",
            200,
            "chapter 7 of 9780132350884 as html\n",
        ),
        (
            "GET /books/978013235088%34/%37.%68tml",
            200,
            "chapter 7 of 9780132350884 as html\n",
        ),
        (
            "GET /books?limit=500",
            400,
            "query parameter \"limit\" is not at most 100: \"500\"\n",
        ),
        (
            "GET /books/123/x.pdf",
            400,
            "path parameter \"isbn\" has fewer than 10 characters: \"123\"\n\
             path parameter \"chapter\" is not an integer: \"x\"\n\
             path parameter \"format\" is none of the values that it may have: \"pdf\"\n",
        ),
        ("GET /books/..", 400, "the path holds a dot segment\n"),
        ("PUT /books", 405, "try GET, HEAD, OPTIONS\n"),
        ("GET /shelves", 404, "there is no such page\n"),
    ] {
        let (found, text) = program.ask(request, "");
        assert_eq!((found, text.as_str()), (status, content), "{request}");
    }
    let (status, _) = program.ask("no request at all", "");
    assert_eq!(status, 400);
}
