use brrtrouter_spec::model::{
    Operation, ParameterIn, ParameterShape, ResponseKey, SchemaRef, SecurityRequirement, Spec,
};
use serde_json::{Value, json};

/// One operation, as it is listed.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) method: String,
    pub(super) path: String,
    /// The `operationId`; `None` where the document gives none.
    pub(super) operation_id: Option<String>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) security: Vec<SecurityRequirement>,
    pub(super) responses: Vec<String>,
    /// Whether another operation answers for it.
    pub(super) is_shadowed: bool,
}

#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) place: &'static str,
    pub(super) is_required: bool,
    pub(super) kind: String,
}

impl Row {
    pub(super) fn of(spec: &Spec, operation: &Operation) -> Self {
        let parameters = operation.parameters.iter().map(|parameter| Parameter {
            name: parameter.name.clone(),
            place: place(parameter.location),
            is_required: parameter.is_required,
            kind: match &parameter.shape {
                ParameterShape::Schema { schema, .. } => kind(spec, schema.as_ref()),
                ParameterShape::Content(media) => media.name.clone(),
                _ => "any".into(),
            },
        });
        Self {
            method: operation.method.clone(),
            path: operation.path.clone(),
            operation_id: operation.is_named.then(|| operation.name.clone()),
            parameters: parameters.collect(),
            security: operation.security.clone(),
            responses: operation
                .responses
                .iter()
                .map(|response| status(response.status))
                .collect(),
            is_shadowed: operation.shadowed_by.is_some(),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let parameters: Vec<Value> = self
            .parameters
            .iter()
            .map(|parameter| {
                json!({
                    "name": parameter.name,
                    "in": parameter.place,
                    "required": parameter.is_required,
                    "type": parameter.kind,
                })
            })
            .collect();
        let security: Vec<Value> = self
            .security
            .iter()
            .map(|requirement| json!(requirement.schemes))
            .collect();
        json!({
            "method": self.method,
            "path": self.path,
            "operationId": self.operation_id,
            "parameters": parameters,
            "security": security,
            "responses": self.responses,
            "shadowed": self.is_shadowed,
        })
    }
}

fn place(place: ParameterIn) -> &'static str {
    match place {
        ParameterIn::Path => "path",
        ParameterIn::Query => "query",
        ParameterIn::QueryString => "querystring",
        ParameterIn::Header => "header",
        ParameterIn::Cookie => "cookie",
        _ => "",
    }
}

fn status(key: ResponseKey) -> String {
    match key {
        ResponseKey::Code(code) => code.to_string(),
        ResponseKey::Range(first) => format!("{first}XX"),
        _ => "default".into(),
    }
}

/// How many references and arrays are looked through for the name of a type.
const DEPTH: usize = 16;

/// What a value is, in a word: `integer`, `uuid`, `string[]`, `string|null`.
fn kind(spec: &Spec, schema: Option<&SchemaRef>) -> String {
    schema
        .and_then(|schema| spec.document.schema(schema))
        .map_or_else(|| "any".into(), |schema| kind_of(spec, schema, DEPTH))
}

fn kind_of(spec: &Spec, schema: &Value, depth: usize) -> String {
    let Some(deeper) = depth.checked_sub(1) else {
        return "any".into();
    };
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return target(spec, reference)
            .map_or_else(|| "any".into(), |schema| kind_of(spec, schema, deeper));
    }
    let named = |name: &str| match (name, schema.get("items"), schema.get("format")) {
        ("array", Some(items), _) => {
            let item = kind_of(spec, items, deeper);
            if item.contains('|') {
                format!("({item})[]")
            } else {
                format!("{item}[]")
            }
        }
        (_, _, Some(Value::String(format))) => format.clone(),
        (name, ..) => name.to_owned(),
    };
    match schema.get("type") {
        Some(Value::String(name)) => named(name),
        Some(Value::Array(names)) => {
            let names: Vec<String> = names
                .iter()
                .filter_map(Value::as_str)
                .map(|name| {
                    if name == "null" {
                        name.into()
                    } else {
                        named(name)
                    }
                })
                .collect();
            names.join("|")
        }
        _ => {
            let alternatives = ["oneOf", "anyOf"]
                .into_iter()
                .find_map(|keyword| schema.get(keyword)?.as_array());
            let mut names: Vec<String> = Vec::new();
            for alternative in alternatives.into_iter().flatten() {
                let name = kind_of(spec, alternative, deeper);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            if names.is_empty() {
                "any".into()
            } else {
                names.join("|")
            }
        }
    }
}

fn target<'s>(spec: &'s Spec, reference: &str) -> Option<&'s Value> {
    let schema = SchemaRef::from_fragment(reference)?;
    spec.document.schema(&schema)
}
