//! A head that outlives the crate's.
//!
//! `may_minihttp` gives up the head when it hands out the body, so the head of a request with
//! content is copied into buffers that the connection keeps.

use brrtrouter_transport::Field;

use crate::limits::MAX_HEADERS;

/// Room for the fields of one head.
pub(crate) type FieldTable<'a> = [Field<'a>; MAX_HEADERS];

/// A table without fields.
pub(crate) const NO_FIELDS: FieldTable<'static> = [Field {
    name: "",
    value: b"",
}; MAX_HEADERS];

/// Method, target and fields of one request, copied.
#[derive(Debug, Default)]
pub(crate) struct HeadCopy {
    text: String,
    values: Vec<u8>,
    method: usize,
    target: usize,
    fields: Vec<(usize, usize)>,
}

impl HeadCopy {
    /// Takes a head over in the place of the one before, keeping the capacity.
    pub(crate) fn store(&mut self, method: &str, target: &str, fields: &[Field<'_>]) {
        self.text.clear();
        self.values.clear();
        self.fields.clear();
        self.text.push_str(method);
        self.text.push_str(target);
        self.method = method.len();
        self.target = target.len();
        for field in fields {
            self.text.push_str(field.name);
            self.values.extend_from_slice(field.value);
            self.fields.push((field.name.len(), field.value.len()));
        }
    }

    /// The method, the target, and the fields in `table`.
    pub(crate) fn read<'a, 't>(
        &'a self,
        table: &'t mut FieldTable<'a>,
    ) -> (&'a str, &'a str, &'t [Field<'a>]) {
        let (method, text) = self.text.split_at(self.method);
        let (target, mut names) = text.split_at(self.target);
        let mut values = self.values.as_slice();
        for (field, &(name, value)) in table.iter_mut().zip(&self.fields) {
            (field.name, names) = names.split_at(name);
            (field.value, values) = values.split_at(value);
        }
        let fields = table.get(..self.fields.len()).unwrap_or_default();
        (method, target, fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_comes_back_as_it_was_stored() {
        let fields = [
            Field {
                name: "Host",
                value: b"a",
            },
            Field {
                name: "X",
                value: b"",
            },
            Field {
                name: "Y",
                value: b"\xe9 b",
            },
        ];
        let mut copy = HeadCopy::default();
        copy.store("DELETE", "/long/before", &[fields[2]; 5]);
        copy.store("POST", "/a?b", &fields);
        let mut table = NO_FIELDS;
        assert_eq!(copy.read(&mut table), ("POST", "/a?b", fields.as_slice()));
        copy.store("GET", "*", &[]);
        let mut table = NO_FIELDS;
        assert_eq!(copy.read(&mut table), ("GET", "*", [].as_slice()));
    }
}
