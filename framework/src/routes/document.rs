use brrtrouter_core::{Place, Template};
use brrtrouter_spec::{Loader, Spec};
use serde_json::{Map, Value, json};

use crate::extract::BodyShape;
use crate::handler::Unbound;
use crate::routes::RouterBuilder;
use crate::routes::endpoint::{Described, DescribedAnswer};
use crate::routes::route::Route;
use crate::service::BuildFault;

/// What documents of routes are called where they are at fault.
const FILE: &str = "routes in code";

/// The media type of problems.
const PROBLEM: &str = "application/problem+json";

/// The methods that a path item has fields for; others stand under `additionalOperations`, which
/// came with OpenAPI 3.2.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// A document with routes written into it.
pub(crate) struct Written {
    pub(crate) spec: Spec,
    pub(crate) handlers: Vec<(String, Box<dyn Unbound>)>,
}

/// A document of that title and version that describes nothing.
pub(crate) fn empty(title: &str, version: &str) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": {},
    })
}

/// Writes routes into a document, and loads what comes of it.
///
/// # Errors
///
/// Routes that are there already, and everything for which the document cannot be used.
pub(crate) fn write(
    mut root: Value,
    known: Option<&Spec>,
    routes: RouterBuilder,
) -> Result<Written, Vec<BuildFault>> {
    let mut faults = Vec::new();
    let mut handlers = Vec::new();
    let mut names: Vec<(String, String, String)> = Vec::new();
    for (kind, name, content) in routes.components {
        let components = object(object(&mut root, "components"), kind);
        match components.get(&name) {
            Some(other) if *other != content => faults.push(BuildFault::Routes {
                message: format!("there are two {kind} named {name:?}, and they differ"),
            }),
            _ => components[&name] = content,
        }
    }
    for route in routes.routes {
        let (name, method, path) = (route.name(), route.method.clone(), &route.endpoint.path);
        let before = names
            .iter()
            .find(|(_, own, at)| (own, at) == (&method, path))
            .map(|(name, ..)| name.clone())
            .or_else(|| operation_at(known, &method, path));
        if let Some(other) = before {
            faults.push(BuildFault::SamePath {
                operation: name,
                other,
                method,
                path: path.clone(),
                location: None,
            });
            continue;
        }
        names.push((name.clone(), method, path.clone()));
        if let Err(fault) = place(&mut root, &route) {
            faults.push(fault);
            continue;
        }
        handlers.push((name, route.handler));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let spec = load(&root, known)?;
    Ok(Written { spec, handlers })
}

fn operation_at(known: Option<&Spec>, method: &str, path: &str) -> Option<String> {
    let mut operations = known?.operations.iter();
    let found = operations.find(|one| one.method == method && one.path == path)?;
    Some(found.name.clone())
}

/// Loads the document; what was known of its operations stays known.
fn load(root: &Value, known: Option<&Spec>) -> Result<Spec, Vec<BuildFault>> {
    let fault = |message: String| vec![BuildFault::Routes { message }];
    let mut spec = Loader::new()
        .load_str(root.to_string(), format!("{FILE}.json"))
        .map_err(|error| fault(error.to_string()))?;
    let Some(known) = known else {
        return Ok(spec);
    };
    for operation in &mut spec.operations {
        operation.location = known
            .operations
            .iter()
            .find(|one| (&one.method, &one.path) == (&operation.method, &operation.path))
            .and_then(|one| one.location.clone());
    }
    spec.diagnostics.clone_from(&known.diagnostics);
    Ok(spec)
}

/// Writes one route's operation.
fn place(root: &mut Value, route: &Route) -> Result<(), BuildFault> {
    let endpoint = &route.endpoint;
    let refused = |message: String| BuildFault::Routes {
        message: format!("{} {}: {message}", route.method, endpoint.path),
    };
    let template = Template::parse(&endpoint.path).map_err(|fault| refused(fault.to_string()))?;
    if template.has_catch_all() {
        let message = "a document cannot describe a parameter that takes the rest of a path";
        return Err(refused(message.to_owned()));
    }
    let in_vain = |one: &&Described| {
        one.place == Place::Path && !template.names().any(|name| name == one.name)
    };
    if let Some(vain) = endpoint.parameters.iter().find(in_vain) {
        return Err(refused(format!(
            "the path has no parameter {:?}",
            vain.name
        )));
    }
    let is_old = root["openapi"]
        .as_str()
        .is_some_and(|version| version < "3.2");
    let item = object(object(root, "paths"), &endpoint.path);
    let operation = operation(route, &template, item.get("parameters").is_some());
    let method = route.method.to_ascii_lowercase();
    if METHODS.contains(&method.as_str()) {
        *object(item, &method) = operation;
        return Ok(());
    }
    *object(object(item, "additionalOperations"), &route.method) = operation;
    if is_old {
        root["openapi"] = "3.2.0".into();
    }
    Ok(())
}

fn operation(route: &Route, template: &Template, has_shared: bool) -> Value {
    let endpoint = &route.endpoint;
    let mut operation = endpoint.fields.clone();
    operation.insert("operationId".to_owned(), route.name().into());
    let mut parameters: Vec<Value> = endpoint.parameters.iter().map(parameter).collect();
    for name in template.names() {
        let is_described = |one: &Described| one.place == Place::Path && one.name == name;
        // What the document says of all methods of the path holds for this one too.
        if !has_shared && !endpoint.parameters.iter().any(is_described) {
            parameters.push(json!({
                "name": name, "in": "path", "required": true, "schema": {"type": "string"},
            }));
        }
    }
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), parameters.into());
    }
    if let Some(body) = body(route) {
        operation.insert("requestBody".to_owned(), body);
    }
    if !endpoint.security.is_empty() {
        operation.insert("security".to_owned(), endpoint.security.clone().into());
    }
    operation.insert("responses".to_owned(), responses(&endpoint.answers));
    Value::Object(operation)
}

