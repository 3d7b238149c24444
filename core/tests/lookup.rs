//! What a lookup finds, and what it says where it finds nothing.

#![allow(clippy::expect_used, clippy::panic)]

use brrtrouter_core::{BadPath, Lookup, PathParams, Router, TrailingSlash};

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

/// A router whose routes are numbered by their places.
fn router(routes: &[(&str, &str)]) -> Router {
    let mut builder = Router::builder();
    for (number, (method, template)) in routes.iter().enumerate() {
        builder.add(method, template, number as u32);
    }
    builder.build().expect("sound routes")
}

fn gets(templates: &[&str]) -> Router {
    let routes: Vec<_> = templates
        .iter()
        .map(|&template| ("GET", template))
        .collect();
    router(&routes)
}

/// The route and its captures, raw.
fn found<'t>(router: &Router, method: &str, target: &'t str) -> Option<(u32, Vec<&'t str>)> {
    let mut params = PathParams::new();
    match router.lookup(method, target, &mut params) {
        Lookup::Found(found) => Some((
            found.route,
            (0..params.len())
                .map(|index| params.raw(index, target).expect("a captured parameter"))
                .collect(),
        )),
        _ => None,
    }
}

fn allowed(router: &Router, method: &str, target: &str) -> Option<String> {
    match router.lookup(method, target, &mut PathParams::new()) {
        Lookup::MethodNotAllowed(allow) => Some(allow.header_value().to_owned()),
        _ => None,
    }
}

fn bad(router: &Router, target: &str) -> Option<BadPath> {
    match router.lookup("GET", target, &mut PathParams::new()) {
        Lookup::BadPath(reason) => Some(reason),
        _ => None,
    }
}

#[test]
fn parameters_capture_whole_segments() {
    let router = gets(&["/", "/pets", "/pets/{id}", "/pets/{id}/visits/{visit}"]);
    assert_eq!(found(&router, "GET", "/"), Some((0, vec![])));
    assert_eq!(found(&router, "GET", "/pets"), Some((1, vec![])));
    assert_eq!(found(&router, "GET", "/pets/7"), Some((2, vec!["7"])));
    assert_eq!(
        found(&router, "GET", "/pets/7/visits/b%20c?x=/y"),
        Some((3, vec!["7", "b%20c"]))
    );
    assert_eq!(found(&router, "GET", "/pets/7/visits"), None);
    assert_eq!(found(&router, "GET", "/nothing"), None);
}

#[test]
fn literals_come_before_parameters_whatever_the_order() {
    for templates in [
        ["/a/{x}/b", "/a/b/{y}", "/{z}/b/b"],
        ["/{z}/b/b", "/a/b/{y}", "/a/{x}/b"],
    ] {
        let router = gets(&templates);
        let winner = |target: &str| {
            found(&router, "GET", target).map(|(route, _)| templates[route as usize])
        };
        assert_eq!(winner("/a/b/b"), Some("/a/b/{y}"));
        assert_eq!(winner("/a/c/b"), Some("/a/{x}/b"));
        assert_eq!(winner("/c/b/b"), Some("/{z}/b/b"));
        assert_eq!(winner("/a/c/c"), None);
    }
}

#[test]
fn a_dead_end_is_left_again() {
    let router = gets(&["/a/b/c/d", "/a/{x}/c/e", "/{p}/b/c/f", "/{p}/{q}/{r}/g"]);
    assert_eq!(found(&router, "GET", "/a/b/c/d"), Some((0, vec![])));
    assert_eq!(found(&router, "GET", "/a/b/c/e"), Some((1, vec!["b"])));
    assert_eq!(found(&router, "GET", "/a/b/c/f"), Some((2, vec!["a"])));
    assert_eq!(
        found(&router, "GET", "/a/b/c/g"),
        Some((3, vec!["a", "b", "c"]))
    );
    assert_eq!(found(&router, "GET", "/a/b/c/h"), None);
}

