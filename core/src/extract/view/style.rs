//! How the style of a parameter puts a value.

use brrtrouter_spec::model::Style;

use super::View;
use crate::extract::plan::{Extractor, Form};
use crate::extract::split::{Separator, Split};
use crate::percent::Plus;
use crate::source::{Coding, Place, Text, split_at_byte};
use crate::value::Expected;

impl Extractor {
    pub(super) fn coding(&self) -> Coding {
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

    /// The style, and whether it is exploded.
    pub(super) fn style(&self) -> Option<(Style, bool)> {
        match self.form {
            Form::Style { style, explode, .. } => Some((style, explode)),
            _ => None,
        }
    }

    pub(super) fn scalar<'r>(&'r self, text: Text<'r>) -> View<'r> {
        match (&self.shape.scalar, &self.shape.array) {
            (Some(scalar), _) => View::Scalar(text, scalar),
            (None, Some(_)) => View::Wrong(Expected::Array.into(), Some(text)),
            (None, None) => View::Wrong(Expected::Object.into(), Some(text)),
        }
    }

    /// The value without what the style puts before it.
    pub(super) fn body<'r>(&self, text: Text<'r>) -> Option<Text<'r>> {
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

    pub(super) fn separator(&self, explode: bool, body: Text<'_>) -> Separator {
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

    pub(super) fn split<'r>(&'r self, explode: bool, body: Text<'r>) -> Split<'r> {
        Split {
            // No value at all is an empty list.
            rest: (!body.raw.is_empty()).then_some(body.raw),
            separator: self.separator(explode, body),
            coding: body.coding,
        }
    }
}
