use brrtrouter_spec::Spec;
use brrtrouter_transport::{HeaderLine, Payload, Response, Status};
use bytes::Bytes;

use crate::operations::conditional;
use crate::operations::{Endpoint, Visit, yaml};
use crate::problem::Problem;

/// The document that the service was built from: of one file, whatever it was loaded from, and in the
/// shape of 3.1 or later.
///
/// It is written once for each document; a client that has it already gets 304.
#[derive(Debug, Clone)]
pub struct DocumentPage {
    is_yaml: bool,
}

impl DocumentPage {
    /// As JSON.
    pub fn json() -> Self {
        Self { is_yaml: false }
    }

    /// As YAML.
    pub fn yaml() -> Self {
        Self { is_yaml: true }
    }
}

impl Endpoint for DocumentPage {
    fn answer(&self, _visit: Visit<'_, '_>, _response: &mut Response) -> Result<(), Problem> {
        Err(Problem::new(Status::NOT_FOUND).with_detail("there is no document here"))
    }

    fn for_document(&self, spec: &Spec) -> Option<Box<dyn Endpoint>> {
        const JSON: HeaderLine = HeaderLine::from_static("content-type: application/json\r\n");
        // RFC 9512
        const YAML: HeaderLine = HeaderLine::from_static("content-type: application/yaml\r\n");

        let root = spec.document.root();
        let (content_type, text) = match self.is_yaml {
            true => (YAML, yaml::write(root)),
            false => (JSON, root.to_string()),
        };
        Some(Box::new(Written::new(content_type, text.into_bytes())))
    }
}

/// Content that does not change, with its entity tag.
pub(super) struct Written {
    content_type: HeaderLine,
    content: Bytes,
    tag: String,
}

impl Written {
    pub(super) fn new(content_type: HeaderLine, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        Self {
            tag: conditional::tag_of(&content),
            content_type,
            content,
        }
    }
}

impl Endpoint for Written {
    fn answer(&self, mut visit: Visit<'_, '_>, response: &mut Response) -> Result<(), Problem> {
        const ASK_AGAIN: HeaderLine = HeaderLine::from_static("cache-control: no-cache\r\n");

        visit.expect_get()?;
        response.headers_mut().push_line(&ASK_AGAIN);
        if conditional::is_fresh(visit.request(), &self.tag, response) {
            return Ok(());
        }
        response.headers_mut().push_line(&self.content_type);
        response.set_payload(Payload::Bytes(self.content.clone()));
        Ok(())
    }
}