#[test]
fn affixed_segments_prefer_more_literal_bytes_and_greedy_first_parameters() {
    let router = gets(&[
        "/{name}.{ext}",
        "/{name}.json",
        "/v{major}",
        "/{all}",
        "/compare/{base}...{head}",
        "/{a}.png/x",
        "/{a}/y",
    ]);
    assert_eq!(found(&router, "GET", "/a.b.c"), Some((0, vec!["a.b", "c"])));
    assert_eq!(found(&router, "GET", "/a.json"), Some((1, vec!["a"])));
    assert_eq!(found(&router, "GET", "/v2"), Some((2, vec!["2"])));
    assert_eq!(found(&router, "GET", "/v"), Some((3, vec!["v"])));
    assert_eq!(found(&router, "GET", "/.json"), Some((3, vec![".json"])));
    assert_eq!(
        found(&router, "GET", "/compare/a...b...c"),
        Some((4, vec!["a...b", "c"]))
    );
    assert_eq!(found(&router, "GET", "/compare/a..b"), None);
    assert_eq!(found(&router, "GET", "/q.png/x"), Some((5, vec!["q"])));
    assert_eq!(found(&router, "GET", "/q.png/y"), Some((6, vec!["q.png"])));
}

#[test]
fn escapes_in_literals_and_affixes_are_compared_decoded() {
    let router = gets(&["/caf%C3%A9/{x}", "/a b/{x}.json", "/{y}/z"]);
    for target in ["/café/1", "/caf%C3%A9/1", "/%63af%c3%a9/1"] {
        assert_eq!(
            found(&router, "GET", target),
            Some((0, vec!["1"])),
            "{target}"
        );
    }
    assert_eq!(
        found(&router, "GET", "/a%20b/%2Fx%2ejson"),
        Some((1, vec!["%2Fx"]))
    );
    assert_eq!(found(&router, "GET", "/a%2Fb/z"), Some((2, vec!["a%2Fb"])));
}

#[test]
fn paths_that_are_none_are_told_apart() {
    let router = gets(&["/{x}", "/{x}/{y}"]);
    assert_eq!(bad(&router, ""), Some(BadPath::NoSlash));
    assert_eq!(bad(&router, "*"), Some(BadPath::NoSlash));
    assert_eq!(bad(&router, "a/b"), Some(BadPath::NoSlash));
    assert_eq!(bad(&router, "?a"), Some(BadPath::NoSlash));
    assert_eq!(bad(&router, "/a%2"), Some(BadPath::Escape));
    assert_eq!(bad(&router, "/a%zz"), Some(BadPath::Escape));
    assert_eq!(bad(&router, "/%ff"), Some(BadPath::Utf8));
    assert_eq!(bad(&router, "/a%00"), Some(BadPath::Nul));
    assert_eq!(bad(&router, "/a\0"), Some(BadPath::Nul));
    for dots in ["/.", "/..", "/a/..", "/../a", "/%2e", "/.%2E/a", "/a/.?x"] {
        assert_eq!(bad(&router, dots), Some(BadPath::DotSegment), "{dots}");
    }
    assert_eq!(bad(&router, "/a?b%zz"), None);
    let long = format!("/{}", LETTERS.repeat(400));
    assert_eq!(bad(&router, &long), Some(BadPath::TooLong));
    assert_eq!(
        bad(&router, &"/a".repeat(33)),
        Some(BadPath::TooManySegments)
    );
    assert_eq!(bad(&router, &"/a".repeat(32)), None);
}

#[test]
fn empty_segments_never_match_a_parameter() {
    let router = gets(&["/a/{x}", "/{x}/b", "/b/", "/s/{*rest}"]);
    assert_eq!(found(&router, "GET", "/a/"), None);
    assert_eq!(found(&router, "GET", "//b"), None);
    assert_eq!(found(&router, "GET", "/b/"), Some((2, vec![])));
    assert_eq!(found(&router, "GET", "/b"), None);
    assert_eq!(found(&router, "GET", "/s/"), None);
    assert_eq!(found(&router, "GET", "/s//x"), None);
    assert_eq!(found(&router, "GET", "/s/x//y/"), Some((3, vec!["x//y/"])));
}

#[test]
fn a_catch_all_comes_last() {
    let router = gets(&["/{*rest}", "/{x}", "/a{x}", "/s/{y}/z"]);
    assert_eq!(found(&router, "GET", "/q"), Some((1, vec!["q"])));
    assert_eq!(found(&router, "GET", "/ab"), Some((2, vec!["b"])));
    assert_eq!(found(&router, "GET", "/s/1/z"), Some((3, vec!["1"])));
    assert_eq!(found(&router, "GET", "/s/1/y"), Some((0, vec!["s/1/y"])));
    assert_eq!(found(&router, "GET", "/"), None);
}

