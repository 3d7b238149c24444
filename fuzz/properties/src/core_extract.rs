use std::sync::LazyLock;

use brrtrouter_core::{
    DateTime, Extractors, Lookup, Param, Params, PathParams, Place, Router, Slots, Source,
};
use brrtrouter_spec::{Loader, Spec};
use serde::Deserialize;

use crate::input;

const DOCUMENT: &str = r#"
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /{p}/{q}:
    get:
      operationId: all
      parameters:
        - {name: p, in: path, required: true, style: matrix, explode: true, schema: {type: array, items: {type: integer}}}
        - {name: q, in: path, required: true, style: label, schema: {type: array, items: {type: string}}}
        - {name: s, in: query, schema: {type: string}}
        - {name: n, in: query, schema: {type: [integer, number, boolean, 'null']}}
        - {name: a, in: query, schema: {type: array, uniqueItems: true, items: {type: string}}}
        - {name: b, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: integer}}}
        - {name: d, in: query, style: deepObject, schema: {type: object, properties: {x: {type: integer}, y: {type: array, items: {type: string}}}}}
        - {name: j, in: query, content: {application/json: {schema: {type: object}}}}
        - {name: h, in: header, schema: {type: array, items: {type: number}}}
        - {name: c, in: cookie, schema: {type: string, format: date-time}}
      responses: {'200': {description: Fine.}}
"#;

static PLAN: LazyLock<(Spec, Extractors, Router)> = LazyLock::new(|| {
    let spec = Loader::new()
        .load_str(DOCUMENT, "t.yaml")
        .expect("a sound document");
    let extractors = Extractors::compile(&spec, &spec.operations[0]).expect("sound parameters");
    let router = Router::compile(&spec).expect("sound routes");
    (spec, extractors, router)
});

/// The values of a name, decoded as forms are; `None` where one cannot be.
fn slowly(query: &str, name: &str) -> Vec<Option<String>> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        let bytes = text.as_bytes();
        let mut out = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == b'%' {
                let digits = bytes.get(at + 1..at + 3)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                out.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
                at += 3;
            } else {
                out.push(bytes[at]);
                at += 1;
            }
        }
        String::from_utf8(out)
            .ok()
            .filter(|text| !text.contains('\0'))
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(own, _)| decode(own).as_deref() == Some(name))
        .map(|(_, value)| decode(value))
        .collect()
}

/// Any query, header and cookie through plans of every style; single texts against a slow decoder.
pub fn core_extract(bytes: &[u8]) {
    let Some(input) = input::read::<(&str, &str, &[u8], &[u8], &[u8])>(bytes) else {
        return;
    };
    let (path, query, header, again, cookie) = input;
    let (_, extractors, router) = &*PLAN;
    // No request of HTTP carries one as it is; `%00` is refused.
    if query.contains('\0') {
        return;
    }
    let target = format!("/{path}?{query}");
    let mut params = PathParams::new();
    if !matches!(router.lookup("GET", &target, &mut params), Lookup::Found(_)) {
        return;
    }
    let query = params.query(&target).unwrap_or_default();
    let fields = [("H", header), ("h", again), ("Cookie", cookie)];
    let mut slots = Slots::new();
    let source = Source::new(&target, &params, &fields);
    let found = extractors.extract(source, &mut slots);
    let mut faulty = Vec::new();
    found.check(&mut |error| {
        let _ = error.to_string();
        faulty.push(error.name.to_owned());
    });
    for (index, parameter) in extractors.parameters().iter().enumerate() {
        if let Some(value) = found.get(index)
            && let Err(error) = serde_json::Value::deserialize(value)
        {
            assert!(
                faulty.iter().any(|name| name == parameter.name()),
                "{error} was not reported"
            );
        }
    }
    let text = found.named(Place::Query, "s").map(String::deserialize);
    match (slowly(query, "s").as_slice(), text) {
        ([], text) => assert!(text.is_none()),
        ([Some(slow)], Some(Ok(text))) => assert_eq!(*slow, text),
        ([None] | [_, _, ..], text) => assert!(matches!(text, Some(Err(_))), "{text:?}"),
        (slow, text) => panic!("{slow:?} and {text:?}"),
    }
    for _ in found.unknown_query() {}
    by_descriptor(Params::planned(extractors, source), query);
}

const TEXT: Param<str> = Param::new("s");
const NUMBER: Param<i64> = Param::new("n");
const FLOATS: Param<f32> = Param::new("h");
const TIME: Param<DateTime> = Param::new("c");

fn by_descriptor(params: Params<'_>, query: &str) {
    let values = params.query();
    let texts = values
        .all(TEXT)
        .map(|text| text.ok().map(|text| text.into_owned()));
    assert_eq!(texts.collect::<Vec<_>>(), slowly(query, "s"));
    for (slow, number) in slowly(query, "n").iter().zip(params.query().all(NUMBER)) {
        match (slow, number) {
            (Some(slow), Ok(number)) => assert_eq!(slow.parse(), Ok(number)),
            (_, number) => {
                let _ = number
                    .expect_err("what is no text is no number")
                    .to_string();
            }
        }
    }
    for float in params.headers().all(FLOATS) {
        assert!(float.map_or(true, f32::is_finite));
    }
    if let Ok(Some(time)) = params.cookies().find(TIME) {
        let again = DateTime::parse(&time.to_string());
        assert_eq!(again, Some(time), "{time}");
    }
}
