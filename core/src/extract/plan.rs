//! What is known of an operation's parameters before any request comes.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use brrtrouter_spec::model::Style;
use serde_json::Value;

use super::quick::Quick;
use super::scalar::Scalar;
use super::{Extractors, Place};

/// The compiled plan of one parameter.
#[derive(Debug)]
pub struct Extractor {
    pub(crate) name: Box<str>,
    pub(crate) place: Place,
    pub(crate) is_required: bool,
    pub(crate) needs_validator: bool,
    pub(crate) pointer: Box<str>,
    pub(crate) form: Form,
    pub(crate) shape: Shape,
    pub(crate) default: Option<Value>,
    /// Which capture of the path it is.
    pub(crate) capture: Option<u8>,
    /// What it is where it is always a single value.
    pub(crate) quick: Option<Quick>,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// By style.
    Style {
        style: Style,
        explode: bool,
        allow_reserved: bool,
        allow_empty: bool,
    },
    /// As a JSON text.
    Json,
    /// As names and values between `&`.
    UrlEncoded,
    /// As text of another media type.
    Text,
}

/// What a value may be; one of these at least.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    pub(crate) scalar: Option<Scalar>,
    pub(crate) array: Option<Array>,
    pub(crate) object: Option<Object>,
}

/// A list of scalars.
#[derive(Debug)]
pub(crate) struct Array {
    pub(crate) items: Scalar,
    pub(crate) least: u64,
    pub(crate) most: u64,
    pub(crate) is_unique: bool,
}

/// Names with scalars, or with lists of them.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) properties: Vec<Property>,
    /// What a property may be that is not declared; `None` where there may be none.
    pub(crate) additional: Option<Scalar>,
    /// Whether the document says so, rather than saying nothing.
    pub(crate) is_open: bool,
}

#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: Box<str>,
    pub(crate) is_required: bool,
    pub(crate) shape: Shape,
}

impl Object {
    pub(crate) fn property(&self, is_name: impl Fn(&[u8]) -> bool) -> Option<&Property> {
        self.properties
            .iter()
            .find(|property| is_name(property.name.as_bytes()))
    }
}

impl Extractor {
    /// The name, as the document writes it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it has that name; header names are so in any case.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        match self.place {
            Place::Header => self.name.eq_ignore_ascii_case(name),
            _ => *self.name == *name,
        }
    }

    /// Where it stands in a request.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Whether a request must have it.
    pub fn is_required(&self) -> bool {
        self.is_required
    }

    /// Whether its schema says more than [`Parameters::check`](super::Parameters::check) looks at,
    /// such as a pattern, nested objects or alternatives.
    pub fn needs_validator(&self) -> bool {
        self.needs_validator
    }

    /// Whether its value is written as a JSON text.
    pub fn is_json(&self) -> bool {
        matches!(self.form, Form::Json)
    }

    /// The JSON pointer of the parameter in the document; empty for one that only the path template
    /// knows.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }
}

/// Why an operation's parameters cannot be extracted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The path is no template.
    #[error("the path {path:?} is no template: {reason}")]
    Template {
        /// The path.
        path: String,
        /// What is wrong with it.
        #[source]
        reason: crate::template::TemplateError,
    },
    /// A path parameter is not in the path.
    #[error("the path {path:?} has no parameter {name:?}")]
    NotInPath {
        /// The parameter.
        name: String,
        /// The path.
        path: String,
    },
    /// A schema is not there.
    #[error("the schema of the parameter {name:?} is missing: {pointer:?}")]
    NoSchema {
        /// The parameter.
        name: String,
        /// The JSON pointer that leads nowhere.
        pointer: String,
    },
    /// There are more of them than can be told apart.
    #[error("there are {count} parameters, more than {most}", most = u16::MAX)]
    TooMany {
        /// How many there are.
        count: usize,
    },
    /// A style that the place of the parameter does not have.
    #[error("the parameter {name:?} has a style that its place does not have: {style:?}")]
    Style {
        /// The parameter.
        name: String,
        /// The style.
        style: Style,
    },
}

impl Extractors {
    /// Which capture of the path has that name.
    pub(crate) fn capture(&self, name: &str) -> Option<usize> {
        let mut all = self.parameters.iter();
        let own = all.find(|own| own.place == Place::Path && *own.name == *name)?;
        own.capture.map(usize::from)
    }

    /// The plans, in the order of the document.
    pub fn parameters(&self) -> &[Extractor] {
        &self.parameters
    }
}
