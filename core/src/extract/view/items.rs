//! The items of a list.

use brrtrouter_spec::model::Style;

use super::Standing;
use super::entries::{Entries, name_and_value};
use crate::extract::bracket::Bracketed;
use crate::extract::plan::Extractor;
use crate::extract::source::Parameters;
use crate::extract::split::Split;
use crate::source::{Coding, FieldItems, NamedPairs, Text};

/// The items of a list, still encoded.
#[derive(Clone)]
pub(crate) enum Items<'r> {
    /// Between separators.
    Split(Split<'r>),
    /// Between separators, each with the name before it: `;color=blue;color=black`.
    Named(Split<'r>),
    /// One for each time that the name is in the query or among the cookies.
    Repeated {
        pairs: NamedPairs<'r>,
        name: &'r str,
        coding: Coding,
    },
    /// One for each `name[]` or `name[0]` in the query.
    Brackets(Bracketed<'r>),
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
            Items::Repeated {
                pairs,
                name,
                coding,
            } => pairs
                .find(|pair| pair.name.is(name.as_bytes()))
                .map(|pair| pair.text(*coding)),
            Items::Brackets(pairs) => pairs
                .find(|(inner, _)| is_index(*inner))
                .map(|(_, value)| value),
            Items::Fields(items) => items.next(),
            Items::Property { entries, name } => entries
                .find(|(own, _)| own.is(name.as_bytes()))
                .map(|(_, value)| value),
        }
    }
}

/// Whether what stands in brackets is the place of an item, or nothing: `[]`, `[0]`.
pub(super) fn is_index(inner: Text<'_>) -> bool {
    inner.raw.iter().all(u8::is_ascii_digit)
}

impl<'r> Items<'r> {
    /// The items of a parameter; `None` where the text is not in its style.
    pub(super) fn of(
        parameters: &Parameters<'r>,
        parameter: &'r Extractor,
        text: Text<'r>,
    ) -> Option<Self> {
        let (style, explode) = parameter.style()?;
        let name = &*parameter.name;
        Some(match parameters.standing(parameter) {
            Standing::Brackets(pairs) => Items::Brackets(pairs),
            Standing::Pairs(pairs) => Items::Repeated {
                pairs,
                name,
                coding: text.coding,
            },
            Standing::Fields(items) => Items::Fields(items),
            Standing::Text => {
                let split = parameter.split(explode, parameter.body(text)?);
                if style == Style::Matrix && explode {
                    let has_name = |item| name_and_value(item).0.is(name.as_bytes());
                    if !split.clone().all(has_name) {
                        return None;
                    }
                    Items::Named(split)
                } else {
                    Items::Split(split)
                }
            }
        })
    }
}
