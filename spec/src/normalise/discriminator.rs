use serde_json::{Map, Value};

use super::{Here, Walker};
use crate::diagnostic::code;
use crate::grammar::Kind;
use crate::reference::{self, Fragment, Reference};
use crate::source::Aim;

impl Walker<'_> {
    /// Turns what a discriminator maps to into local references.
    ///
    /// A mapping names a schema of the components, or refers to one (OpenAPI 3.1 §4.8.25).
    pub(super) fn discriminator(&mut self, schema: &mut Map<String, Value>, here: &mut Here) {
        let Some(Value::Object(discriminator)) = schema.get_mut("discriminator") else {
            return;
        };
        let length = here.push("discriminator");
        if let Some(Value::Object(mapping)) = discriminator.get_mut("mapping") {
            let outer = here.push("mapping");
            for (name, target) in mapping {
                let length = here.push(name);
                self.mapping(target, here);
                here.truncate(length);
            }
            here.truncate(outer);
        }
        if let Some(target) = discriminator.get_mut("defaultMapping") {
            let outer = here.push("defaultMapping");
            self.mapping(target, here);
            here.truncate(outer);
        }
        here.truncate(length);
    }

    fn mapping(&mut self, target: &mut Value, here: &Here) {
        let Value::String(text) = target else {
            return;
        };
        if self.components.has("schemas", text) {
            let mut pointer = String::from("/components/schemas");
            crate::pointer::push(&mut pointer, text);
            *target = Value::String(reference::to_pointer(&pointer));
            return;
        }
        let place = self.mapping_place(text, here);
        match place {
            Some(pointer) => *target = Value::String(reference::to_pointer(&pointer)),
            None => self.faults.push(
                &code::DISCRIMINATOR,
                here.aimed(Aim::Value),
                format!("the mapping `{text}` leads to no schema"),
                Some("name a schema of the components, or refer to one"),
            ),
        }
    }

    fn mapping_place(&mut self, text: &str, here: &Here) -> Option<String> {
        let parsed = Reference::parse(text)?;
        let Fragment::Pointer(pointer) = parsed.fragment else {
            return None;
        };
        let source = if parsed.file.is_empty() {
            here.source
        } else {
            self.sources
                .open(here.source, &parsed.file, self.faults)
                .ok()?
        };
        if source == 0 {
            // Only what is there under its own name can be looked up before the walk has ended.
            let name = pointer.strip_prefix("/components/schemas/")?;
            let name = name.split('/').next()?;
            let name = name.replace("~1", "/").replace("~0", "~");
            return self
                .components
                .has("schemas", &name)
                .then(|| pointer.into_owned());
        }
        let file = self.sources.get(source)?;
        file.value.pointer(&pointer)?;
        Some(
            self.components
                .place(Kind::Schema, "schemas", source, &file.file, &pointer),
        )
    }
}
