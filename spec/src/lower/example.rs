use super::operation::below;
use super::{Lowerer, Node};
use crate::diagnostic::code;
use crate::model::Example;
use crate::source::Aim;

impl<'a> Lowerer<'a> {
    /// What stands under `example` and `examples`.
    pub(super) fn examples(&mut self, node: &Node<'a>) -> Vec<Example> {
        let mut examples = Vec::new();
        if node.object.contains_key("example") {
            if node.object.contains_key("examples") {
                self.fault(
                    &code::FIELDS_EXCLUSIVE,
                    &below(node, "example"),
                    Aim::Key,
                    "`example` and `examples` stand together; both are kept",
                    None,
                );
            }
            examples.push(Example {
                value: Some(below(node, "example")),
                ..Example::default()
            });
        }
        for (name, value, pointer) in node.map("examples") {
            let Some((node, beside)) = self.node(value, pointer) else {
                continue;
            };
            let value = ["dataValue", "value"]
                .into_iter()
                .find(|field| node.object.contains_key(*field))
                .map(|field| below(&node, field));
            examples.push(Example {
                name: Some(name.to_owned()),
                summary: beside.summary(&node),
                description: beside.description(&node),
                value,
                serialized: node.owned("serializedValue"),
                external: node.owned("externalValue"),
                extensions: node.extensions(),
            });
        }
        examples
    }
}
