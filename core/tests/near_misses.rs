//! Paths that nearly belong to a route, and routes that begin alike.

#![allow(clippy::expect_used)]

use brrtrouter_core::{BadPath, Lookup, PathParams, Router};

fn gets(templates: &[&str]) -> Router {
    let mut builder = Router::builder();
    for (number, template) in templates.iter().enumerate() {
        builder.add("GET", template, number as u32);
    }
    builder.build().expect("sound routes")
}

/// The route and its captures, raw.
fn found<'t>(router: &Router, target: &'t str) -> Option<(u32, Vec<&'t str>)> {
    let mut params = PathParams::new();
    match router.lookup("GET", target, &mut params) {
        Lookup::Found(found) => Some((
            found.route,
            params.spans().map(|span| &target[span]).collect(),
        )),
        _ => None,
    }
}

fn route(router: &Router, target: &str) -> Option<u32> {
    found(router, target).map(|(route, _)| route)
}

#[test]
fn the_end_of_a_common_beginning_is_a_route_as_others_are() {
    for prefix in [
        "/a",
        "/api/v1",
        "/a-beginning",
        "/a-long-beginning/of-all",
        "/fifteen-bytes-",
    ] {
        for rest in ["", "/", "/{x}", "/b", "/b/"] {
            let templates: Vec<String> = ["/a/{x}", "/b/{x}", "/c/{x}/d", rest]
                .iter()
                .map(|rest| format!("{prefix}{rest}"))
                .collect();
            let templates: Vec<&str> = templates.iter().map(String::as_str).collect();
            let router = gets(&templates);
            let target = format!("{prefix}{rest}").replace("{x}", "q");
            assert_eq!(route(&router, &target), Some(3), "{target}");
            assert_eq!(route(&router, &format!("{prefix}/b/q")), Some(1));
            assert_eq!(route(&router, &format!("{prefix}/c/q/d?x")), Some(2));
            assert_eq!(route(&router, &format!("{prefix}/c/q/%64")), Some(2));
            assert_eq!(route(&router, &format!("{prefix}/d/q")), None);
        }
    }
}

/// Values that begin as a literal does and have its length, more than there are tags.
fn values_like(literal: &str) -> impl Iterator<Item = String> {
    let head = literal.get(..2).unwrap_or(literal).to_owned();
    let digits = literal.len() - head.len();
    (0..4000).map(move |number| format!("{head}{number:0digits$}"))
}

#[test]
fn parameters_that_have_the_tags_of_literals_are_told_from_them() {
    let router = gets(&[
        "/things/{id}/parts",
        "/things/special/parts",
        "/things/special/{part}",
        "/things/{id}/{part}/screws",
        "/things/special/wheels/screws",
        "/things/special/{part}/nuts",
        "/{kind}/unusual/parts",
        "/{kind}/{id}/wheels",
    ]);
    for id in values_like("special") {
        let route = |path: &str| route(&router, path);
        let path = |rest: &str| format!("/things/{id}/{rest}");
        assert_eq!(route(&path("parts")), Some(0), "{id}");
        assert_eq!(route(&path("wheels")), Some(7), "{id}");
        assert_eq!(route(&path("spokes")), None, "{id}");
        assert_eq!(route(&path("wheels/screws")), Some(3), "{id}");
        assert_eq!(route(&path("wheels/nuts")), None, "{id}");
        assert_eq!(route(&format!("/things/special/{id}")), Some(2), "{id}");
        assert_eq!(route(&format!("/{id}/unusual/parts")), Some(6), "{id}");
        assert_eq!(route(&format!("/{id}/special/parts")), None, "{id}");
    }
}