#[test]
fn a_request_is_matched_among_the_routes_of_its_method() {
    let router = router(&[
        ("GET", "/a/{x}"),
        ("POST", "/a/b"),
        ("HEAD", "/h"),
        ("GET", "/h"),
        ("QUERY", "/q"),
        ("PURGE", "/q"),
        ("get", "/q"),
    ]);
    assert_eq!(found(&router, "GET", "/a/b"), Some((0, vec!["b"])));
    assert_eq!(found(&router, "POST", "/a/b"), Some((1, vec![])));
    assert_eq!(found(&router, "HEAD", "/h"), Some((2, vec![])));
    assert_eq!(found(&router, "QUERY", "/q"), Some((4, vec![])));
    assert_eq!(found(&router, "PURGE", "/q"), Some((5, vec![])));
    assert_eq!(found(&router, "get", "/q"), Some((6, vec![])));
    assert_eq!(
        allowed(&router, "PUT", "/a/b").as_deref(),
        Some("GET, HEAD, OPTIONS, POST")
    );
    assert_eq!(
        allowed(&router, "POST", "/a/c").as_deref(),
        Some("GET, HEAD, OPTIONS")
    );
    assert_eq!(
        allowed(&router, "BREW", "/q").as_deref(),
        Some("OPTIONS, PURGE, QUERY, get")
    );
}

#[test]
fn head_is_answered_by_get() {
    let router = router(&[("GET", "/a"), ("POST", "/b")]);
    let Lookup::Found(found) = router.lookup("HEAD", "/a", &mut PathParams::new()) else {
        panic!("HEAD is served");
    };
    assert!(found.head_from_get);
    assert_eq!(
        allowed(&router, "HEAD", "/b").as_deref(),
        Some("OPTIONS, POST")
    );
}

#[test]
fn options_is_answered_from_the_table() {
    let router = router(&[("GET", "/a"), ("POST", "/{x}"), ("OPTIONS", "/own")]);
    let options = |target| match router.lookup("OPTIONS", target, &mut PathParams::new()) {
        Lookup::Options(allow) => allow.header_value().to_owned(),
        other => format!("{other:?}"),
    };
    assert_eq!(options("/a"), "GET, HEAD, OPTIONS, POST");
    assert_eq!(options("/b"), "OPTIONS, POST");
    assert_eq!(options("*"), "GET, HEAD, OPTIONS, POST");
    assert_eq!(options("/a/b"), "NotFound");
    assert_eq!(found(&router, "OPTIONS", "/own"), Some((2, vec![])));
}

