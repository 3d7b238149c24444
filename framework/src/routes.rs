//! Routes written in code: alone, or beside those of a document.
//!
//! They become operations of an OpenAPI document and from there on are no different from those of one
//! that was loaded: the same tables, checks, security and settings, all by the operation's name.
//!
//! ```
//! use brrtrouter::prelude::*;
//! use brrtrouter::testing::TestClient;
//! use brrtrouter::{HandlerRequest, Param};
//!
//! const ID: Param<u64> = Param::new("id");
//! const LIMIT: Param<u8> = Param::new("limit").at_least(1).at_most(100);
//!
//! let pets = Router::builder()
//!     .get(Endpoint::new("/").named("listPets").query(LIMIT), list_pets)
//!     .get(Endpoint::new("/{id}").path(ID), |Path(id): Path<u64>| format!("pet {id}"));
//! let service = Router::builder()
//!     .get("/health", || NoContent)
//!     .group("/pets", pets)
//!     .service("Pet store", "1.0.0")
//!     .build()?;
//!
//! fn list_pets(Query(query): Query<Listing>) -> Text {
//!     Text::from(format!("at most {}", query.limit.unwrap_or(20)))
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Listing {
//!     limit: Option<u8>,
//! }
//!
//! let client = TestClient::new(service);
//! assert_eq!(client.get("/pets/7").send().text(), "pet 7");
//! assert_eq!(client.get("/pets?limit=3").send().text(), "at most 3");
//! assert_eq!(client.get("/pets?limit=101").send().status(), 400);
//! assert_eq!(client.get("/pets/x").send().status(), 400);
//! # Ok::<(), brrtrouter::Error>(())
//! ```
//!
//! [`AppService::to_openapi`](crate::AppService::to_openapi) gives the document, to be written to a
//! file or served.
//!
//! | module | holds |
//! |---|---|
//! | `endpoint` | [`Endpoint`]: a path, and what a document says of it |
//! | `route` | a method, an endpoint and its handler |
//! | `described` | descriptors as schemas |
//! | `document` | routes written into a document |

mod described;
mod document;
mod endpoint;
mod route;

pub use endpoint::Endpoint;

pub(crate) use document::{empty, write};

use serde_json::Value;

use crate::extract::FromRequest;
use crate::handler::{Handler, HandlerFunction, RawFunction};
use crate::reply::IntoResponse;
use crate::routes::route::Route;
use crate::service::AppServiceBuilder;

/// Routes with their handlers; made by [`Router::builder`](crate::Router::builder).
#[derive(Debug, Default)]
#[must_use = "routes do nothing until a service is built with them"]
pub struct RouterBuilder {
    routes: Vec<Route>,
    /// Named parts of the document: the kind, the name, the content.
    components: Vec<(&'static str, String, Value)>,
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident = $method:literal;)+) => {$(
        $(#[$doc])*
        pub fn $name<F, Args>(self, endpoint: impl Into<Endpoint>, function: F) -> Self
        where
            F: HandlerFunction<Args, Answer: IntoResponse>,
            Args: FromRequest,
        {
            self.route($method, endpoint, function)
        }
    )+};
}

impl RouterBuilder {
    pub(crate) fn is_empty(&self) -> bool {
        self.routes.is_empty() && self.components.is_empty()
    }

    methods! {
        /// A `GET` route, which answers `HEAD` too.
        get = "GET";
        /// A `POST` route.
        post = "POST";
        /// A `PUT` route.
        put = "PUT";
        /// A `PATCH` route.
        patch = "PATCH";
        /// A `DELETE` route.
        delete = "DELETE";
    }

    /// A route of any method of HTTP that a document can describe, with a function of extracted
    /// arguments.
    pub fn route<F, Args>(
        mut self,
        method: &str,
        endpoint: impl Into<Endpoint>,
        function: F,
    ) -> Self
    where
        F: HandlerFunction<Args, Answer: IntoResponse>,
        Args: FromRequest,
    {
        let route = Route::of_function(method, endpoint.into(), function);
        self.routes.push(route);
        self
    }

    /// A route with a type that implements [`Handler`].
    pub fn typed<H: Handler>(
        mut self,
        method: &str,
        endpoint: impl Into<Endpoint>,
        handler: H,
    ) -> Self {
        let route = Route::of_handler(method, endpoint.into(), handler);
        self.routes.push(route);
        self
    }

    /// A route with a function of the whole [`HandlerRequest`](crate::HandlerRequest).
    pub fn raw<F, R>(mut self, method: &str, endpoint: impl Into<Endpoint>, function: F) -> Self
    where
        F: RawFunction<R>,
        R: IntoResponse + 'static,
    {
        let route = Route::of_raw(method, endpoint.into(), function);
        self.routes.push(route);
        self
    }

    /// Other routes, their paths behind `prefix`, which may have parameters too; the path `/` is then
    /// the prefix itself.
    pub fn group(mut self, prefix: &str, routes: RouterBuilder) -> Self {
        let behind = routes.routes.into_iter().map(|route| route.behind(prefix));
        self.routes.extend(behind);
        self.components.extend(routes.components);
        self
    }

    /// Starts to build an API of that title and version that no document describes, but these routes. To
    /// have them beside a document's, hand them to
    /// [`AppServiceBuilder::routes`](crate::AppServiceBuilder::routes).
    pub fn service(
        self,
        title: impl Into<String>,
        version: impl Into<String>,
    ) -> AppServiceBuilder {
        AppServiceBuilder::of_routes(title.into(), version.into(), self)
    }

    /// A schema that others refer to as `#/components/schemas/NAME`.
    pub fn schema(mut self, name: impl Into<String>, schema: Value) -> Self {
        self.components.push(("schemas", name.into(), schema));
        self
    }

    /// A security scheme, as a document describes it; its provider is given to the builder.
    pub fn security_scheme(mut self, name: impl Into<String>, scheme: Value) -> Self {
        self.components
            .push(("securitySchemes", name.into(), scheme));
        self
    }
}
