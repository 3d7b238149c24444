//! Arguments that handlers take out of a request.
//!
//! | argument | holds |
//! |---|---|
//! | [`Path<T>`], [`Query<T>`], [`Header<T>`], [`Cookie<T>`] | the declared parameters of that place, as one value |
//! | [`Json<T>`](crate::reply::Json) | the JSON body, checked against the document |
//! | [`Form<T>`] | the fields of a form, checked against the document |
//! | [`Multipart`] | the parts of a multipart body, files among them |
//! | [`Text`](crate::reply::Text) | a text body in UTF-8 |
//! | [`Bytes`](bytes::Bytes) | the body as it came |
//! | [`State<T>`] | a shared value that was given to the builder |
//! | [`Identity`](crate::security::Identity) | who is asking |
//! | [`LastEventId`] | where an event stream goes on |
//! | `Option` of [`RequestId`](crate::middleware::RequestId), of [`TraceContext`](crate::middleware::TraceContext) | the names that middleware gave the request |
//! | `tracing::Span` (feature `tracing`) | the span of the request |
//! | a tuple of these, an [`Option`] of `Json`, `Form` or `Identity` | |
//!
//! Parameters have been checked by the time they are extracted: a `T` that asks for more than the
//! document promises is answered with 400 and the parameter's name.

mod body;
mod form;
mod identity;
mod last_event_id;
mod multipart;
mod names;
mod parameters;
mod shape;
mod state;
mod tuple;

use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::problem::Problem;

pub use form::Form;
pub use last_event_id::LastEventId;
pub(crate) use multipart::FileContent;
pub use multipart::{FilePart, Multipart};
pub use parameters::{Cookie, Header, Path, Query};
pub use shape::BodyShape;
pub use state::State;

/// A value that can be taken out of a request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be taken out of a request",
    label = "not an argument of a handler",
    note = "arguments are `Path<T>`, `Query<T>`, `Header<T>`, `Cookie<T>`, `Json<T>`, `Form<T>`, \
            `Multipart`, `Text`, `Bytes`, `State<T>`, `Identity`, `LastEventId`, tuples of these, and what implements \
            `FromRequest`; a `T` implements `serde::Deserialize`"
)]
pub trait FromRequest: Sized + Send + 'static {
    /// What is looked up once, when the service is built.
    type Plan: Send + Sync + 'static;

    /// The body that it takes, for routes that no document describes.
    const BODY: BodyShape = BodyShape::None;

    /// Looks up what will be needed.
    ///
    /// # Errors
    ///
    /// What is missing; the service is then not built.
    fn prepare(setup: &Setup<'_>) -> Result<Self::Plan, SetupError>;

    /// Takes the value out of `request`.
    ///
    /// # Errors
    ///
    /// The problem to answer with instead of running the handler.
    fn from_request(plan: &Self::Plan, request: &mut HandlerRequest<'_>) -> Result<Self, Problem>;
}
