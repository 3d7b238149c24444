//! What a router says of itself and of a request.

#![allow(clippy::expect_used)]

use brrtrouter_core::{Fate, Router, TrailingSlash};

fn pets() -> Router {
    Router::builder()
        .route("GET", "/pets", 0)
        .route("POST", "/pets", 1)
        .route("GET", "/pets/{petId}", 2)
        .route("GET", "/pets/mine", 3)
        .route("DELETE", "/pets/{petId}", 4)
        .route("GET", "/pets/{petId}/photos/{name}.{ext}", 5)
        .route("GET", "/pets/{id}/photos/{name}", 6)
        .route("GET", "/pets/mine/{what}/{name}.jpg", 7)
        .route("GET", "/static/{*file}", 8)
        .route("GET", "/static/logo.svg", 9)
        .route("GET", "/", 10)
        .build()
        .expect("sound routes")
}

#[test]
fn a_router_is_shown_as_a_tree_in_the_order_of_precedence() {
    assert_eq!(
        pets().to_string(),
        "\
DELETE
└── /pets/{petId}  → 4
GET
├── /  → 10
├── /pets  → 0
│   ├── /mine  → 3
│   │   └── /{what}/{name}.jpg  → 7
│   └── /{petId}  → 2
│       └── /photos
│           ├── /{name}.{ext}  → 5
│           └── /{name}  → 6
└── /static
    ├── /logo.svg  → 9
    └── /{*file}  → 8
POST
└── /pets  → 1
"
    );
    let none = Router::builder().build().expect("no routes");
    assert_eq!(none.to_string(), "");
}

#[test]
fn an_explanation_names_the_winner_what_it_captures_and_who_loses() {
    let router = pets();
    for (method, target, expected) in [
        (
            "GET",
            "/pets/mine/photos/on.the%20beach.jpg?size=1",
            r#"GET /pets/mine/photos/on.the%20beach.jpg
  1  "pets"              fits pets (6 routes), and not 2 others
  2  "mine"              fits mine (2 routes), {petId} (3 routes)
  3  "photos"            fits photos (2 routes), {what} (1 route)
  4  "on.the beach.jpg"  fits {name}.jpg (1 route), {name}.{ext} (1 route), {name} (1 route)
GET /pets/mine/{what}/{name}.jpg answers
  what = "photos"
  name = "on.the beach"
  before GET /pets/{petId}/photos/{name}.{ext}: in segment 2 mine comes before {petId}
  before GET /pets/{id}/photos/{name}: in segment 2 mine comes before {id}
"#,
        ),
        (
            "HEAD",
            "/static/a/b//c",
            r#"HEAD /static/a/b//c
  1  "static"  fits static (2 routes), and not 2 others
  2  "a"       fits {*file} (1 route), and not 1 other
GET /static/{*file} answers, since no HEAD has this path
  file = "a/b//c"
"#,
        ),
        (
            "POST",
            "/pets/7",
            r#"POST /pets/7
  1  "pets"  fits pets (1 route)
no POST has this path, other methods do: 405; Allow: DELETE, GET, HEAD, OPTIONS
  DELETE /pets/{petId} has it
  GET /pets/{petId} has it
"#,
        ),
        (
            "GET",
            "/pets/7/photo/a.jpg",
            r#"GET /pets/7/photo/a.jpg
  1  "pets"   fits pets (6 routes), and not 2 others
  2  "7"      fits {petId} (3 routes), and not 1 other
  3  "photo"  does not fit the only one there
no route has this path: 404
  near is GET /pets/{petId}/photos/{name}.{ext}: in segment 3 it has photos, and the path "photo"
  near is GET /pets/{id}/photos/{name}: in segment 3 it has photos, and the path "photo"
  near is GET /pets/{petId}: it ends before /photo/a.jpg
"#,
        ),
        (
            "GET",
            "/pets/7/photos",
            r#"GET /pets/7/photos
  1  "pets"    fits pets (6 routes), and not 2 others
  2  "7"       fits {petId} (3 routes), and not 1 other
  3  "photos"  fits photos (2 routes)
no route has this path: 404
  near is GET /pets/{petId}/photos/{name}.{ext}: it goes on with /{name}.{ext}
  near is GET /pets/{id}/photos/{name}: it goes on with /{name}
"#,
        ),
        (
            "GET",
            "/pets/%2e%2E/x",
            "GET /pets/%2e%2E/x\nthe path holds a dot segment: 400, in segment 2\n",
        ),
        (
            "OPTIONS",
            "/pets/7",
            "OPTIONS /pets/7\nthe table answers; Allow: DELETE, GET, HEAD, OPTIONS\n  \
             DELETE /pets/{petId} has it\n  GET /pets/{petId} has it\n",
        ),
    ] {
        let explanation = router.explain(method, target).to_string();
        assert_eq!(explanation, expected, "{method} {target}\n{explanation}");
    }
}

