//! Names and values of an object.

use brrtrouter_spec::model::Style;

use super::Standing;
use crate::extract::Extractors;
use crate::extract::bracket::Bracketed;
use crate::extract::plan::{Extractor, Object};
use crate::extract::source::Parameters;
use crate::extract::split::Split;
use crate::source::{Coding, FieldItems, NamedPairs, Pairs, Text, split_at_byte};

/// Names and values of an object, still encoded.
#[derive(Clone)]
pub(crate) enum Entries<'r> {
    /// `R,100,G,200`
    Alternating(Split<'r>),
    /// `R=100,G=200`
    Pairs(Split<'r>),
    /// `name[R]=100&name[G]=200`
    Brackets(Bracketed<'r>),
    /// `R=100&G=200`: the declared properties in the query or among the cookies, and where others
    /// may be there, the names of the query that no other parameter has.
    Exploded {
        pairs: NamedPairs<'r>,
        object: &'r Object,
        others: Option<&'r Extractors>,
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
            Entries::Brackets(pairs) => pairs.next().map(|(mut inner, value)| {
                // `filter[tags][]` is one more way to write a list.
                for end in [&b"]["[..], b"%5D%5B", b"%5d%5b"] {
                    if let Some(own) = inner.raw.strip_suffix(end) {
                        inner.raw = own;
                        break;
                    }
                }
                (inner, value)
            }),
            Entries::Exploded {
                pairs,
                object,
                others,
                coding,
            } => pairs
                .find(|pair| {
                    object.property(|name| pair.name.is(name)).is_some()
                        || others.is_some_and(|others| !others.has_query(pair.name))
                })
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

impl<'r> Entries<'r> {
    /// The entries of a parameter; `None` where the text is not in its style.
    pub(super) fn of(
        parameters: &Parameters<'r>,
        parameter: &'r Extractor,
        object: &'r Object,
        text: Text<'r>,
    ) -> Option<Self> {
        let (style, explode) = parameter.style()?;
        let coding = text.coding;
        Some(match parameters.standing(parameter) {
            Standing::Brackets(pairs) => Entries::Brackets(pairs),
            Standing::Pairs(pairs) => Entries::Exploded {
                others: match pairs {
                    NamedPairs::Query(_) if object.is_open => Some(parameters.extractors),
                    _ => None,
                },
                pairs,
                object,
                coding,
            },
            Standing::Fields(items) => Entries::Fields { items, explode },
            Standing::Text => {
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

fn alternate<'r>(items: &mut impl Iterator<Item = Text<'r>>) -> Option<(Text<'r>, Text<'r>)> {
    let name = items.next()?;
    let value = items.next().unwrap_or(Text {
        raw: &[],
        coding: name.coding,
    });
    Some((name, value))
}

pub(super) fn name_and_value(text: Text<'_>) -> (Text<'_>, Text<'_>) {
    let (name, value) = split_at_byte(text.raw, b'=');
    let with = |raw| Text {
        raw,
        coding: text.coding,
    };
    (with(name), with(value.unwrap_or_default()))
}

impl Extractors {
    fn has_query(&self, name: Text<'_>) -> bool {
        self.query.iter().any(|key| key.takes(name))
    }
}
