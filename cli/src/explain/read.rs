use brrtrouter_core::{
    Extractors, FieldSource, PathParams, Place, PlanError, Router, Slots, Source,
};
use brrtrouter_spec::{Operation, Spec};
use serde::Deserialize;
use serde_json::Value;

use super::Arguments;
use super::request::Field;

/// What an operation makes of the parameters of a request.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) values: Vec<One>,
    pub(super) faults: Vec<String>,
    /// The names in the query that no parameter has.
    pub(super) unknown: Vec<String>,
}

#[derive(Debug)]
pub(super) struct One {
    pub(super) name: String,
    pub(super) place: Place,
    /// The decoded value, or the default; `None` where there is none.
    pub(super) value: Option<Value>,
}

struct Fields<'f>(&'f [Field]);

impl FieldSource for Fields<'_> {
    fn field(&self, name: &str) -> Option<&[u8]> {
        self.field_at(name, 0)
    }

    fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
        let mut own = self
            .0
            .iter()
            .filter(|field| field.name.eq_ignore_ascii_case(name));
        own.nth(index).map(|field| field.value.as_bytes())
    }
}

pub(super) fn read(
    spec: &Spec,
    router: &Router,
    operation: &Operation,
    arguments: &Arguments,
) -> Result<Read, PlanError> {
    let extractors = Extractors::compile(spec, operation)?;
    let mut path = PathParams::new();
    router.lookup(&arguments.method, &arguments.target, &mut path);
    let source = Source {
        target: &arguments.target,
        path: &path,
        fields: &Fields(&arguments.fields),
    };
    let mut slots = Slots::new();
    let found = extractors.extract(source, &mut slots);
    let mut read = Read::default();
    found.check(&mut |error| read.faults.push(error.to_string()));
    for (index, parameter) in extractors.parameters().iter().enumerate() {
        // What cannot be read was told of before.
        let value = found.get(index).map(Value::deserialize);
        if let None | Some(Ok(_)) = &value {
            read.values.push(One {
                name: parameter.name().into(),
                place: parameter.place(),
                value: value.and_then(Result::ok),
            });
        }
    }
    read.unknown = found.unknown_query().map(Into::into).collect();
    Ok(read)
}
