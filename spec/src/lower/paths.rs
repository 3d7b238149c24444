use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::Value;

use super::operation::{Item, Route};
use super::template::Template;
use super::{Lowerer, Node};
use crate::diagnostic::code;
use crate::model::{Callback, Operation, OperationId, SecurityRequirement, SecurityScheme};
use crate::pointer;
use crate::reference;
use crate::source::Aim;

/// The methods that have a field of their own, in the order of the specification.
pub(super) const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

/// What holds for all operations of a document.
#[derive(Clone, Copy)]
pub(super) struct Shared<'s> {
    pub(super) security: &'s [SecurityRequirement],
    pub(super) schemes: &'s IndexMap<String, SecurityScheme>,
}

/// A path item and what its references lead to, the nearest first.
pub(super) type Layers<'a> = Vec<Node<'a>>;

impl<'a> Lowerer<'a> {
    pub(super) fn paths(
        &mut self,
        document: &Node<'a>,
        security: &[SecurityRequirement],
        schemes: &IndexMap<String, SecurityScheme>,
    ) -> Vec<Operation> {
        let shared = Shared { security, schemes };
        let mut operations = Vec::new();
        for (key, value, pointer) in document.map("paths") {
            if !key.starts_with('/') {
                continue;
            }
            let path = self.plain_path(key, &pointer);
            let template = match Template::parse(path) {
                Ok(template) => Some(template),
                Err(fault) => {
                    let code = if fault.is_repetition {
                        &code::TEMPLATE_REPEATS
                    } else {
                        &code::TEMPLATE_MALFORMED
                    };
                    self.fault(code, &pointer, Aim::Key, fault.message, None);
                    None
                }
            };
            let layers = self.layers(value, pointer);
            self.path_item(path, template.as_ref(), &layers, shared, &mut operations);
        }
        self.check_ids(&mut operations);
        self.check_shapes(&mut operations);
        operations
    }

    pub(super) fn webhooks(
        &mut self,
        document: &Node<'a>,
        security: &[SecurityRequirement],
        schemes: &IndexMap<String, SecurityScheme>,
    ) -> Vec<Operation> {
        let shared = Shared { security, schemes };
        let mut operations = Vec::new();
        for (name, value, pointer) in document.map("webhooks") {
            let layers = self.layers(value, pointer);
            self.path_item(name, None, &layers, shared, &mut operations);
        }
        operations
    }

    pub(super) fn callbacks(&mut self, operation: &Node<'a>, shared: Shared<'_>) -> Vec<Callback> {
        let mut callbacks = Vec::new();
        for (name, value, pointer) in operation.map("callbacks") {
            let Some((node, _)) = self.node(value, pointer) else {
                continue;
            };
            if self.callbacks.contains(&node.pointer) {
                continue;
            }
            self.callbacks.push(node.pointer.clone());
            for (expression, value) in node.object {
                if expression.starts_with("x-") {
                    continue;
                }
                let pointer = pointer::join(&node.pointer, expression);
                let layers = self.layers(value, pointer);
                let mut operations = Vec::new();
                self.path_item(expression, None, &layers, shared, &mut operations);
                callbacks.push(Callback {
                    name: name.to_owned(),
                    expression: expression.clone(),
                    operations,
                    extensions: node.extensions(),
                });
            }
            self.callbacks.pop();
        }
        callbacks
    }

