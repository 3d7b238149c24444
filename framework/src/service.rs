//! The service: document, handlers and security joined into one immutable whole.
//!
//! ```text
//! lookup (404, 405, 400) → security (401, 403) → parameters (400) → accepted types (406)
//!        → content type (415) → body size (413) → body schema (400) → handler → answer
//! ```
//!
//! | module | holds |
//! |---|---|
//! | `app_service` | [`AppService`]: the way of a request |
//! | `builder` | [`AppServiceBuilder`]: collects the parts |
//! | `build` | joins them, naming all that is missing at once |
//! | `checks` | how closely requests and answers are looked at |
//! | `join` | one joining in progress: each operation with its handler, its checks and its security |
//! | `fault` | [`BuildError`]: what was missing |
//! | `plan` | all that is known of one operation before a request comes |
//! | `routes` | the document's paths as routes |
//! | `limits` | [`Limits`]: what a request may cost |

mod app_service;
mod build;
mod builder;
mod checks;
mod fault;
mod join;
mod limits;
mod plan;
mod routes;

pub use app_service::AppService;
pub use builder::AppServiceBuilder;
pub use fault::{BuildError, BuildFault};
pub use limits::Limits;

pub use crate::validate::{ResponseCheck, UnknownQuery};
