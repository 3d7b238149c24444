use brrtrouter_transport::{Response, Status};

use crate::problem::Problem;
use crate::reply::{ContentShape, IntoResponse};

/// Sends the client elsewhere (RFC 9110 §15.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    status: Status,
    location: String,
}

impl Redirect {
    /// 303: look there with `GET`, as after a form was sent.
    pub fn see_other(location: impl Into<String>) -> Self {
        Self::new(Status::SEE_OTHER, location)
    }

    /// 307: send the same request there, this time.
    pub fn temporary(location: impl Into<String>) -> Self {
        Self::new(Status::TEMPORARY_REDIRECT, location)
    }

    /// 308: send the same request there, from now on.
    pub fn permanent(location: impl Into<String>) -> Self {
        Self::new(Status::PERMANENT_REDIRECT, location)
    }

    fn new(status: Status, location: impl Into<String>) -> Self {
        let location = location.into();
        Self { status, location }
    }
}

impl IntoResponse for Redirect {
    const CONTENT: ContentShape = ContentShape::None;

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        response
            .headers_mut()
            .set("location", &self.location)
            .map_err(Problem::internal)?;
        response.set_status(self.status);
        Ok(())
    }
}
