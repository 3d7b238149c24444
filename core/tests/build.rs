//! What is wrong with routes, all of it at once.

use brrtrouter_core::{BuildError, Router, Template, TemplateError};

#[test]
fn templates_say_what_is_wrong_with_them() {
    let long = format!("/{}", "a".repeat(9000));
    let deep = "/a".repeat(33);
    let many: String = (0..17).map(|n| format!("/{{p{n}}}")).collect();
    let quoted = |text: &str| text.to_owned();
    for (template, fault) in [
        ("", TemplateError::NoSlash),
        ("pets", TemplateError::NoSlash),
        (&long, TemplateError::TooLong),
        (&deep, TemplateError::TooManySegments),
        (&many, TemplateError::TooManyParameters),
        ("/{a", TemplateError::Brace(quoted("{a"))),
        ("/a}", TemplateError::Brace(quoted("a}"))),
        ("/{a{b}}", TemplateError::Brace(quoted("{a{b}}"))),
        ("/x/{}", TemplateError::NoName(quoted("{}"))),
        ("/{a}/{a}", TemplateError::SameName(quoted("a"))),
        ("/{a}{b}", TemplateError::Touching(quoted("{a}{b}"))),
        ("/{*a}/b", TemplateError::CatchAll(quoted("{*a}"))),
        ("/x{*a}", TemplateError::CatchAll(quoted("x{*a}"))),
        ("/a?b", TemplateError::NotAPath(quoted("a?b"))),
        ("/a/..", TemplateError::DotSegment(quoted(".."))),
        ("/%2e", TemplateError::DotSegment(quoted("%2e"))),
        ("/%zz", TemplateError::Escape(quoted("%zz"))),
        ("/%ff", TemplateError::NotText(quoted("%ff"))),
        ("/a%00", TemplateError::NotText(quoted("a%00"))),
    ] {
        assert_eq!(Template::parse(template), Err(fault), "{template:.40}");
    }
}

#[test]
fn every_fault_is_reported_and_names_both_offenders() {
    let errors = Router::builder()
        .route("GET", "/a/{x}", 1)
        .route("GET", "/a/{y}", 2)
        .route("POST", "/a/{y}", 3)
        .route("GET", "/{", 4)
        .route("G T", "/b", 5)
        .route("GET", "/caf%C3%A9", 6)
        .route("GET", "/café", 7)
        .build()
        .expect_err("four faults");
    assert_eq!(errors.iter().count(), 4);
    let text = errors.to_string();
    for part in [
        r#"GET "/a/{x}" (route 1) and "/a/{y}" (route 2) match the same paths"#,
        r#"GET "/{" (route 4) is no path template: a brace of the segment "{" has no partner"#,
        r#""G T" of "/b" (route 5) is no method"#,
        r#"GET "/caf%C3%A9" (route 6) and "/café" (route 7)"#,
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}

#[test]
fn more_methods_than_can_be_told_apart_are_refused() {
    let mut builder = Router::builder();
    for number in 0..23 {
        builder.add(&format!("M{number}"), "/a", number);
    }
    let errors = builder.build().expect_err("one too many");
    assert!(
        errors
            .iter()
            .all(|error| matches!(error, BuildError::TooManyMethods { route: 22, .. })),
        "{errors}"
    );
}
