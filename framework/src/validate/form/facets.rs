use brrtrouter_spec::model::Document;
use serde_json::{Map, Value};

/// How many schemas are looked at for one value.
const MOST: usize = 64;

/// All schemas that speak of one value: one, and those that it refers to and is combined of.
#[derive(Debug, Default)]
pub(super) struct Facets<'d> {
    document: Option<&'d Document>,
    schemas: Vec<&'d Map<String, Value>>,
}

impl<'d> Facets<'d> {
    /// Those of a schema of that document.
    pub(super) fn of(document: &'d Document, schema: &'d Value) -> Self {
        Self {
            document: Some(document),
            schemas: Vec::new(),
        }
        .with(schema)
    }

    fn with(mut self, schema: &'d Value) -> Self {
        self.add(schema);
        // What has been added may say more in its turn.
        let mut next = 0;
        while let Some(&schema) = self.schemas.get(next) {
            next += 1;
            if let Some(Value::String(reference)) = schema.get("$ref")
                && let Some(meant) = self.resolve(reference)
            {
                self.add(meant);
            }
            for keyword in ["allOf", "anyOf", "oneOf"] {
                let parts = schema.get(keyword).and_then(Value::as_array);
                for part in parts.into_iter().flatten() {
                    self.add(part);
                }
            }
        }
        self
    }

    fn add(&mut self, schema: &'d Value) {
        if let Value::Object(schema) = schema
            && self.schemas.len() < MOST
            && !self
                .schemas
                .iter()
                .any(|known| std::ptr::eq(*known, schema))
        {
            self.schemas.push(schema);
        }
    }

    fn resolve(&self, reference: &str) -> Option<&'d Value> {
        let pointer = reference.strip_prefix('#')?;
        let pointer = percent_encoding::percent_decode_str(pointer);
        let pointer = pointer.decode_utf8().ok()?;
        self.document?.root().pointer(&pointer)
    }

    /// Whether a schema names that type for the value.
    pub(super) fn allow(&self, kind: &str) -> bool {
        self.schemas.iter().any(|schema| match schema.get("type") {
            Some(Value::String(named)) => named == kind,
            Some(Value::Array(named)) => named.iter().any(|one| one == kind),
            _ => kind == "array" && schema.contains_key("items"),
        })
    }

    /// Those of the property of that name.
    pub(super) fn property(&self, name: &str) -> Self {
        let declared = |schema: &&'d Map<String, Value>| schema.get("properties")?.get(name);
        let found = Self::all(self, self.schemas.iter().filter_map(declared));
        if !found.schemas.is_empty() {
            return found;
        }
        let others = |schema: &&'d Map<String, Value>| schema.get("additionalProperties");
        Self::all(self, self.schemas.iter().filter_map(others))
    }

    /// Those of an item.
    pub(super) fn items(&self) -> Self {
        let items = |schema: &&'d Map<String, Value>| schema.get("items");
        Self::all(self, self.schemas.iter().filter_map(items))
    }

    fn all(of: &Self, schemas: impl Iterator<Item = &'d Value>) -> Self {
        let none = Self {
            document: of.document,
            schemas: Vec::new(),
        };
        schemas.fold(none, Self::with)
    }
}
