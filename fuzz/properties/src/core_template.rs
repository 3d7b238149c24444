use brrtrouter_core::{
    Fate, Lookup, NamedValue, Param, Params, PathParams, Router, Source, Template, TemplateRef,
};

use crate::input;

/// Whatever a template is, it is read or refused, with an allocator and without; one that is read makes
/// paths that lead back to it and to the values that were put in, and a path that it has in common with
/// another one is a path of both.
pub fn core_template(bytes: &[u8]) {
    let Some(input) = input::read::<(&str, &str, &str, Vec<&str>)>(bytes) else {
        return;
    };
    let (text, other, target, values) = input;
    let borrowed = TemplateRef::new(text, &[]);
    let Ok(template) = Template::parse(text) else {
        assert!(borrowed.is_none(), "{text:?}");
        return;
    };
    let borrowed = borrowed.expect("it is a template with an allocator");
    assert!(borrowed.names().eq(template.names()), "{text:?}");
    let router = Router::builder()
        .route("GET", text, 7)
        .build()
        .expect("what is read is routed");
    let values: Vec<(&str, &str)> = template.names().zip(values).collect();
    let mut written = String::new();
    let given: Vec<&dyn NamedValue<'_>> = values.iter().map(|value| value as _).collect();
    let writing = borrowed.write_url(&mut written, &given, &[]);
    assert_eq!(
        template.expand(&values),
        writing
            .map(|()| written)
            .map_err(|error| error.into_owned())
    );
    if let Ok(path) = template.expand(&values) {
        let mut params = PathParams::new();
        let found = router.lookup("GET", &path, &mut params);
        let is_long = path.len() > brrtrouter_core::path::LONGEST_PATH
            || path.matches('/').count() > brrtrouter_core::path::MOST_SEGMENTS;
        assert!(
            is_long || matches!(found, Lookup::Found(_)),
            "{path:?}: {found:?}"
        );
        let names: Vec<&str> = template.names().collect();
        let source = Source::new(&path, &params, &());
        let place = names.iter().position(|name| *name == "a");
        if let (false, Some(place)) = (is_long, place) {
            let read = Params::named(&names, source).path().text(Param::new("a"));
            assert!(read.expect("a text") == values[place].1, "{path:?}");
        }
    }
    explain(&router, target);
    let both = Router::builder()
        .route("GET", text, 0)
        .route("GET", other, 1)
        .build();
    if let Ok(both) = both {
        explain(&both, target);
        assert!(both.to_string().contains("GET"));
        for crossing in both.ambiguities() {
            let mut params = PathParams::new();
            let found = both.lookup("GET", &crossing.witness, &mut params);
            let is_winner =
                matches!(found, Lookup::Found(own) if own.route == crossing.winner.route);
            assert!(is_winner, "{crossing}: {found:?}");
        }
    }
}

fn explain(router: &Router, target: &str) {
    let explanation = router.explain("GET", target);
    let _ = explanation.to_string();
    let mut candidates = explanation.candidates.iter();
    let winner = candidates.find(|one| one.fate == Fate::Wins);
    let is_found = matches!(explanation.lookup, Lookup::Found(_));
    assert_eq!(is_found, winner.is_some(), "{explanation}");
}
