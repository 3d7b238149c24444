//! Style and place → a scalar, items or entries (OpenAPI 3.1 §4.8.12.3, RFC 6570).

use brrtrouter_spec::model::Style;
use serde_json::Value;

use super::bracket::bracket;
use super::error::ParameterErrorKind as Kind;
use super::plan::{Array, Extractor, Form, Object};
use super::scalar::Scalar;
use super::source::Parameters;
use super::split::{Separator, Split};
use super::{Extractors, Place};
use crate::percent::Plus;
use crate::source::{Coding, Cookies, FieldItems, Pair, Pairs, Text, split_at_byte};
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

/// The items of a list, still encoded.
#[derive(Clone)]
pub(crate) enum Items<'r> {
    /// Between separators.
    Split(Split<'r>),
    /// Between separators, each with the name before it: `;color=blue;color=black`.
    Named(Split<'r>),
    /// One for each time that the name is in the query.
    Query {
        pairs: Pairs<'r>,
        name: &'r str,
        coding: Coding,
    },
    /// One for each `name[]` or `name[0]` in the query.
    Brackets {
        pairs: Pairs<'r>,
        name: &'r str,
        coding: Coding,
    },
    /// One for each cookie of that name.
    Cookies {
        pairs: Cookies<'r>,
        name: &'r str,
        coding: Coding,
    },
    /// In all fields of that name.
    Fields(FieldItems<'r>),
    /// One for each time that the property is there.
    Property { entries: Entries<'r>, name: &'r str },
}

impl<'r> Iterator for Items<'r> {
    type Item = Text<'r>;

    fn next(&mut self) -> Option<Text<'r>> {
        match self {
            Items::Split(split) => split.next(),
            Items::Named(split) => split.next().map(|item| name_and_value(item).1),
            Items::Query {
                pairs,
                name,
                coding,
            } => pairs
                .find(|pair| pair.name.is(name.as_bytes()))
                .map(|pair| pair.text(*coding)),
            Items::Brackets {
                pairs,
                name,
                coding,
            } => pairs
                .find(|pair| {
                    bracket(pair.name, name.as_bytes())
                        .is_some_and(|inner| inner.raw.iter().all(u8::is_ascii_digit))
                })
                .map(|pair| pair.text(*coding)),
            Items::Cookies {
                pairs,
                name,
                coding,
            } => pairs
                .find(|pair| pair.name.is(name.as_bytes()))
                .map(|pair| pair.text(*coding)),
            Items::Fields(items) => items.next(),
            Items::Property { entries, name } => entries
                .find(|(own, _)| own.is(name.as_bytes()))
                .map(|(_, value)| value),
        }
    }
}

/// Names and values of an object, still encoded.
#[derive(Clone)]
pub(crate) enum Entries<'r> {
    /// `R,100,G,200`
    Alternating(Split<'r>),
    /// `R=100,G=200`
    Pairs(Split<'r>),
    /// `name[R]=100&name[G]=200`
    Brackets {
        pairs: Pairs<'r>,
        name: &'r str,
        coding: Coding,
    },
    /// `R=100&G=200`: the declared properties, and the names that no other parameter has.
    Query {
        pairs: Pairs<'r>,
        extractors: &'r Extractors,
        object: &'r Object,
        coding: Coding,
    },
    /// The declared properties among the cookies.
    Cookies {
        pairs: Cookies<'r>,
        object: &'r Object,
        coding: Coding,
    },
    /// In all fields of that name.
    Fields {
        items: FieldItems<'r>,
        explode: bool,
    },
    /// All that a form holds.
    UrlEncoded(Pairs<'r>),
}

impl<'r> Iterator for Entries<'r> {
    type Item = (Text<'r>, Text<'r>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Entries::Alternating(split) => alternate(split),
            Entries::Pairs(split) => split.next().map(name_and_value),
            Entries::Brackets {
                pairs,
                name,
                coding,
            } => pairs.find_map(|pair| {
                let mut inner = bracket(pair.name, name.as_bytes())?;
                // `filter[tags][]` is one more way to write a list.
                for end in [&b"]["[..], b"%5D%5B", b"%5d%5b"] {
                    if let Some(own) = inner.raw.strip_suffix(end) {
                        inner.raw = own;
                        break;
                    }
                }
                Some((inner, pair.text(*coding)))
            }),
            Entries::Query {
                pairs,
                extractors,
                object,
                coding,
            } => pairs
                .find(|pair| {
                    object.property(|name| pair.name.is(name)).is_some()
                        || (object.is_open && !extractors.has_query(pair.name))
                })
                .map(|pair| (pair.name, pair.text(*coding))),
            Entries::Cookies {
                pairs,
                object,
                coding,
            } => pairs
                .find(|pair| object.property(|name| pair.name.is(name)).is_some())
                .map(|pair| (pair.name, pair.text(*coding))),
            Entries::Fields {
                items,
                explode: true,
            } => items.next().map(name_and_value),
            Entries::Fields { items, .. } => alternate(items),
            Entries::UrlEncoded(pairs) => pairs
                .next()
                .map(|pair| (pair.name, pair.text(pair.name.coding))),
        }
    }
}

fn alternate<'r>(items: &mut impl Iterator<Item = Text<'r>>) -> Option<(Text<'r>, Text<'r>)> {
    let name = items.next()?;
    let value = items.next().unwrap_or(Text {
        raw: &[],
        coding: name.coding,
    });
    Some((name, value))
}

fn name_and_value(text: Text<'_>) -> (Text<'_>, Text<'_>) {
    let (name, value) = split_at_byte(text.raw, b'=');
    let with = |raw| Text {
        raw,
        coding: text.coding,
    };
    (with(name), with(value.unwrap_or_default()))
}

impl<'r> Pair<'r> {
    fn text(&self, coding: Coding) -> Text<'r> {
        Text {
            raw: self.value,
            coding,
        }
    }
}