#[test]
fn slashes_at_the_end_follow_the_policy() {
    let with = |policy| {
        Router::builder()
            .route("GET", "/a", 0)
            .route("GET", "/b/", 1)
            .route("GET", "/c/{x}", 2)
            .route("POST", "/a/", 3)
            .trailing_slash(policy)
            .build()
            .expect("sound routes")
    };
    let strict = with(TrailingSlash::Strict);
    assert_eq!(
        allowed(&strict, "GET", "/a/").as_deref(),
        Some("OPTIONS, POST")
    );
    assert_eq!(found(&strict, "GET", "/b"), None);

    let ignore = with(TrailingSlash::Ignore);
    assert_eq!(found(&ignore, "GET", "/a/"), Some((0, vec![])));
    assert_eq!(found(&ignore, "GET", "/b"), Some((1, vec![])));
    assert_eq!(found(&ignore, "GET", "/c/x/"), Some((2, vec!["x"])));
    assert_eq!(found(&ignore, "GET", "/c//"), None);
    assert_eq!(
        allowed(&ignore, "PUT", "/a").as_deref(),
        Some("GET, HEAD, OPTIONS, POST")
    );

    let redirect = with(TrailingSlash::Redirect);
    let location = |target: &str| match redirect.lookup("GET", target, &mut PathParams::new()) {
        Lookup::Redirect(redirect) => redirect.location(target).to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(location("/a/"), "/a");
    assert_eq!(location("/b?q=/"), "/b/?q=/");
    assert_eq!(location("/c/x/?q"), "/c/x?q");
    assert_eq!(location("/d"), "NotFound");
}

#[test]
fn a_redirect_never_leads_to_another_host() {
    let router = Router::builder()
        .route("GET", "//{host}", 0)
        .trailing_slash(TrailingSlash::Redirect)
        .build()
        .expect("sound routes");
    let mut params = PathParams::new();
    assert_eq!(
        router.lookup("GET", "//example.com/", &mut params),
        Lookup::NotFound
    );
}

#[test]
fn base_paths_stand_before_every_route() {
    let router = Router::builder()
        .route("GET", "/pets/{id}", 0)
        .base_path("/v1/")
        .base_path("/api/v1")
        .build()
        .expect("sound routes");
    assert_eq!(found(&router, "GET", "/v1/pets/1"), Some((0, vec!["1"])));
    assert_eq!(
        found(&router, "GET", "/api/v1/pets/1"),
        Some((0, vec!["1"]))
    );
    assert_eq!(found(&router, "GET", "/pets/1"), None);
}

#[test]
fn what_was_captured_before_does_not_linger() {
    let router = gets(&["/{a}/{b}.{c}", "/x"]);
    let mut params = PathParams::new();
    assert!(matches!(
        router.lookup("GET", "/1/2.3", &mut params),
        Lookup::Found(_)
    ));
    assert_eq!(params.len(), 3);
    assert!(matches!(
        router.lookup("GET", "/x", &mut params),
        Lookup::Found(_)
    ));
    assert!(params.is_empty());
    assert!(matches!(
        router.lookup("GET", "/1/2.3", &mut params),
        Lookup::Found(_)
    ));
    assert_eq!(router.lookup("GET", "/y", &mut params), Lookup::NotFound);
    assert!(params.is_empty());
    assert_eq!(params.raw(0, "/y"), None);
}

#[test]
fn a_route_without_parameters_is_found_decoded_and_by_nothing_that_only_looks_like_it() {
    let templates = [
        "/a%3Fb",
        "/p%25q",
        "/%2541",
        "/s%2Ft",
        "/caf%C3%A9/x",
        "/a",
        "/",
        "/e//f",
        "/g/",
    ];
    let mut builder = Router::builder();
    for (number, template) in templates.iter().enumerate() {
        builder.add("GET", template, number as u32);
    }
    let router = builder.build().expect("sound routes");
    let mut params = PathParams::new();
    for (target, expected) in [
        ("/a%3Fb", Some(0)),
        ("/a%3fb?c", Some(0)),
        ("/a?b", Some(5)),
        ("/p%25q", Some(1)),
        ("/%2541", Some(2)),
        ("/%41", None),
        ("/s%2ft", Some(3)),
        ("/s/t", None),
        ("/café/x", Some(4)),
        ("/caf%c3%a9/%78", Some(4)),
        ("/?", Some(6)),
        ("/e//f", Some(7)),
        ("/e/f", None),
        ("/g/?x", Some(8)),
        ("/g", None),
    ] {
        let found = match router.lookup("GET", target, &mut params) {
            Lookup::Found(found) => Some(found.route),
            Lookup::NotFound => None,
            other => panic!("{target}: {other:?}"),
        };
        assert_eq!(found, expected, "{target}");
        assert!(params.is_empty(), "{target}");
    }
    for target in ["/p%q", "/s\0t", "/a/../a"] {
        let refused = router.lookup("GET", target, &mut params);
        assert!(
            matches!(refused, Lookup::BadPath(_)),
            "{target}: {refused:?}"
        );
    }
    for target in ["/a", "/e//f", "/caf%C3%A9/x"] {
        let other = router.lookup("POST", target, &mut params);
        assert!(
            matches!(other, Lookup::MethodNotAllowed(_)),
            "{target}: {other:?}"
        );
        let head = router.lookup("HEAD", target, &mut params);
        assert!(
            matches!(head, Lookup::Found(found) if found.head_from_get),
            "{target}: {head:?}"
        );
    }
}

#[test]
fn routes_without_parameters_that_differ_in_one_byte_anywhere_are_told_apart() {
    let templates: Vec<String> = (0..60_usize)
        .flat_map(|at| (0..4_u8).map(move |kind| (at, kind)))
        .map(|(at, kind)| {
            let mut bytes = vec![b'x'; 60];
            bytes[at] = b'a' + kind;
            format!("/{}", String::from_utf8(bytes).expect("letters"))
        })
        .collect();
    let mut builder = Router::builder();
    for (number, template) in templates.iter().enumerate() {
        builder.add("GET", template, number as u32);
    }
    let router = builder.build().expect("sound routes");
    let mut params = PathParams::new();
    for (number, template) in templates.iter().enumerate() {
        let found = router.lookup("GET", template, &mut params);
        assert!(
            matches!(found, Lookup::Found(own) if own.route == number as u32),
            "{template}: {found:?}"
        );
        let other = template.replace('x', "y");
        assert_eq!(router.lookup("GET", &other, &mut params), Lookup::NotFound);
    }
}
