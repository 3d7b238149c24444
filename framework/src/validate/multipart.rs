//! `multipart/form-data` content (RFC 7578), taken apart as it arrives.
//!
//! | module | holds |
//! |---|---|
//! | `property` | what the schema and its encodings say of a part |
//! | `reading` | one body on its way: part by part, and then judged as a whole |
//! | `window` | a piece of the body, moved on from boundary to boundary |
//! | `head` | the fields of one part |
//! | `spool` | what files are kept in: memory, and past a threshold a file on disk |
//!
//! Parts that the schema types are put into one form and read as such, so that a value means the
//! same in both. Files stay beside it: where one stands, the schema sees an empty text, and its
//! bounds of length count bytes.

mod head;
mod property;
mod reading;
mod spool;
mod window;

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::MediaType;
use brrtrouter_transport::Body;
use serde_json::Value;

use crate::extract::FilePart;
use crate::media;
use crate::problem::Problem;
use crate::service::Limits;
use crate::validate::form::FormPlan;
use crate::validate::schema::{SchemaCompiler, SchemaFault};

use property::{Property, gather};
use reading::{Reading, malformed};

/// The content of one operation.
pub(super) struct MultipartPlan {
    form: FormPlan,
    properties: Vec<Property>,
    limits: Limits,
}

/// What a body was taken apart into.
pub(crate) struct Taken {
    /// The parts that are no files, as the schema types them.
    pub(crate) fields: Value,
    /// The files in the order sent.
    pub(crate) files: Vec<FilePart>,
}

impl MultipartPlan {
    pub(super) fn compile(
        spec: &Spec,
        media: &MediaType,
        limits: &Limits,
        compiler: &SchemaCompiler<'_>,
    ) -> Result<Self, SchemaFault> {
        let schema = media.schema.as_ref();
        let schema = schema.and_then(|schema| spec.document.schema(schema));
        let properties = schema.map(|schema| gather(&spec.document, schema, &media.encoding));
        Ok(Self {
            form: FormPlan::compile(spec, media, limits.parts, limits.json_depth, compiler)?,
            properties: properties.unwrap_or_default(),
            limits: *limits,
        })
    }

    /// Takes the whole body apart and checks it.
    pub(super) fn read(&self, content_type: &str, body: &mut Body<'_>) -> Result<Taken, Problem> {
        let boundary = media::parameter(content_type, "boundary")
            .filter(|boundary| (1..=70).contains(&boundary.len()))
            .ok_or_else(|| malformed("the Content-Type has no boundary of 1 to 70 characters"))?;
        let mut reading = Reading::new(self, body, boundary);
        reading.all()?;
        reading.judge()
    }

    fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|one| one.name == name)
    }
}
