use std::any::{Any, TypeId, type_name};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use brrtrouter_spec::model::{Operation, ParameterIn};

use crate::dispatch::Runner;
use crate::reply::{IntoResponse, ShapeError};

/// What a handler can see of its surroundings when it is prepared.
pub struct Setup<'s> {
    operation: &'s Operation,
    states: &'s States,
    takes_body: Cell<bool>,
    runner: Runner,
}

/// Why a handler cannot serve its operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// No state of that type was given to the builder.
    #[error("it takes State<{0}>, and no such state was given")]
    MissingState(&'static str),
    /// The operation has no parameter in that place.
    #[error("it takes {place} parameters, and the document declares none")]
    NoParameters {
        /// The place.
        place: &'static str,
    },
    /// The operation takes no such body.
    #[error("it takes a {wanted} body, and the document declares none")]
    NoBody {
        /// What is wanted.
        wanted: &'static str,
    },
    /// Two arguments take the body.
    #[error("two of its arguments take the body")]
    BodyTakenTwice,
    /// The document does not secure the operation.
    #[error("it takes an Identity, and the document demands none")]
    NotSecured,
    /// It can answer what the document does not declare.
    #[error("what it answers does not fit: {0}")]
    Answer(#[from] ShapeError),
    /// A function of the whole request cannot run apart from its connection.
    #[error("it takes the whole request, so it can only run inline")]
    OnlyInline,
    /// Another reason, in words.
    #[error("{0}")]
    Other(String),
}

/// Shared values by their types.
#[derive(Default)]
pub(crate) struct States {
    by_type: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

impl States {
    /// Adds a value; one of the same type is replaced.
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        self.by_type.insert(TypeId::of::<T>(), Arc::new(value));
    }
}

impl<'s> Setup<'s> {
    pub(crate) fn new(operation: &'s Operation, states: &'s States, runner: Runner) -> Self {
        Self {
            operation,
            states,
            takes_body: Cell::new(false),
            runner,
        }
    }

    /// Where the handler is to run.
    pub(crate) fn runner(&self) -> Runner {
        self.runner.clone()
    }

    /// The operation that is to be served.
    pub fn operation(&self) -> &'s Operation {
        self.operation
    }

    /// The shared state of that type.
    ///
    /// # Errors
    ///
    /// [`SetupError::MissingState`] if the builder was given none.
    pub fn state<T: Send + Sync + 'static>(&self) -> Result<Arc<T>, SetupError> {
        self.states
            .by_type
            .get(&TypeId::of::<T>())
            .and_then(|state| Arc::clone(state).downcast().ok())
            .ok_or(SetupError::MissingState(type_name::<T>()))
    }

    /// Makes sure that the operation declares a parameter in that place.
    ///
    /// # Errors
    ///
    /// [`SetupError::NoParameters`] otherwise.
    pub fn expect_parameters(&self, location: ParameterIn) -> Result<(), SetupError> {
        let parameters = &self.operation.parameters;
        if parameters.iter().any(|one| one.location == location) {
            return Ok(());
        }
        Err(SetupError::NoParameters {
            place: match location {
                ParameterIn::Path => "path",
                ParameterIn::Query | ParameterIn::QueryString => "query",
                ParameterIn::Header => "header",
                ParameterIn::Cookie => "cookie",
                _ => "such",
            },
        })
    }

    /// Makes sure that the operation declares every answer that a type limits itself to.
    pub(crate) fn expect_answers<R: IntoResponse>(&self) -> Result<(), SetupError> {
        for shape in R::SHAPES {
            shape.check(self.operation)?;
        }
        Ok(())
    }

    /// Claims the body for one argument.
    ///
    /// # Errors
    ///
    /// [`SetupError::BodyTakenTwice`] if another argument has claimed it, [`SetupError::NoBody`] if
    /// the operation declares none.
    pub fn take_body(&self, wanted: &'static str) -> Result<(), SetupError> {
        if self.operation.request_body.is_none() {
            return Err(SetupError::NoBody { wanted });
        }
        if self.takes_body.replace(true) {
            return Err(SetupError::BodyTakenTwice);
        }
        Ok(())
    }
}
