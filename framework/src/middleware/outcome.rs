use std::fmt;

use brrtrouter_spec::model::OperationId;

use crate::middleware::{Context, Innermost, Reached};

/// What became of a request, beside its answer.
pub struct Outcome<'n> {
    service: &'n dyn Innermost,
    context: &'n mut Context,
}

/// The operation that a request reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'s> {
    pub(crate) id: OperationId,
    pub(crate) name: &'s str,
    pub(crate) method: &'s str,
    pub(crate) template: &'s str,
}

impl<'n> Outcome<'n> {
    pub(super) fn new(service: &'n dyn Innermost, context: &'n mut Context) -> Self {
        Self { service, context }
    }

    /// The operation that was reached, whatever it answered; `None` if the path or the method is not
    /// the document's, or the request was answered before.
    pub fn operation(&self) -> Option<Target<'n>> {
        self.service.target(self.context)
    }

    /// The place of that operation in its document.
    #[inline]
    pub(crate) fn reached(&self) -> Option<OperationId> {
        match self.context.reached {
            Reached::Operation(id) => Some(id),
            Reached::Nothing => None,
        }
    }

    /// What is known of the request.
    pub fn context(&self) -> &Context {
        self.context
    }

    /// What is known of the request, to add to.
    pub fn context_mut(&mut self) -> &mut Context {
        self.context
    }
}

impl<'s> Target<'s> {
    /// The place of the operation in its document.
    pub fn id(&self) -> OperationId {
        self.id
    }

    /// The `operationId`.
    pub fn name(&self) -> &'s str {
        self.name
    }

    /// The operation's method; `GET` also where `HEAD` was asked for.
    pub fn method(&self) -> &'s str {
        self.method
    }

    /// The path template as the document writes it: `/pets/{petId}`.
    pub fn template(&self) -> &'s str {
        self.template
    }
}

impl fmt::Debug for Outcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("operation", &self.operation())
            .field("context", &self.context)
            .finish()
    }
}
