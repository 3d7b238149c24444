//! Header fields that hold lists.

use super::{Coding, FieldSource, Text};

/// The items of all fields of one name (RFC 9110 §5.6.1): white space around an item does not count,
/// and nothing between two commas is nothing.
#[derive(Clone)]
pub(crate) struct FieldItems<'r> {
    fields: &'r dyn FieldSource,
    name: &'r str,
    next: usize,
    /// What is left of the field before the next one.
    rest: &'r [u8],
}

impl<'r> FieldItems<'r> {
    pub(crate) fn new(fields: &'r dyn FieldSource, name: &'r str) -> Self {
        Self {
            fields,
            name,
            next: 0,
            rest: &[],
        }
    }
}

impl<'r> Iterator for FieldItems<'r> {
    type Item = Text<'r>;

    fn next(&mut self) -> Option<Text<'r>> {
        loop {
            while self.rest.is_empty() {
                self.rest = self.fields.field_at(self.name, self.next)?;
                self.next += 1;
            }
            let (item, rest) = super::split_at_byte(self.rest, b',');
            self.rest = rest.unwrap_or_default();
            let raw = item.trim_ascii();
            if !raw.is_empty() {
                return Some(Text {
                    raw,
                    coding: Coding::Plain,
                });
            }
        }
    }
}