impl Extractors {
    fn has_query(&self, name: Text<'_>) -> bool {
        self.query.iter().any(|key| key.takes(name))
    }
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
            _ if parameter.place != Place::QueryString
                && self.is_repeated(parameter, slot.count) =>
            {
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
            Form::Style { .. } => self.styled(parameter, text, slot.count, slot.is_bracketed),
        }
    }

    /// Whether there are several values where there should be one.
    fn is_repeated(&self, parameter: &Extractor, count: u32) -> bool {
        let may_repeat = parameter.shape.array.is_some() || parameter.shape.object.is_some();
        match parameter.form {
            Form::Style {
                style: Style::DeepObject,
                ..
            } => false,
            Form::Style { explode: true, .. } if may_repeat => false,
            Form::Style { .. } if may_repeat && parameter.place == Place::Header => false,
            _ if parameter.place == Place::Header => {
                self.source.fields.field_at(&parameter.name, 1).is_some()
            }
            _ => count > 1,
        }
    }

    fn styled(
        &self,
        parameter: &'r Extractor,
        text: Text<'r>,
        count: u32,
        is_bracketed: bool,
    ) -> View<'r> {
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
        if text.raw.is_empty() && allow_empty && count == 1 {
            return View::Empty(text);
        }
        let is_many = match style {
            Style::DeepObject => is_bracketed,
            _ if shape.scalar.is_none() => true,
            _ if explode && parameter.place != Place::Path && shape.array.is_some() => count > 1,
            _ => parameter
                .body(text)
                .is_some_and(|body| parameter.separator(explode, body).find(body.raw).is_some()),
        };
        if !is_many && shape.scalar.is_some() {
            return match parameter.body(text) {
                Some(body) => parameter.scalar(body),
                None => View::Wrong(
                    Kind::Malformed {
                        expected: Expected::Style,
                    },
                    Some(text),
                ),
            };
        }
        if let Some(object) = &shape.object
            && (shape.array.is_none() || self.is_object(parameter))
        {
            return match self.entries(parameter, object, text) {
                Some(entries) => View::Object(entries, object),
                None => View::Wrong(
                    Kind::Malformed {
                        expected: Expected::Object,
                    },
                    Some(text),
                ),
            };
        }
        if let Some(array) = &shape.array {
            return match self.items(parameter, text) {
                Some(items) => View::Array(items, array),
                None => View::Wrong(
                    Kind::Malformed {
                        expected: Expected::Array,
                    },
                    Some(text),
                ),
            };
        }
        parameter.scalar(text)
    }

    /// Whether the brackets of a parameter that may be a list or an object hold names.
    fn is_object(&self, parameter: &Extractor) -> bool {
        Pairs::of_query(self.query).any(|pair| {
            bracket(pair.name, parameter.name.as_bytes())
                .is_some_and(|inner| !inner.raw.iter().all(u8::is_ascii_digit))
        })
    }

    fn items(&self, parameter: &'r Extractor, text: Text<'r>) -> Option<Items<'r>> {
        let Form::Style { style, explode, .. } = parameter.form else {
            return None;
        };
        let name = &*parameter.name;
        let coding = text.coding;
        Some(match parameter.place {
            Place::Query if style == Style::DeepObject => Items::Brackets {
                pairs: Pairs::of_query(self.query),
                name,
                coding,
            },
            Place::Query if explode => Items::Query {
                pairs: Pairs::of_query(self.query),
                name,
                coding,
            },
            Place::Cookie if explode => Items::Cookies {
                pairs: Cookies::new(self.source.fields),
                name,
                coding,
            },
            Place::Header => Items::Fields(FieldItems::new(self.source.fields, name)),
            _ => {
                let split = parameter.split(explode, parameter.body(text)?);
                if style == Style::Matrix && explode {
                    Items::Named(split)
                } else {
                    Items::Split(split)
                }
            }
        })
    }

    fn entries(
        &self,
        parameter: &'r Extractor,
        object: &'r Object,
        text: Text<'r>,
    ) -> Option<Entries<'r>> {
        let Form::Style { style, explode, .. } = parameter.form else {
            return None;
        };
        let name = &*parameter.name;
        let coding = text.coding;
        Some(match parameter.place {
            Place::Query if style == Style::DeepObject => Entries::Brackets {
                pairs: Pairs::of_query(self.query),
                name,
                coding,
            },
            Place::Query if explode => Entries::Query {
                pairs: Pairs::of_query(self.query),
                extractors: self.extractors,
                object,
                coding,
            },
            Place::Cookie if explode => Entries::Cookies {
                pairs: Cookies::new(self.source.fields),
                object,
                coding,
            },
            Place::Header => Entries::Fields {
                items: FieldItems::new(self.source.fields, name),
                explode,
            },
            _ => {
                let body = match style {
                    // Exploded, the names of the properties stand where the parameter's would.
                    Style::Matrix if explode => Text {
                        raw: text.raw.strip_prefix(b";")?,
                        coding,
                    },
                    _ => parameter.body(text)?,
                };
                let split = parameter.split(explode, body);
                if explode {
                    Entries::Pairs(split)
                } else {
                    Entries::Alternating(split)
                }
            }
        })
    }
}

