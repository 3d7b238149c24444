use brrtrouter_core::{Param, ParamKind, Place, Template};
use brrtrouter_transport::Status;
use serde_json::{Map, Value, json};

use crate::reply::ContentShape;
use crate::routes::described;

/// A path, and what a document says of one method of it.
///
/// A path alone is one too: `routes.get("/health", health)`. What is not said comes from the handler:
/// the media types of its body and its answer, and texts for the parameters of its path.
#[derive(Debug, Clone)]
#[must_use]
pub struct Endpoint {
    pub(super) path: String,
    pub(super) name: Option<String>,
    pub(super) parameters: Vec<Described>,
    pub(super) body: Option<DescribedBody>,
    pub(super) answers: Vec<DescribedAnswer>,
    pub(super) security: Vec<Value>,
    /// Further fields of the operation.
    pub(super) fields: Map<String, Value>,
}

#[derive(Debug, Clone)]
pub(super) struct Described {
    pub(super) place: Place,
    pub(super) name: &'static str,
    pub(super) schema: Value,
    pub(super) is_required: bool,
}

#[derive(Debug, Clone)]
pub(super) struct DescribedBody {
    /// The media type; `None` for the one that the handler takes.
    pub(super) kind: Option<String>,
    pub(super) schema: Value,
}

#[derive(Debug, Clone)]
pub(super) struct DescribedAnswer {
    pub(super) status: Status,
    pub(super) description: String,
    pub(super) kind: Option<String>,
    pub(super) schema: Option<Value>,
}

impl Endpoint {
    /// The endpoint at that path, a template as in a document: `/pets/{id}`.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            name: None,
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
            security: Vec::new(),
            fields: Map::new(),
        }
    }

    /// The same under that `operationId`, by which it is set up and named; `METHOD /path` without.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same with a short summary.
    pub fn summary(self, summary: impl Into<String>) -> Self {
        self.field("summary", summary.into().into())
    }

    /// The same with a description, in CommonMark.
    pub fn description(self, description: impl Into<String>) -> Self {
        self.field("description", description.into().into())
    }

    /// The same under one more tag.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        let tags = self.fields.entry("tags").or_insert_with(|| json!([]));
        if let Some(tags) = tags.as_array_mut() {
            tags.push(tag.into().into());
        }
        self
    }

    /// The same with another field of the operation, such as `deprecated` or an extension.
    pub fn field(mut self, name: impl Into<String>, value: Value) -> Self {
        self.fields.insert(name.into(), value);
        self
    }

    /// The same with the type of a parameter of its path.
    pub fn path<T: ?Sized + ParamKind>(self, param: Param<T>) -> Self {
        self.add(Place::Path, param, true)
    }

    /// The same with a query parameter that may be missing.
    pub fn query<T: ?Sized + ParamKind>(self, param: Param<T>) -> Self {
        self.add(Place::Query, param, false)
    }

    /// The same with a query parameter that may stand any number of times.
    pub fn query_list<T: ?Sized + ParamKind>(mut self, param: Param<T>) -> Self {
        self = self.add(Place::Query, param, false);
        if let Some(last) = self.parameters.last_mut() {
            last.schema = json!({"type": "array", "items": last.schema.take()});
        }
        self
    }

    /// The same with a header field that may be missing.
    pub fn header<T: ?Sized + ParamKind>(self, param: Param<T>) -> Self {
        self.add(Place::Header, param, false)
    }

    /// The same with a cookie that may be missing.
    pub fn cookie<T: ?Sized + ParamKind>(self, param: Param<T>) -> Self {
        self.add(Place::Cookie, param, false)
    }

    /// The same, the parameter that was added last being required.
    pub fn required(mut self) -> Self {
        if let Some(last) = self.parameters.last_mut() {
            last.is_required = true;
        }
        self
    }

    /// The same with the value of the parameter that was added last where it is missing.
    pub fn default(mut self, value: impl Into<Value>) -> Self {
        let schema = self.parameters.last_mut().map(|last| &mut last.schema);
        if let Some(schema) = schema.and_then(Value::as_object_mut) {
            schema.insert("default".to_owned(), value.into());
        }
        self
    }

    /// The same with the schema of its body, which is of the media type that the handler takes.
    pub fn body(mut self, schema: Value) -> Self {
        self.body = Some(DescribedBody { kind: None, schema });
        self
    }

    /// The same with a body of that media type.
    pub fn body_of(mut self, kind: impl Into<String>, schema: Value) -> Self {
        self.body = Some(DescribedBody {
            kind: Some(kind.into()),
            schema,
        });
        self
    }

    /// The same with one of its answers, which has JSON of that schema.
    pub fn answer(self, status: Status, description: impl Into<String>, schema: Value) -> Self {
        self.answer_of(status, description, "application/json", schema)
    }

    /// The same with one of its answers, which has content of that media type.
    pub fn answer_of(
        mut self,
        status: Status,
        description: impl Into<String>,
        kind: impl Into<String>,
        schema: Value,
    ) -> Self {
        self.answers.push(DescribedAnswer {
            status,
            description: description.into(),
            kind: Some(kind.into()),
            schema: Some(schema),
        });
        self
    }

    /// The same with one of its answers, which has no content.
    pub fn answer_without_content(
        mut self,
        status: Status,
        description: impl Into<String>,
    ) -> Self {
        self.answers.push(DescribedAnswer {
            status,
            description: description.into(),
            kind: None,
            schema: None,
        });
        self
    }

    /// The same for callers that a security scheme knows, with these scopes. Said several times, any
    /// one is enough.
    pub fn secured(mut self, scheme: &str, scopes: &[&str]) -> Self {
        self.security.push(json!({ scheme: scopes }));
        self
    }

    fn add<T: ?Sized + ParamKind>(
        mut self,
        place: Place,
        param: Param<T>,
        is_required: bool,
    ) -> Self {
        self.parameters.push(Described {
            place,
            name: param.name(),
            schema: described::schema(&param),
            is_required,
        });
        self
    }

    /// Adds what is known of the handler's answer and was not said.
    pub(super) fn answers_by_itself(&mut self, status: Option<Status>, content: ContentShape) {
        let Some(status) = status else {
            return;
        };
        if self.answers.iter().any(|one| one.status == status) {
            return;
        }
        self.answers.push(DescribedAnswer {
            status,
            description: status.reason().to_owned(),
            kind: match content {
                ContentShape::None => None,
                ContentShape::Open => Some("*/*".to_owned()),
                ContentShape::Of(kind) => Some(kind.to_owned()),
            },
            schema: None,
        });
    }
}

impl From<&str> for Endpoint {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}

impl From<String> for Endpoint {
    fn from(path: String) -> Self {
        Self::new(path)
    }
}

impl From<&Template> for Endpoint {
    fn from(template: &Template) -> Self {
        Self::new(template.as_str())
    }
}
