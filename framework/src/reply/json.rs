use brrtrouter_transport::{Response, Status};
use serde::Serialize;

use crate::problem::Problem;
use crate::reply::{ContentShape, IntoResponse, content_type};

/// A JSON body: as an argument the request's, checked against the document; as an answer the
/// response's, serialised straight into the connection's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize + Send + 'static> IntoResponse for Json<T> {
    const STATUS: Option<Status> = Some(Status::OK);
    const CONTENT: ContentShape = ContentShape::Of("application/json");

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        response.headers_mut().push_line(&content_type::JSON);
        serde_json::to_writer(response.buffer(), &self.0).map_err(|error| {
            Problem::internal(format_args!("cannot serialise the answer: {error}"))
        })
    }
}