fn parameter(described: &Described) -> Value {
    json!({
        "name": described.name,
        "in": described.place.to_string(),
        "required": described.is_required,
        "schema": described.schema,
    })
}

fn body(route: &Route) -> Option<Value> {
    let (taken, is_required) = match route.body {
        BodyShape::None => (None, true),
        BodyShape::Required(kind) => (Some(kind), true),
        BodyShape::Optional(kind) => (Some(kind), false),
    };
    let described = route.endpoint.body.as_ref();
    let kind = described.and_then(|body| body.kind.as_deref()).or(taken);
    let kind = kind.or(described.map(|_| "application/json"))?;
    let media = match described {
        Some(body) => json!({"schema": body.schema}),
        None => json!({}),
    };
    Some(json!({"required": is_required, "content": {kind: media}}))
}

/// The answers, and problems for all that is not said.
fn responses(answers: &[DescribedAnswer]) -> Value {
    let mut responses = Map::new();
    for answer in answers {
        let mut response = json!({"description": answer.description});
        if let Some(kind) = &answer.kind {
            let media = match &answer.schema {
                Some(schema) => json!({"schema": schema}),
                None => json!({}),
            };
            response["content"] = json!({kind: media});
        }
        responses.insert(answer.status.code().to_string(), response);
    }
    let default = match responses.is_empty() {
        true => json!({"description": "What is asked for.", "content": {"*/*": {}}}),
        false => json!({"description": "A problem.", "content": {PROBLEM: {}}}),
    };
    responses.insert("default".to_owned(), default);
    Value::Object(responses)
}

/// The member of that name, an empty object where there is none.
fn object<'v>(value: &'v mut Value, name: &str) -> &'v mut Value {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let member = &mut value[name];
    if member.is_null() {
        *member = Value::Object(Map::new());
    }
    member
}
