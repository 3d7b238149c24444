//! Values against what is planned.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;

use super::error::{ParameterError, ParameterErrorKind as Kind, Part};
use super::json;
use super::plan::{Array, Extractor, Object, Shape};
use super::scalar::{Reading, Scalar};
use super::source::Parameters;
use super::view::{Entries, Items, View};
use crate::source::Text;

impl<'r> Parameters<'r> {
    /// Whether [`check`](Self::check) is known to find nothing; where this is `false`, it may find nothing
    /// all the same.
    #[inline]
    pub fn is_sound(&self) -> bool {
        self.is_sound
    }

    /// Checks every parameter: whether it is there, is well formed and of its type, and keeps the
    /// bounds that its plan knows.
    ///
    /// Where [`needs_validator`](Extractor::needs_validator) holds, there is more to check. Single
    /// values are checked without allocation while they are sound.
    pub fn check(&self, report: &mut dyn FnMut(ParameterError<'r>)) {
        if self.is_sound {
            return;
        }
        let parameters = self.extractors.parameters.iter();
        for (index, (parameter, slot)) in parameters.zip(self.slots).enumerate() {
            if slot.is_sound {
                continue;
            }
            let mut report = |part, kind, text: Option<Text<'r>>| {
                report(ParameterError {
                    name: &parameter.name,
                    place: parameter.place,
                    part,
                    kind,
                    value: text.map(Text::shown),
                });
            };
            self.check_one(index, parameter, &mut report);
        }
    }

    fn check_one(&self, index: usize, parameter: &'r Extractor, report: &mut Report<'_, 'r>) {
        match self.view(index) {
            View::Missing if parameter.is_required => report(Part::Whole, Kind::Missing, None),
            View::Missing | View::Default(_) | View::Empty(_) => {}
            View::Wrong(kind, text) => report(Part::Whole, kind, text),
            View::Scalar(text, scalar) => {
                if let Err(kind) = scalar.check(text) {
                    report(Part::Whole, kind, Some(text));
                }
            }
            View::Array(items, array) => check_items(items, array, Part::Item, None, report),
            View::Object(entries, object) => check_object(&entries, object, report),
            View::Json(text) => check_json(text, report),
        }
    }
}

/// Takes the part at fault, the fault and the text at fault.
type Report<'a, 'r> = dyn FnMut(Part<'r>, Kind<'r>, Option<Text<'r>>) + 'a;

/// Checks a list; `whole` is what is at fault where not a single item is.
fn check_items<'r>(
    items: Items<'r>,
    array: &'r Array,
    part: impl Fn(u32) -> Part<'r>,
    whole: Option<Part<'r>>,
    report: &mut Report<'_, 'r>,
) {
    let mut count = 0_u64;
    let mut seen = Seen::default();
    for item in items {
        let at = u32::try_from(count).unwrap_or(u32::MAX);
        match array.items.check(item) {
            Err(kind) => report(part(at), kind, Some(item)),
            Ok(()) if array.is_unique && !seen.insert(&array.items, item) => {
                report(part(at), Kind::NotUnique, Some(item));
            }
            Ok(()) => {}
        }
        count += 1;
    }
    let whole = whole.unwrap_or(Part::Whole);
    if count < array.least {
        report(whole, Kind::TooFewItems { least: array.least }, None);
    }
    if count > array.most {
        report(whole, Kind::TooManyItems { most: array.most }, None);
    }
}

/// The items of a list that were there before.
#[derive(Default)]
struct Seen<'r> {
    texts: BTreeSet<Cow<'r, str>>,
    integers: BTreeSet<i128>,
    numbers: BTreeSet<u64>,
}

impl<'r> Seen<'r> {
    /// Whether it is new.
    fn insert(&mut self, scalar: &Scalar, item: Text<'r>) -> bool {
        match scalar.read(item) {
            Ok(Reading::Integer(integer)) => self.integers.insert(integer),
            // Adding zero makes -0 and 0 the same.
            Ok(Reading::Number(number)) => self.numbers.insert((number + 0.0).to_bits()),
            _ => self.texts.insert(item.shown()),
        }
    }
}

fn check_object<'r>(entries: &Entries<'r>, object: &'r Object, report: &mut Report<'_, 'r>) {
    for property in &object.properties {
        let name: &'r str = &property.name;
        let mut values = entries
            .clone()
            .filter(|(own, _)| own.is(name.as_bytes()))
            .map(|(_, value)| value);
        let Some(first) = values.next() else {
            if property.is_required {
                report(Part::Property(name), Kind::MissingProperty, None);
            }
            continue;
        };
        let part = Part::Property(name);
        match &property.shape {
            Shape {
                scalar: Some(scalar),
                array,
                ..
            } => match values.next() {
                Some(again) if array.is_none() => report(part, Kind::Repeated, Some(again)),
                Some(_) => {}
                None => {
                    if let Err(kind) = scalar.check(first) {
                        report(part, kind, Some(first));
                    }
                }
            },
            Shape {
                array: Some(array), ..
            } => {
                let items = Items::Property {
                    entries: entries.clone(),
                    name,
                };
                check_items(items, array, |_| part, Some(part), report);
            }
            _ => {}
        }
    }
    for (name, value) in entries.clone() {
        if object.property(|own| name.is(own)).is_some() {
            continue;
        }
        match &object.additional {
            None => report(
                Part::Whole,
                Kind::UnknownProperty(name.shown()),
                Some(value),
            ),
            Some(_) if name.decode().is_err() => {
                report(Part::Whole, Kind::Encoding, Some(name));
            }
            Some(scalar) => {
                if let Err(kind) = scalar.check(value) {
                    report(Part::Whole, kind, Some(value));
                }
            }
        }
    }
}

fn check_json<'r>(text: Text<'r>, report: &mut Report<'_, 'r>) {
    let checked = match text.decode() {
        Ok(json) => json::check(&json),
        Err(_) => Err(Kind::Encoding),
    };
    if let Err(kind) = checked {
        report(Part::Whole, kind, Some(text));
    }
}