impl Extractor {
    fn coding(&self) -> Coding {
        match (self.place, self.form) {
            (Place::Path, _) => Coding::Percent(Plus::Plus),
            (
                Place::Query,
                Form::Style {
                    allow_reserved: true,
                    ..
                },
            ) => Coding::Percent(Plus::Plus),
            (Place::Query | Place::QueryString, _) => Coding::Percent(Plus::Space),
            (Place::Header, _) => Coding::Plain,
            (
                Place::Cookie,
                Form::Style {
                    style: Style::Cookie,
                    ..
                },
            ) => Coding::Plain,
            (Place::Cookie, _) => Coding::Percent(Plus::Plus),
        }
    }

    fn scalar<'r>(&'r self, text: Text<'r>) -> View<'r> {
        match (&self.shape.scalar, &self.shape.array) {
            (Some(scalar), _) => View::Scalar(text, scalar),
            (None, array) => View::Wrong(
                Kind::Malformed {
                    expected: if array.is_some() {
                        Expected::Array
                    } else {
                        Expected::Object
                    },
                },
                Some(text),
            ),
        }
    }

    /// The value without what the style puts before it.
    fn body<'r>(&self, text: Text<'r>) -> Option<Text<'r>> {
        let Form::Style { style, explode, .. } = self.form else {
            return Some(text);
        };
        let raw = match style {
            Style::Label => text.raw.strip_prefix(b".")?,
            Style::Matrix => {
                let rest = text.raw.strip_prefix(b";")?;
                if explode && self.shape.array.is_some() {
                    rest
                } else {
                    let (name, value) = split_at_byte(rest, b'=');
                    let name = Text {
                        raw: name,
                        coding: text.coding,
                    };
                    if !name.is(self.name.as_bytes()) {
                        return None;
                    }
                    value.unwrap_or_default()
                }
            }
            _ => text.raw,
        };
        Some(Text { raw, ..text })
    }

    fn separator(&self, explode: bool, body: Text<'_>) -> Separator {
        let Form::Style { style, .. } = self.form else {
            return Separator::Comma;
        };
        match style {
            Style::SpaceDelimited => Separator::Space,
            Style::PipeDelimited => Separator::Pipe,
            Style::Label if explode => Separator::Dot,
            // OpenAPI 3.0 separated with dots what RFC 6570 and 3.1 separate with commas.
            Style::Label if !body.raw.contains(&b',') => Separator::Dot,
            Style::Matrix if explode => Separator::Semicolon,
            _ => Separator::Comma,
        }
    }

    fn split<'r>(&'r self, explode: bool, body: Text<'r>) -> Split<'r> {
        Split {
            // No value at all is an empty list.
            rest: (!body.raw.is_empty()).then_some(body.raw),
            separator: self.separator(explode, body),
            coding: body.coding,
        }
    }
}
