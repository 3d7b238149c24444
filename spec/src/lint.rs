//! What is worth knowing of a document beyond whether it can be used: told by
//! [`Loader::lint`](crate::Loader::lint).

mod ambiguous;
mod bounds;
mod circles;
mod examples;
mod patterns;
mod schemas;

use crate::faults::Faults;
use crate::model::Spec;
use crate::normalise::Origins;

/// Looks a loaded document through.
pub(crate) fn lint(spec: &Spec, origins: &Origins, faults: &mut Faults) {
    let mut findings = Findings { origins, faults };
    schemas::each(spec.document.root(), &mut |pointer, schema| {
        patterns::check(pointer, schema, &mut findings);
        bounds::check(pointer, schema, &mut findings);
    });
    circles::check(spec.document.root(), &mut findings);
    examples::check(spec, &mut findings);
    ambiguous::check(spec, &mut findings);
}

/// What is found, by its place in the normalised document.
struct Findings<'a> {
    origins: &'a Origins,
    faults: &'a mut Faults,
}

impl Findings<'_> {
    fn push(
        &mut self,
        code: &'static crate::diagnostic::Code,
        pointer: &str,
        aim: crate::source::Aim,
        message: String,
        help: Option<&str>,
    ) {
        let spot = self.origins.spot(pointer, aim);
        self.faults.push(code, spot, message, help);
    }
}