#[test]
fn a_slash_at_the_end_is_explained_by_the_policy() {
    let build = |policy| {
        Router::builder()
            .route("GET", "/pets/{id}", 0)
            .trailing_slash(policy)
            .build()
            .expect("a sound route")
    };
    let explain = |policy| build(policy).explain("GET", "/pets/7/").to_string();
    let strict = explain(TrailingSlash::Strict);
    assert!(
        strict
            .ends_with("no route has this path: 404\n  near is GET /pets/{id}: it ends before /\n"),
        "{strict}"
    );
    let redirect = explain(TrailingSlash::Redirect);
    assert!(
        redirect.contains("the path with another end has a route: 308; Location: /pets/7\n"),
        "{redirect}"
    );
    let ignore = explain(TrailingSlash::Ignore);
    assert!(
        ignore.ends_with("GET /pets/{id} answers\n  id = \"7\"\n"),
        "{ignore}"
    );
}

#[test]
fn a_redirection_of_head_is_told_by_the_route_of_get() {
    let router = Router::builder()
        .trailing_slash(TrailingSlash::Redirect)
        .route("GET", "/pets/{id}", 0)
        .route("POST", "/{kind}/{*rest}", 1)
        .build()
        .expect("sound routes");
    let explanation = router.explain("HEAD", "/pets/7/");
    let told: Vec<u32> = explanation
        .candidates
        .iter()
        .filter(|one| matches!(one.fate, Fate::OtherEnd))
        .map(|one| one.route.route)
        .collect();
    assert_eq!(told, [0], "{explanation}");
}

#[test]
fn of_many_routes_that_are_near_some_are_told() {
    let mut builder = Router::builder();
    for number in 0..100 {
        builder.add("GET", &format!("/things/{number}"), number);
    }
    let router = builder.build().expect("sound routes");
    let explanation = router.explain("GET", "/things/x");
    assert_eq!(explanation.candidates.len(), 8);
    let fails = |fate: &Fate| matches!(fate, Fate::Fails(_));
    assert!(explanation.candidates.iter().all(|one| fails(&one.fate)));
}

#[test]
fn routes_that_cross_are_found_with_a_path_of_both() {
    let router = Router::builder()
        .route("GET", "/a/{x}/b", 0)
        .route("GET", "/a/c/{y}", 1)
        .route("GET", "/a/{x}", 2)
        .route("GET", "/a/c", 3)
        .route("POST", "/a/{x}/b", 4)
        .route("GET", "/{x}.json/d", 5)
        .route("GET", "/v{x}/{y}", 6)
        .route("GET", "/s/{*rest}", 7)
        .route("GET", "/{one}/t//u", 8)
        .build()
        .expect("sound routes");
    let all: Vec<String> = router
        .ambiguities()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        all,
        [
            "GET /a/c/{y} and GET /a/{x}/b both have /a/c/b; the first one answers",
            "GET /s/{*rest} and GET /{one}/t//u both have /s/t//u; the first one answers",
            "GET /{x}.json/d and GET /v{x}/{y} both have /v.json/d; the first one answers",
        ]
    );
}

#[test]
fn of_many_routes_those_cross_that_cross_alone() {
    let parts = ["a", "b", "", "{p}", "{p}.json", "v{p}", "{p}-{q}", "{*p}"];
    let mut templates: Vec<String> = Vec::new();
    for one in parts {
        templates.push(format!("/{one}"));
        for other in parts {
            let other = other.replace('p', "r").replace('q', "s");
            templates.push(format!("/{one}/{other}"));
            templates.push(format!("/{one}/c/{other}"));
        }
    }
    templates.retain(|template| Router::builder().route("GET", template, 0).build().is_ok());
    let router = |templates: &[&String]| {
        let mut builder = Router::builder();
        for (number, template) in templates.iter().enumerate() {
            builder.add("GET", template, number as u32);
        }
        builder.build().expect("sound routes")
    };
    let mut alone = Vec::new();
    for (at, one) in templates.iter().enumerate() {
        for other in &templates[at + 1..] {
            let both = router(&[one, other]);
            alone.extend(both.ambiguities().iter().map(ToString::to_string));
        }
    }
    let all = router(&templates.iter().collect::<Vec<_>>());
    let mut together: Vec<String> = all.ambiguities().iter().map(ToString::to_string).collect();
    assert!(together.len() > 200, "{}", together.len());
    alone.sort();
    together.sort();
    assert_eq!(together, alone);
}

#[test]
fn a_lone_slash_has_no_other_end() {
    let router = Router::builder()
        .route("GET", "//", 0)
        .trailing_slash(TrailingSlash::Ignore)
        .build()
        .expect("sound routes");
    let explanation = router.explain("GET", "/");
    assert!(!explanation.to_string().contains("has it"), "{explanation}");
    let explanation = router.explain("POST", "//");
    assert!(explanation.to_string().contains("has it"), "{explanation}");
}
