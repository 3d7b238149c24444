//! Scalars, as keys and as values.

use std::borrow::Cow;

use saphyr_parser::{ScalarStyle, Tag};
use serde_json::Value;

use super::{Body, Composer, Frame, Key, Stop};
use crate::diagnostic::code;
use crate::source::mark::Mark;
use crate::source::yaml::core_schema::{self, Plain};

impl Composer<'_> {
    pub(super) fn key(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        at: Mark,
        anchor: usize,
    ) -> Result<(), Stop> {
        let is_plain = style == ScalarStyle::Plain;
        let is_merge = is_plain && tag.is_none() && text == "<<";
        if anchor != 0 {
            let value = self.scalar(text.clone(), style, tag, at)?;
            self.keep_scalar(anchor, value, at)?;
        }
        let is_text = !is_plain
            || tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str")
            || matches!(core_schema::resolve(&text), Plain::Text);
        if !is_text && !is_merge {
            let shown = if text.is_empty() { "null" } else { &text };
            self.fault(
                &code::KEY_NOT_TEXT,
                format!("the key `{shown}` is not text; it is read as \"{shown}\""),
                Some("put it in quotes".into()),
                at,
            );
        }
        let text = if text.is_empty() && is_plain {
            "null".to_owned()
        } else {
            text.into_owned()
        };
        let Some(Frame {
            body: Body::Object(object),
            ..
        }) = self.frames.last_mut()
        else {
            return Ok(());
        };
        object.key = Some(Key {
            text,
            mark: at,
            is_merge,
        });
        Ok(())
    }

    pub(super) fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        at: Mark,
    ) -> Result<Value, Stop> {
        let wanted = match tag {
            Some(tag) if tag.is_yaml_core_schema() => Some(tag.suffix.as_str()),
            // The non-specific tag `!` makes text of a plain scalar (YAML 1.2 §6.9.1).
            Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => Some("str"),
            Some(tag) => {
                self.unknown_tag(tag, at);
                None
            }
            None => None,
        };
        let plain = match wanted {
            Some("str") => return Ok(Value::String(text.into_owned())),
            Some("null" | "bool" | "int" | "float") => core_schema::resolve(&text),
            Some(_) => {
                if let Some(tag) = tag {
                    self.unknown_tag(tag, at);
                }
                return Ok(Value::String(text.into_owned()));
            }
            None if style == ScalarStyle::Plain => core_schema::resolve(&text),
            None => return Ok(Value::String(text.into_owned())),
        };
        let value = match plain {
            Plain::Value(value) => value,
            Plain::Rounded(value) => {
                self.fault(
                    &code::NUMBER_ROUNDED,
                    format!("the integer {text} is beyond 64 bits; its nearest float is taken"),
                    None,
                    at,
                );
                value
            }
            Plain::NotFinite => {
                self.fault(
                    &code::NUMBER_NOT_FINITE,
                    format!("JSON has no number like {text}; it is read as text"),
                    Some("put it in quotes if text is meant".into()),
                    at,
                );
                Value::String(text.clone().into_owned())
            }
            Plain::Text => Value::String(text.clone().into_owned()),
        };
        let fits = match wanted {
            Some("null") => value.is_null(),
            Some("bool") => value.is_boolean(),
            Some("int") => value.is_i64() || value.is_u64(),
            Some("float") => value.is_number(),
            _ => true,
        };
        if let (false, Some(wanted)) = (fits, wanted) {
            return self.stop(
                &code::TAG_MISMATCH,
                format!("`{text}` is not what its tag `!!{wanted}` says"),
                None,
                at,
            );
        }
        Ok(value)
    }

    pub(super) fn unknown_tag(&mut self, tag: &Tag, at: Mark) {
        let shown = if tag.is_yaml_core_schema() {
            format!("!!{}", tag.suffix)
        } else {
            format!("{}{}", tag.handle, tag.suffix)
        };
        self.fault(
            &code::TAG_UNKNOWN,
            format!("the tag `{shown}` has no meaning here"),
            None,
            at,
        );
    }
}
