//! From the schemas of OpenAPI 3.0 to JSON Schema 2020-12.

use serde_json::{Map, Value, json};

use super::Here;
use crate::diagnostic::code;
use crate::faults::Faults;
use crate::source::Aim;
use crate::version::Version;

/// Where the keywords of a schema stand that had to be moved down.
pub(super) const MOVED: &str = "/anyOf/0";

/// Rewrites one schema; what it contains has been rewritten before. True if its keywords had to be
/// moved down to [`MOVED`].
pub(super) fn upgrade(schema: &mut Map<String, Value>, here: &Here, faults: &mut Faults) -> bool {
    tuple(schema, here, faults);
    exclusive(schema, "minimum", "exclusiveMinimum", here, faults);
    exclusive(schema, "maximum", "exclusiveMaximum", here, faults);
    if here.version == Version::V30
        && !schema.contains_key("examples")
        && let Some(example) = schema.shift_remove("example")
    {
        schema.insert("examples".into(), Value::Array(vec![example]));
    }
    if let Some(Value::Bool(is_nullable)) = schema.get("nullable") {
        let is_nullable = *is_nullable;
        if here.version > Version::V30 {
            faults.push(
                &code::KEYWORD_OF_3_0,
                here.member_spot("nullable", Aim::Key),
                "`nullable` is of OpenAPI 3.0; it is taken so",
                Some("add \"null\" to `type`"),
            );
        }
        schema.shift_remove("nullable");
        return is_nullable && nullable(schema, here, faults);
    }
    false
}

/// `items: [a, b], additionalItems: c` becomes `prefixItems: [a, b], items: c`.
fn tuple(schema: &mut Map<String, Value>, here: &Here, faults: &mut Faults) {
    if !schema.get("items").is_some_and(Value::is_array) {
        return;
    }
    faults.push(
        &code::KEYWORD_OF_DRAFT,
        here.member_spot("items", Aim::Key),
        "a list under `items` is of early drafts of JSON Schema; it is taken as `prefixItems`",
        Some("write `prefixItems`, since OpenAPI 3.1"),
    );
    if let Some(items) = schema.shift_remove("items") {
        schema.entry("prefixItems").or_insert(items);
    }
    if let Some(rest) = schema.shift_remove("additionalItems") {
        schema.insert("items".into(), rest);
    }
}

/// `minimum: 1, exclusiveMinimum: true` becomes `exclusiveMinimum: 1`.
fn exclusive(
    schema: &mut Map<String, Value>,
    bound: &str,
    exclusive: &str,
    here: &Here,
    faults: &mut Faults,
) {
    match schema.get(exclusive) {
        Some(Value::Bool(is_exclusive)) => {
            let is_exclusive = *is_exclusive;
            if here.version > Version::V30 {
                faults.push(
                    &code::KEYWORD_OF_3_0,
                    here.member_spot(exclusive, Aim::Key),
                    format!("`{exclusive}` as a flag is of OpenAPI 3.0; it is taken so"),
                    Some("give the bound itself"),
                );
            }
            schema.shift_remove(exclusive);
            if is_exclusive && let Some(value) = schema.shift_remove(bound) {
                schema.insert(exclusive.to_owned(), value);
            }
        }
        Some(_) if here.version == Version::V30 => faults.push(
            &code::KEYWORD_OF_3_1,
            here.member_spot(exclusive, Aim::Key),
            format!("`{exclusive}` as a number is of OpenAPI 3.1; it is taken so"),
            Some("state the later version in `openapi`"),
        ),
        _ => {}
    }
}

fn nullable(schema: &mut Map<String, Value>, here: &Here, faults: &mut Faults) -> bool {
    match schema.get_mut("type") {
        Some(Value::String(name)) if name != "null" => {
            let name = std::mem::take(name);
            schema.insert("type".into(), json!([name, "null"]));
        }
        Some(Value::Array(names)) if !names.iter().any(|name| name == "null") => {
            names.push("null".into());
        }
        Some(_) => {}
        None => return without_type(schema, here, faults),
    }
    let mut lacks_null = false;
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
        lacks_null = true;
    }
    if lacks_null {
        faults.push(
            &code::NULLABLE_ENUM,
            here.member_spot("enum", Aim::Key),
            "the schema is nullable, and its `enum` lists no null, which is added",
            Some("add null to `enum`"),
        );
    }
    false
}

/// Strictly `nullable` has no effect then; it is always meant to have one.
fn without_type(schema: &mut Map<String, Value>, here: &Here, faults: &mut Faults) -> bool {
    let asserts = ["$ref", "allOf", "anyOf", "oneOf", "not", "enum", "const"];
    if !asserts.iter().any(|name| schema.contains_key(*name)) {
        // Without these and without a type, null is allowed already.
        return false;
    }
    faults.push(
        &code::NULLABLE_WITHOUT_TYPE,
        here.member_spot("nullable", Aim::Key),
        "`nullable` stands without `type`; null is taken as allowed",
        Some("add `type`, or list a schema for null in `anyOf`"),
    );
    // One more alternative, if nothing else would refuse null. Not so in `oneOf`, where another
    // alternative may take null already.
    let is_alone = asserts
        .iter()
        .all(|other| *other == "anyOf" || !schema.contains_key(*other));
    if is_alone && let Some(Value::Array(alternatives)) = schema.get_mut("anyOf") {
        let null = json!({"type": "null"});
        if !alternatives.contains(&null) {
            alternatives.push(null);
        }
        return false;
    }
    let whole = std::mem::take(schema);
    let mut said = Map::new();
    let mut told = Map::new();
    for (name, value) in whole {
        let is_annotation = matches!(
            name.as_str(),
            "title"
                | "description"
                | "default"
                | "deprecated"
                | "readOnly"
                | "writeOnly"
                | "examples"
        ) || name.starts_with("x-");
        if is_annotation {
            told.insert(name, value);
        } else {
            said.insert(name, value);
        }
    }
    *schema = told;
    schema.insert("anyOf".into(), json!([said, {"type": "null"}]));
    true
}
