//! Everything that a typical service names.

#[cfg(feature = "raw")]
pub use crate::RawServer;
pub use crate::extract::{
    Cookie, Form, FromRequest, Header, LastEventId, Multipart, Path, Query, State,
};
pub use crate::handler::{Handler, HandlerRequest};
pub use crate::problem::Problem;
pub use crate::reply::{
    Binary, Created, HandlerResponse, IntoResponse, Json, NamedFile, NoContent, Redirect, Stream,
    Text, WithFields,
};
pub use crate::router::Router;
pub use crate::routes::Endpoint;
pub use crate::security::{ApiKeys, Identity};
pub use crate::service::AppService;
pub use crate::stream::{EventHub, EventStream};
pub use brrtrouter_spec::load_spec;
pub use brrtrouter_transport::{Status, Transport};
