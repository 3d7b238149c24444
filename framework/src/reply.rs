//! What handlers answer with.
//!
//! [`IntoResponse`] writes a value into the connection's [`Response`]; everything that a handler can
//! return implements it. [`HandlerResponse`] is the answer that is put together by hand, and
//! [`responses!`](crate::responses) makes an enum of all that an operation answers.

pub(crate) mod content_type;
mod fields;
mod handler_response;
mod json;
mod named_file;
mod plain;
mod redirect;
mod shape;
mod stream;
mod validated;

use brrtrouter_transport::{Response, Status};

use crate::problem::Problem;

pub use cookie::Cookie;
pub use fields::{Fielded, WithFields};
pub use handler_response::HandlerResponse;
pub use json::Json;
pub use named_file::NamedFile;
pub use plain::{Binary, Created, NoContent, Text};
pub use redirect::Redirect;
#[doc(hidden)]
pub use shape::status_of;
pub use shape::{AnswerShape, ContentShape, ShapeError};
pub use stream::Stream;
pub use validated::Validated;

/// A value that answers a request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot answer a request",
    label = "not an answer",
    note = "answer with `Json<T>`, `NoContent`, `Text`, `Binary`, `EventStream`, `HandlerResponse`, \
            a `(Status, T)` of these, an enum of `responses!`, or a `Result` of one of these and a \
            `Problem`; an `async fn` is wrapped in `dispatch::asynchronous`"
)]
pub trait IntoResponse: Send + 'static {
    /// Whether the answer goes on after its head, which not every transport can do.
    const STREAMS: bool = false;

    /// Its status where it is no problem, if the type has just one.
    const STATUS: Option<Status> = None;

    /// What its content is, as far as the type says.
    const CONTENT: ContentShape = ContentShape::Open;

    /// Whether the answer may have a validator, and is to be compared with what the client has
    /// ([`conditional`](crate::conditional)).
    const IS_CONDITIONAL: bool = false;

    /// The only answers that there can be; empty where the type does not limit them.
    ///
    /// When the service is built, they are compared with the operation's. The enums that
    /// [`responses!`](crate::responses) makes have them.
    const SHAPES: &'static [AnswerShape] = &[];

    /// Writes the answer into `response`, which is empty.
    ///
    /// # Errors
    ///
    /// The [`Problem`] to answer with instead; `response` is then emptied again.
    fn into_response(self, response: &mut Response) -> Result<(), Problem>;
}

impl<T: IntoResponse, E: Into<Problem> + Send + 'static> IntoResponse for Result<T, E> {
    const STREAMS: bool = T::STREAMS;
    const STATUS: Option<Status> = T::STATUS;
    const CONTENT: ContentShape = T::CONTENT;
    const IS_CONDITIONAL: bool = T::IS_CONDITIONAL;
    const SHAPES: &'static [AnswerShape] = T::SHAPES;

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        match self {
            Ok(answer) => answer.into_response(response),
            Err(error) => Err(error.into()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self, _: &mut Response) -> Result<(), Problem> {
        Err(self)
    }
}

/// The answer with another status.
impl<T: IntoResponse> IntoResponse for (Status, T) {
    const STREAMS: bool = T::STREAMS;
    const CONTENT: ContentShape = T::CONTENT;

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        let (status, answer) = self;
        answer.into_response(response)?;
        response.set_status(status);
        Ok(())
    }
}

/// A bare answer of that status.
impl IntoResponse for Status {
    const CONTENT: ContentShape = ContentShape::None;

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        response.set_status(self);
        Ok(())
    }
}
