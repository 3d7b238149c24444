use std::fmt;

use brrtrouter_spec::Location;

use crate::handler::SetupError;

/// Why a service could not be built: everything that is missing, at once.
#[derive(Debug)]
pub struct BuildError {
    faults: Vec<BuildFault>,
}

/// One thing that is missing or does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildFault {
    /// An operation of the document has no handler.
    #[error("operation {operation:?} ({method} {path}) has no handler")]
    NoHandler {
        /// The operation's name.
        operation: String,
        /// Its method.
        method: String,
        /// Its path.
        path: String,
        /// Where it stands in the document.
        location: Option<Location>,
    },
    /// A handler was registered for an operation that the document does not have.
    #[error("there is no operation {operation:?} for the handler of that name{}", suggestion(.like))]
    NoOperation {
        /// The name that the handler was registered under.
        operation: String,
        /// The document's name that is most like it.
        like: Option<String>,
    },
    /// Something was set for an operation that the document does not have.
    #[error("there is no operation {operation:?} for the {setting} of that name")]
    UnknownOperation {
        /// The name that it was set for.
        operation: String,
        /// What was set.
        setting: &'static str,
    },
    /// Two handlers were registered for one operation.
    #[error("operation {operation:?} has two handlers")]
    TwoHandlers {
        /// The operation's name.
        operation: String,
    },
    /// A handler needs what is not there.
    #[error("the handler of operation {operation:?} does not fit: {error}")]
    Handler {
        /// The operation's name.
        operation: String,
        /// What is missing.
        error: SetupError,
    },
    /// A security scheme that an operation demands has no provider.
    #[error("security scheme {scheme:?} has no provider; operation {operation:?} demands it")]
    NoProvider {
        /// The scheme's name.
        scheme: String,
        /// The first operation that demands it.
        operation: String,
        /// Where the scheme stands in the document.
        location: Option<Location>,
    },
    /// The provider of a security scheme cannot do its work.
    #[error("the provider of security scheme {scheme:?} cannot be used: {message}")]
    Provider {
        /// The scheme's name.
        scheme: String,
        /// Why not.
        message: String,
        /// Where the scheme stands in the document.
        location: Option<Location>,
    },
    /// An operation demands a security scheme that the document does not declare.
    #[error("security scheme {scheme:?}, which operation {operation:?} demands, is not declared")]
    NoScheme {
        /// The scheme's name.
        scheme: String,
        /// The first operation that demands it.
        operation: String,
        /// Where the operation stands in the document.
        location: Option<Location>,
    },
    /// A provider was given for a security scheme that the document does not declare.
    #[error("there is no security scheme {scheme:?} for the provider of that name")]
    UnknownScheme {
        /// The name that the provider was given under.
        scheme: String,
    },
    /// A schema cannot be compiled.
    #[error("the schema at {pointer} cannot be compiled: {message}")]
    Schema {
        /// Its JSON pointer in the document.
        pointer: String,
        /// Why not.
        message: String,
    },
    /// An operation's parameters cannot be extracted.
    #[error("the parameters of operation {operation:?} cannot be extracted: {message}")]
    Parameters {
        /// The operation's name.
        operation: String,
        /// Why not.
        message: String,
    },
    /// The document has no operations, so there would be nothing to serve.
    #[error("the document has no operations")]
    NoOperations,
    /// Two operations have the same method and match the same paths.
    #[error(
        "operation {operation:?} ({method} {path}) matches the same paths as {other:?}; leave one of \
         them out with `without`"
    )]
    SamePath {
        /// The operation that stands later in the document.
        operation: String,
        /// The one that stands before it.
        other: String,
        /// The method of both.
        method: String,
        /// The path of the later one.
        path: String,
        /// Where the later one stands in the document.
        location: Option<Location>,
    },
    /// The paths of the document are not templates, or more than a router takes.
    #[error("the routes cannot be compiled: {message}")]
    Routes {
        /// Why not.
        message: String,
    },
    /// The system refused a thread to compile or to run handlers on.
    #[error("no thread could be started: {message}")]
    Thread {
        /// What the system said.
        message: String,
    },
}

fn suggestion(like: &Option<String>) -> String {
    match like {
        Some(name) => format!("; did you mean {name:?}?"),
        None => String::new(),
    }
}

impl BuildFault {
    /// The place in the document, where it is known.
    pub fn location(&self) -> Option<&Location> {
        match self {
            Self::NoHandler { location, .. }
            | Self::NoProvider { location, .. }
            | Self::Provider { location, .. }
            | Self::NoScheme { location, .. }
            | Self::SamePath { location, .. } => location.as_ref(),
            _ => None,
        }
    }
}

impl BuildError {
    pub(super) fn new(faults: Vec<BuildFault>) -> Self {
        Self { faults }
    }

    /// The faults, in the order of the document.
    pub fn faults(&self) -> &[BuildFault] {
        &self.faults
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service cannot be built:")?;
        for fault in &self.faults {
            write!(f, "\n  - ")?;
            if let Some(location) = fault.location() {
                write!(f, "{location}: ")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for BuildError {}