    /// Leaves out `#fragment` and `?query`, which no path of a request can have.
    fn plain_path<'k>(&mut self, key: &'k str, pointer: &str) -> &'k str {
        let mut path = key;
        if let Some((before, fragment)) = path.split_once('#') {
            path = before;
            self.fault(
                &code::PATH_FRAGMENT,
                pointer,
                Aim::Key,
                format!("the path has the fragment `#{fragment}`, which is left out"),
                Some("no request carries a fragment"),
            );
        }
        if let Some((before, query)) = path.split_once('?') {
            path = before;
            self.fault(
                &code::PATH_QUERY,
                pointer,
                Aim::Key,
                format!("the path has the query `?{query}`, which is left out"),
                Some("declare query parameters"),
            );
        }
        path
    }

    fn layers(&mut self, value: &'a Value, pointer: String) -> Layers<'a> {
        let mut layers = Vec::new();
        let mut next = Some((value, pointer));
        while let Some((Value::Object(object), pointer)) = next.take() {
            if layers.len() >= self.hops {
                self.fault(
                    &code::REFERENCE_CYCLE,
                    &pointer::join(&pointer, "$ref"),
                    Aim::Value,
                    "the reference leads in a circle, or over more references than the limit \
                     allows",
                    None,
                );
                break;
            }
            if let Some(Value::String(text)) = object.get("$ref")
                && let Some(target) = reference::local(text)
                && let Some(value) = self.root.pointer(&target)
            {
                next = Some((value, target.into_owned()));
            }
            layers.push(Node { object, pointer });
        }
        layers
    }

    fn path_item(
        &mut self,
        path: &str,
        template: Option<&Template>,
        layers: &Layers<'a>,
        shared: Shared<'_>,
        operations: &mut Vec<Operation>,
    ) {
        let item = Item::of(self, layers);
        let route = Route {
            path,
            template,
            item: &item,
            shared,
        };
        // In the order of the document; what stands beside a reference is before its target.
        let mut seen: Vec<String> = Vec::new();
        for layer in layers {
            for (name, value) in layer.object {
                if METHODS.contains(&name.as_str()) && !seen.contains(name) {
                    seen.push(name.clone());
                    let pointer = pointer::join(&layer.pointer, name);
                    let method = name.to_ascii_uppercase();
                    self.push(route, method, value, pointer, operations);
                }
            }
            for (method, value, pointer) in layer.map("additionalOperations") {
                self.check_method(method, &pointer);
                if !seen.iter().any(|other| other == method) {
                    seen.push(method.to_owned());
                    let method = method.to_owned();
                    self.push(route, method, value, pointer, operations);
                }
            }
        }
    }

    fn push(
        &mut self,
        route: Route<'_, 'a>,
        method: String,
        value: &'a Value,
        pointer: String,
        operations: &mut Vec<Operation>,
    ) {
        let Value::Object(object) = value else {
            return;
        };
        let node = Node { object, pointer };
        let id = OperationId::new(u32::try_from(operations.len()).unwrap_or(u32::MAX));
        let operation = self.operation(id, route, method, &node);
        operations.push(operation);
    }

    fn check_method(&mut self, method: &str, pointer: &str) {
        let is_token = !method.is_empty()
            && method
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
        let has_field = METHODS
            .iter()
            .any(|field| field.eq_ignore_ascii_case(method));
        let message = if !is_token {
            format!("`{method}` is not a method")
        } else if has_field {
            format!("the method `{method}` has its own field in a path item")
        } else {
            return;
        };
        self.fault(&code::METHOD_INVALID, pointer, Aim::Key, message, None);
    }

    /// Sees that every name stands for one operation.
    fn check_ids(&mut self, operations: &mut [Operation]) {
        let mut seen: HashMap<String, (String, String)> = HashMap::new();
        for operation in operations {
            if !operation.is_named {
                self.fault(
                    &code::OPERATION_ID_MISSING,
                    &operation.pointer,
                    Aim::Key,
                    format!(
                        "the operation has no operationId; it is called `{}`",
                        operation.name
                    ),
                    None,
                );
                continue;
            }
            if let Some((method, path)) = seen.get(&operation.name) {
                let fallback = format!("{} {}", operation.method, operation.path);
                let message = format!(
                    "the operationId `{}` is that of {method} {path}; this operation is called \
                     `{fallback}`",
                    operation.name,
                );
                operation.name = fallback;
                operation.is_named = false;
                self.fault(
                    &code::OPERATION_ID_TWICE,
                    &format!("{}/operationId", operation.pointer),
                    Aim::Value,
                    message,
                    Some("an operationId is what a handler is registered by"),
                );
            } else {
                let route = (operation.method.clone(), operation.path.clone());
                seen.insert(operation.name.clone(), route);
            }
        }
    }

    /// Marks operations that another one of the same method always answers for.
    fn check_shapes(&mut self, operations: &mut [Operation]) {
        let mut seen: HashMap<(String, String), usize> = HashMap::new();
        let mut shadows = Vec::new();
        for (index, operation) in operations.iter().enumerate() {
            let shape = super::template::shape(&operation.path);
            let key = (operation.method.clone(), shape);
            match seen.get(&key) {
                Some(first) => shadows.push((index, *first)),
                None => {
                    seen.insert(key, index);
                }
            }
        }
        for (index, first) in shadows {
            let (Some(shadow), Some(other)) = (operations.get(index), operations.get(first)) else {
                continue;
            };
            let message = format!(
                "{} {} matches the same paths as {} {}, which answers for it",
                shadow.method, shadow.path, other.method, other.path
            );
            let (pointer, id) = (shadow.pointer.clone(), other.id);
            self.fault(
                &code::SAME_SHAPE,
                &pointer,
                Aim::Key,
                message,
                Some("make them one operation"),
            );
            if let Some(shadow) = operations.get_mut(index) {
                shadow.shadowed_by = Some(id);
            }
        }
    }
}
