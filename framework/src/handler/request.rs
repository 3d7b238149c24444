use std::net::SocketAddr;

use brrtrouter_core::{Parameters, Params};
use brrtrouter_transport::{Body, BodyError, Field, Request, Version};
use bytes::Bytes;
use serde_json::Value;

use crate::extract::FilePart;
use crate::middleware::Context;
use crate::problem::{Problem, Violation};
use crate::security::Identity;
use crate::validate::{Content, parse_json, quality};

/// One request that has passed every check of the document, as handlers see it.
pub struct HandlerRequest<'r> {
    operation: &'r str,
    method: &'r str,
    target: &'r str,
    version: Version,
    fields: &'r [Field<'r>],
    peer: Option<SocketAddr>,
    parameters: &'r Parameters<'r>,
    context: &'r Context,
    body: Body<'r>,
    /// What was made of the body; `None` where the operation has none.
    content: Option<&'r mut Content>,
}

impl<'r> HandlerRequest<'r> {
    /// The head of `request` with its body lent on, and what the checks have made of both.
    #[inline]
    pub(crate) fn new(
        operation: &'r str,
        request: &'r mut Request<'_>,
        parameters: &'r Parameters<'r>,
        content: Option<&'r mut Content>,
        context: &'r Context,
    ) -> Self {
        Self {
            operation,
            method: request.method,
            target: request.target,
            version: request.version,
            fields: request.fields,
            peer: request.peer,
            parameters,
            context,
            body: request.body.reborrow(),
            content,
        }
    }

    /// The `operationId` of the operation that was asked for.
    pub fn operation(&self) -> &'r str {
        self.operation
    }

    /// The method token; `HEAD` where a `GET` operation answers it.
    pub fn method(&self) -> &'r str {
        self.method
    }

    /// Path and query as they were sent.
    pub fn target(&self) -> &'r str {
        self.target
    }

    /// The protocol version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The header fields in the order sent.
    pub fn fields(&self) -> &'r [Field<'r>] {
        self.fields
    }

    /// The value of the first field of that name, in any case.
    pub fn field(&self, name: &str) -> Option<&'r [u8]> {
        self.fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value)
    }

    /// The one of these media types that the client would rather have, the first among equals; `None`
    /// if it takes none of them (RFC 9110 §12.5.1).
    pub fn preferred<'o>(&self, offers: &[&'o str]) -> Option<&'o str> {
        let weighed = offers
            .iter()
            .map(|offer| (quality(self.fields, offer), *offer));
        let best = weighed.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.filter(|best| best.0 > 0).map(|best| best.1)
    }

    /// The address of the other end, where the transport has one.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// The parameters that the document declares.
    pub fn parameters(&self) -> &'r Parameters<'r> {
        self.parameters
    }

    /// The parameters by [descriptor](crate::Param): those of the path or else the query with
    /// [`get`](Params::get) and [`find`](Params::find), and each place by itself.
    pub fn params(&self) -> Params<'r> {
        self.parameters.described()
    }

    /// Who is asking, where the document demands to know.
    pub fn identity(&self) -> Option<&Identity> {
        self.context.identity()
    }

    /// What middleware has left of the request for its handler.
    pub fn context(&self) -> &'r Context {
        self.context
    }

    /// The JSON body, or the form as a JSON object, checked against the document; `None` if there is
    /// none, or its bytes were taken before.
    pub fn json(&self) -> Option<&Value> {
        let json = &self.content.as_ref()?.json;
        if let Some(value) = json.get() {
            return Some(value);
        }
        let value = parse_json(self.json_text()?, usize::MAX).ok()?;
        Some(json.get_or_init(|| value))
    }

    /// Takes the JSON body or form out.
    pub fn take_json(&mut self) -> Option<Value> {
        self.json();
        let content = self.content.as_mut()?;
        content.is_json = false;
        content.json.take()
    }

    /// The JSON body as it was sent and checked.
    pub(crate) fn json_text(&self) -> Option<&[u8]> {
        let content = self.content.as_ref()?;
        let text = || content.collected.as_deref().unwrap_or(self.body.buffered());
        content.is_json.then(text)
    }

    /// Takes the files of a multipart body out.
    pub fn take_files(&mut self) -> Vec<FilePart> {
        match &mut self.content {
            Some(content) => std::mem::take(&mut content.files),
            None => Vec::new(),
        }
    }

    /// The body as it arrives, for operations whose body was not read to be checked.
    pub fn body_mut(&mut self) -> &mut Body<'r> {
        &mut self.body
    }

    /// The whole body.
    ///
    /// # Errors
    ///
    /// 413 if it is longer than the operation's limit, 400 if its framing is broken, 408 if it does
    /// not arrive.
    pub fn bytes(&mut self) -> Result<Bytes, Problem> {
        let collected = self.content.as_mut().and_then(|one| one.collected.take());
        if collected.is_none() && self.body.fill_whole().map_err(body_problem)? {
            let bytes = Bytes::copy_from_slice(self.body.buffered());
            self.body.consume(bytes.len());
            return Ok(bytes);
        }
        let mut bytes = collected.unwrap_or_default();
        self.body.read_to_vec(&mut bytes).map_err(body_problem)?;
        Ok(Bytes::from(bytes))
    }
}

/// The problem to answer with when a body cannot be read.
pub(crate) fn body_problem(error: BodyError) -> Problem {
    use brrtrouter_transport::Status;

    match error {
        BodyError::TooLarge { limit } => Problem::new(Status::CONTENT_TOO_LARGE)
            .with_detail(format!("the body may be at most {limit} bytes long")),
        BodyError::Timeout => {
            Problem::new(Status::REQUEST_TIMEOUT).with_detail("the body did not arrive in time")
        }
        error @ (BodyError::Malformed(_) | BodyError::Disconnected | BodyError::Io(_)) => {
            Problem::violations(vec![Violation::of_body("malformed", error.to_string())])
        }
        error => Problem::internal(error),
    }
}

impl std::fmt::Debug for HandlerRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandlerRequest")
            .field("operation", &self.operation())
            .field("method", &self.method())
            .field("target", &self.target())
            .finish_non_exhaustive()
    }
}
