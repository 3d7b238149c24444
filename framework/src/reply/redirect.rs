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

    /// 308 for a folder that was asked for as `target`, without a slash at its end. It is relative to that,
    /// so that it does not matter where the folder is mounted or what a proxy in front of it calls it. The
    /// dot keeps a colon in the name from reading as the end of a scheme (RFC 3986 §4.2).
    pub(crate) fn into_folder(target: &str) -> Self {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let name = path.rsplit('/').next().unwrap_or_default();
        Self::permanent(match query {
            Some(query) => format!("./{name}/?{query}"),
            None => format!("./{name}/"),
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_where_it_was_asked_for_with_a_slash_behind_it() {
        for (target, place) in [
            ("/docs", "./docs/"),
            ("/a/docs?x=1&y=/z", "./docs/?x=1&y=/z"),
            ("/a/docs?", "./docs/?"),
            ("/javascript:x", "./javascript:x/"),
            ("/a%20b", "./a%20b/"),
        ] {
            assert_eq!(Redirect::into_folder(target).location, place, "{target}");
        }
    }
}