#[test]
fn literals_of_one_number_of_segments_are_told_from_parameters_of_another() {
    const NOUNS: [&str; 12] = [
        "special", "parts", "wheels", "screws", "nuts", "bolts", "gears", "chains", "pedals",
        "saddles", "frames", "spokes",
    ];
    // Literals have fewer segments and more, parameters five.
    let mut templates: Vec<String> = vec!["/things/{id}/{part}/of/{whole}".to_owned()];
    for noun in NOUNS {
        templates.push(format!("/things/{{id}}/{noun}"));
        templates.push(format!("/things/{{id}}/{noun}/"));
        templates.push(format!("/things/{{id}}/{noun}/{{number}}"));
        templates.push(format!("/things/{{id}}/{noun}/{{number}}/names/{{name}}"));
    }
    templates.push("/things/{id}".to_owned());
    templates.push("/things/{id}/special/of/all".to_owned());
    templates.push("/others/{id}".to_owned());
    let last = templates.len() as u32 - 1;
    let templates: Vec<&str> = templates.iter().map(String::as_str).collect();
    let router = gets(&templates);
    for part in values_like("special") {
        let route = |rest: &str| route(&router, &format!("/things/7{rest}"));
        assert_eq!(route(&format!("/{part}/of/all")), Some(0), "{part}");
        assert_eq!(route(&format!("/{part}")), None, "{part}");
        assert_eq!(route(&format!("/{part}/")), None, "{part}");
        assert_eq!(route(&format!("/{part}/7")), None, "{part}");
        assert_eq!(route(&format!("/{part}/7/names/all")), None, "{part}");
    }
    for (number, noun) in NOUNS.iter().enumerate() {
        let first = 4 * number as u32 + 1;
        let route = |rest: &str| route(&router, &format!("/things/7/{noun}{rest}"));
        assert_eq!(route(""), Some(first), "{noun}");
        assert_eq!(route("/"), Some(first + 1), "{noun}");
        assert_eq!(route("/7"), Some(first + 2), "{noun}");
        assert_eq!(route("/7/names/all"), Some(first + 3), "{noun}");
        let own = if *noun == "special" { last - 1 } else { 0 };
        assert_eq!(route("/of/all"), Some(own), "{noun}");
        assert_eq!(route("/of/none"), Some(0), "{noun}");
    }
    assert_eq!(route(&router, "/things/7"), Some(last - 2));
    assert_eq!(route(&router, "/others/7"), Some(last));
    assert_eq!(route(&router, "/others/"), None);
}

#[test]
fn affixes_that_have_the_tags_of_literals_are_told_from_them() {
    let router = gets(&[
        "/files/{name}.txt/info",
        "/files/{name}/info",
        "/files/special/info",
        "/files/special/{part}",
    ]);
    for name in values_like("special") {
        let route = |path: String| found(&router, &path).map(|(route, _)| route);
        assert_eq!(route(format!("/files/{name}/info")), Some(1), "{name}");
        assert_eq!(route(format!("/files/{name}.txt/info")), Some(0), "{name}");
        assert_eq!(route(format!("/files/{name}/more")), None, "{name}");
        assert_eq!(route(format!("/files/special/{name}")), Some(3), "{name}");
    }
}

#[test]
fn routes_without_parameters_win_however_many_there_are() {
    let concrete: Vec<String> = (0..9).map(|number| format!("/v1/items{number}")).collect();
    for count in [1, 9] {
        let mut templates: Vec<&str> = concrete.iter().take(count).map(String::as_str).collect();
        let own = templates.len() as u32;
        templates.extend([
            "/v1/{id}",
            "/v1/items0/{part}",
            "/{version}/items0",
            "/v1/{id}/",
        ]);
        let router = gets(&templates);
        for number in 0..9 {
            let route = |path: String| found(&router, &path).map(|(route, _)| route);
            let expected = if number < own { number } else { own };
            assert_eq!(route(format!("/v1/items{number}")), Some(expected));
            assert_eq!(route(format!("/v1/items{number}?x=/")), Some(expected));
            assert_eq!(route(format!("/v1/%69tems{number}")), Some(expected));
            assert_eq!(route(format!("/v1/items{number}/")), Some(own + 3));
        }
    }
}

