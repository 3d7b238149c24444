use super::Kind;

/// A keyword of JSON Schema 2020-12 or of a 3.0 schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keyword {
    /// What stands under it.
    pub(crate) kind: Kind,
    /// The JSON type of its value, where it is no schema, list or map.
    pub(crate) value: Operand,
    /// Whether 3.0 has it.
    pub(crate) is_in_3_0: bool,
}

/// The value that a keyword takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operand {
    Anything,
    Text,
    Flag,
    Number,
    /// An integer from 0.
    Count,
    /// A list without schemas.
    Array,
    TextList,
    /// A type, or a list of types.
    Type,
    /// A number; in 3.0 a flag.
    ExclusiveBound,
    /// What its kind says.
    AsKind,
}

const SCHEMAS: Kind = Kind::Map(&Kind::Schema);
const SCHEMA_LIST: Kind = Kind::List(&Kind::Schema);

/// The keyword of that name, or `None` for one that JSON Schema does not know.
pub(crate) fn keyword(name: &str) -> Option<Keyword> {
    use Operand::{Anything, AsKind, Count, ExclusiveBound, Flag, Number, Text, TextList, Type};
    let (kind, value, is_in_3_0) = match name {
        "properties" => (SCHEMAS, AsKind, true),
        "type" => (Kind::Any, Type, true),
        "description" | "title" | "format" => (Kind::Any, Text, true),
        "$ref" | "pattern" => (Kind::Any, Text, true),
        "required" => (Kind::Any, TextList, true),
        "items" | "not" => (Kind::Schema, AsKind, true),
        "enum" => (Kind::Any, Operand::Array, true),
        "example" | "default" => (Kind::Any, Anything, true),
        "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems" => {
            (Kind::Any, Flag, true)
        }
        "allOf" | "anyOf" | "oneOf" => (SCHEMA_LIST, AsKind, true),
        "additionalProperties" => (Kind::Schema, AsKind, true),
        "maximum" | "minimum" | "multipleOf" => (Kind::Any, Number, true),
        "exclusiveMaximum" | "exclusiveMinimum" => (Kind::Any, ExclusiveBound, true),
        "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties" | "minProperties" => {
            (Kind::Any, Count, true)
        }
        "discriminator" => (Kind::Discriminator, AsKind, true),
        "externalDocs" => (Kind::ExternalDocs, AsKind, true),
        "xml" => (Kind::Xml, AsKind, true),
        "patternProperties" | "dependentSchemas" | "$defs" | "definitions" => {
            (SCHEMAS, AsKind, false)
        }
        // Of early drafts, beside a list under `items`.
        "additionalItems" => (Kind::Schema, AsKind, false),
        "prefixItems" => (SCHEMA_LIST, AsKind, false),
        "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "contentSchema" => (Kind::Schema, AsKind, false),
        "const" => (Kind::Any, Anything, false),
        "examples" => (Kind::Any, Operand::Array, false),
        "minContains" | "maxContains" => (Kind::Any, Count, false),
        "$id" | "$schema" | "$anchor" | "$dynamicRef" | "$dynamicAnchor" | "$comment"
        | "contentEncoding" | "contentMediaType" => (Kind::Any, Text, false),
        "dependentRequired" | "$vocabulary" => (Kind::Any, Anything, false),
        _ => return None,
    };
    Some(Keyword {
        kind,
        value,
        is_in_3_0,
    })
}

/// The types of JSON Schema.
pub(crate) const TYPES: &[&str] = &[
    "array", "boolean", "integer", "null", "number", "object", "string",
];
