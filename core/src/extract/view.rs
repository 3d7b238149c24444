//! Style and place → a scalar, items or entries (OpenAPI 3.1 §4.8.12.3, RFC 6570).

mod entries;
mod items;
mod style;

use brrtrouter_spec::model::Style;
use serde_json::Value;

pub(crate) use entries::Entries;
pub(crate) use items::Items;
use items::is_index;

use super::Place;
use super::bracket::Bracketed;
use super::error::ParameterErrorKind as Kind;
use super::plan::{Array, Extractor, Form, Object};
use super::scalar::Scalar;
use super::source::{Parameters, Slot};
use crate::source::{Cookies, FieldItems, NamedPairs, Pairs, Text};
use crate::value::Expected;

/// What a request says of one parameter.
#[derive(Clone)]
pub(crate) enum View<'r> {
    Missing,
    Default(&'r Value),
    /// There, but of no use.
    Wrong(Kind<'r>, Option<Text<'r>>),
    /// There and empty, which it may be.
    Empty(Text<'r>),
    Scalar(Text<'r>, &'r Scalar),
    Array(Items<'r>, &'r Array),
    Object(Entries<'r>, &'r Object),
    Json(Text<'r>),
}

/// Where the parts of a list or an object stand.
enum Standing<'r> {
    /// Behind names with brackets in the query.
    Brackets(Bracketed<'r>),
    /// Each for itself in the query or among the cookies.
    Pairs(NamedPairs<'r>),
    /// In all fields of the name.
    Fields(FieldItems<'r>),
    /// In one text.
    Text,
}

impl<'r> Parameters<'r> {
    /// Whether there is a value or a default.
    pub(crate) fn is_there(&self, index: usize) -> bool {
        self.slots
            .get(index)
            .is_some_and(|slot| slot.value.is_some())
            || self
                .extractors
                .parameters
                .get(index)
                .is_some_and(|parameter| parameter.default.is_some())
    }

    /// What the request says of a parameter.
    pub(crate) fn view(&self, index: usize) -> View<'r> {
        let (Some(parameter), Some(slot)) = (
            self.extractors.parameters.get(index),
            self.slots.get(index).copied(),
        ) else {
            return View::Missing;
        };
        let Some(value) = slot.value else {
            return match &parameter.default {
                Some(default) => View::Default(default),
                None => View::Missing,
            };
        };
        let text = Text {
            raw: value,
            coding: parameter.coding(),
        };
        if parameter.quick.is_some()
            && slot.count == 1
            && let Some(scalar) = &parameter.shape.scalar
        {
            return View::Scalar(text, scalar);
        }
        match parameter.form {
            _ if parameter.place != Place::QueryString && self.is_repeated(parameter, slot) => {
                View::Wrong(Kind::Repeated, Some(text))
            }
            Form::Json => View::Json(text),
            Form::Text => parameter.scalar(text),
            Form::UrlEncoded => match &parameter.shape.object {
                Some(object) => {
                    let pairs = Pairs::of_query(value);
                    View::Object(Entries::UrlEncoded(pairs), object)
                }
                None => parameter.scalar(text),
            },
            Form::Style { .. } => self.styled(parameter, text, slot),
        }
    }

    /// Whether there are several values where there should be one.
    fn is_repeated(&self, parameter: &Extractor, slot: Slot<'_>) -> bool {
        let may_repeat = parameter.shape.array.is_some() || parameter.shape.object.is_some();
        match parameter.form {
            Form::Style {
                style: Style::DeepObject,
                ..
            } => slot.count > 1 && slot.bracketed < slot.count,
            Form::Style { explode: true, .. } if may_repeat => false,
            Form::Style { .. } if may_repeat && parameter.place == Place::Header => false,
            _ if parameter.place == Place::Header => {
                self.source.fields.field_at(&parameter.name, 1).is_some()
            }
            _ => slot.count > 1,
        }
    }

    fn styled(&self, parameter: &'r Extractor, text: Text<'r>, slot: Slot<'r>) -> View<'r> {
        let Form::Style {
            style,
            explode,
            allow_empty,
            ..
        } = parameter.form
        else {
            return parameter.scalar(text);
        };
        let shape = &parameter.shape;
        if text.raw.is_empty() && allow_empty && slot.count == 1 {
            return View::Empty(text);
        }
        let may_be_many = shape.array.is_some() || shape.object.is_some();
        let is_many = match style {
            _ if !may_be_many => false,
            Style::DeepObject => slot.bracketed > 0,
            _ if shape.scalar.is_none() => true,
            _ if explode && parameter.place != Place::Path && shape.array.is_some() => {
                slot.count > 1
            }
            _ => parameter
                .body(text)
                .is_some_and(|body| parameter.separator(explode, body).find(body.raw).is_some()),
        };
        if !is_many && shape.scalar.is_some() {
            return match parameter.body(text) {
                Some(body) => parameter.scalar(body),
                None => View::Wrong(Expected::Style.into(), Some(text)),
            };
        }
        if let Some(object) = &shape.object
            && (shape.array.is_none() || self.is_object(parameter))
        {
            return match Entries::of(self, parameter, object, text) {
                Some(entries) => View::Object(entries, object),
                None => View::Wrong(Expected::Object.into(), Some(text)),
            };
        }
        if let Some(array) = &shape.array {
            return match Items::of(self, parameter, text) {
                Some(items) => View::Array(items, array),
                None => View::Wrong(Expected::Array.into(), Some(text)),
            };
        }
        parameter.scalar(text)
    }

    /// Where the parts of a parameter stand that is a list or an object.
    fn standing(&self, parameter: &'r Extractor) -> Standing<'r> {
        let (name, fields) = (&*parameter.name, self.source.fields);
        match (parameter.place, parameter.style()) {
            (Place::Query, Some((Style::DeepObject, _))) => {
                let coding = parameter.coding();
                Standing::Brackets(Bracketed::new(self.query, name, coding))
            }
            (Place::Query, Some((_, true))) => {
                Standing::Pairs(NamedPairs::Query(Pairs::of_query(self.query)))
            }
            (Place::Cookie, Some((_, true))) => {
                Standing::Pairs(NamedPairs::Cookies(Cookies::new(fields)))
            }
            (Place::Header, _) => Standing::Fields(FieldItems::new(fields, name)),
            _ => Standing::Text,
        }
    }

    /// Whether the brackets of a parameter that may be a list or an object hold names.
    fn is_object(&self, parameter: &Extractor) -> bool {
        Bracketed::new(self.query, &parameter.name, parameter.coding())
            .any(|(inner, _)| !is_index(inner))
    }
}
