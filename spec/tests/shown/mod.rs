//! All that a model says, as text to compare.

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::Operation;

/// Everything but the document itself, its diagnostics, and where things stand in their files.
pub(crate) fn shown(spec: &Spec) -> String {
    let mut schemes = spec.security_schemes.clone();
    for scheme in schemes.values_mut() {
        scheme.location = None;
    }
    format!(
        "{:?}\n{:?} {:?} {:?} {:?} {schemes:?} {:?} {:?} {:?}\n{}\n{}",
        spec.self_uri,
        spec.info,
        spec.servers,
        spec.security,
        spec.tags,
        spec.external_docs,
        spec.extensions,
        spec.counts.operations,
        operations(&spec.operations),
        operations(&spec.webhooks),
    )
}

fn operations(operations: &[Operation]) -> String {
    let lines = operations.iter().map(|operation| {
        let mut operation = operation.clone();
        unplace(&mut operation);
        format!("{operation:?}\n")
    });
    lines.collect()
}

fn unplace(operation: &mut Operation) {
    operation.location = None;
    let callbacks = operation.callbacks.iter_mut();
    callbacks
        .flat_map(|callback| &mut callback.operations)
        .for_each(unplace);
}