#[test]
fn routes_without_parameters_are_found_whatever_their_length() {
    let templates: Vec<String> = (1..600)
        .map(|len| format!("/{}", "n".repeat(len)))
        .collect();
    let templates: Vec<&str> = templates.iter().map(String::as_str).collect();
    let router = gets(&templates);
    for (number, path) in templates.iter().enumerate() {
        assert_eq!(route(&router, path), Some(number as u32), "{path}");
        assert_eq!(route(&router, &format!("{path}?n")), Some(number as u32));
        assert_eq!(route(&router, &format!("{path}/")), None, "{path}");
        assert_eq!(route(&router, &path.replacen('n', "m", 1)), None, "{path}");
    }
}

#[test]
fn routes_without_parameters_that_are_nearly_all_slashes_have_their_places() {
    let long = format!(
        "/1.{}/+)//// ////////1{}",
        "\u{1b}".repeat(11),
        "/".repeat(16)
    );
    for lengths in [1..2, 21..22, 1..30] {
        let mut templates: Vec<String> = lengths.map(|len| "/".repeat(len)).collect();
        templates.push(long.clone());
        let templates: Vec<&str> = templates.iter().map(String::as_str).collect();
        let router = gets(&templates);
        for (number, template) in templates.iter().enumerate() {
            assert_eq!(route(&router, template), Some(number as u32), "{template}");
        }
    }
}

#[test]
fn literals_that_overlap_themselves_are_found_at_their_length_only() {
    // The first sixteen bytes and the last ones cover them, if only the length is right.
    for unit in [
        "/a",
        "/ab",
        "/aaa",
        "/abcdefg",
        "/abcdefghijklmn",
        "/abcdefghijklmnopq",
    ] {
        for times in 1..6 {
            let templates = [
                format!("{}/{{x}}", unit.repeat(times)),
                format!("{}/{{x}}/b", unit.repeat(times)),
                "/other/{x}".to_owned(),
            ];
            let router = gets(&[&templates[0], &templates[1], &templates[2]]);
            for (own, end) in [(0, "/7"), (1, "/7/b")] {
                let right = format!("{}{end}", unit.repeat(times));
                assert_eq!(route(&router, &right), Some(own), "{right}");
                for at in 1..unit.len() * times {
                    let (before, behind) = right.split_at(at);
                    let again = (1..at).map(|from| &before[from..]);
                    for more in again.chain(["a", "b", "q"]) {
                        let longer = format!("{before}{more}{behind}");
                        assert_eq!(route(&router, &longer), None, "{longer}");
                    }
                    let shorter = format!("{}{behind}", &before[..at - 1]);
                    assert_eq!(route(&router, &shorter), None, "{shorter}");
                }
            }
        }
    }
}

#[test]
fn paths_of_every_length_are_found() {
    let router = gets(&[
        "/{first}",
        "/{first}/x/{second}",
        "/{first}/x/{second}/",
        "/y/{first}/z",
    ]);
    for len in 1..300 {
        let name = "n".repeat(len);
        let one = format!("/{name}");
        assert_eq!(found(&router, &one), Some((0, vec![name.as_str()])));
        for slash in 1..len {
            let (first, second) = name.split_at(slash);
            let two = format!("/{first}/x/{second}");
            let both = vec![first, second];
            assert_eq!(found(&router, &two), Some((1, both.clone())), "{two}");
            assert_eq!(found(&router, &format!("{two}/")), Some((2, both)), "{two}");
            assert_eq!(found(&router, &format!("/{first}/w/{second}")), None);
            let dotted = format!("/{first}/./{second}");
            let dotted = router.lookup("GET", &dotted, &mut PathParams::new());
            assert_eq!(dotted, Lookup::BadPath(BadPath::DotSegment));
            assert_eq!(found(&router, &format!("/{first}//{second}")), None);
        }
        let between = format!("/y/{name}/z");
        assert_eq!(found(&router, &between), Some((3, vec![name.as_str()])));
        assert_eq!(found(&router, &format!("/y/{name}/w")), None);
    }
}
