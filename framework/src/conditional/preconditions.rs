use std::time::{SystemTime, UNIX_EPOCH};

use brrtrouter_transport::{Field, Status};

use crate::conditional::{ETag, etag};
use crate::extract::FromRequest;
use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::problem::Problem;

/// What a request demands of the state of what it is about (RFC 9110 §13.1).
///
/// As an argument, it is for handlers that change something, to be checked before they do; answers to
/// `GET` with a validator are checked by themselves.
///
/// ```
/// use brrtrouter::conditional::{ETag, Preconditions};
/// use brrtrouter::prelude::*;
///
/// fn replace(wanted: Preconditions, text: Text) -> Result<NoContent, Problem> {
///     let now = ETag::strong("v7").map_err(Problem::internal)?;
///     wanted.check(Some(&now), None)?;
///     // Nobody has changed it since the client looked.
///     Ok(NoContent)
/// }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preconditions {
    if_match: Option<String>,
    if_none_match: Option<String>,
    if_modified_since: Option<SystemTime>,
    if_unmodified_since: Option<SystemTime>,
    is_read: bool,
}

/// What comes of comparing preconditions with a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They hold.
    Proceed,
    /// The client has it already.
    NotModified,
    /// They do not hold.
    Failed,
}

impl Preconditions {
    pub(super) fn of(method: &str, fields: &[Field<'_>]) -> Self {
        let mut all = Self {
            is_read: is_read(method),
            ..Self::default()
        };
        for field in fields {
            let listed = if field.name.eq_ignore_ascii_case("if-match") {
                &mut all.if_match
            } else if field.name.eq_ignore_ascii_case("if-none-match") {
                &mut all.if_none_match
            } else {
                let date =
                    || httpdate::parse_http_date(std::str::from_utf8(field.value).ok()?).ok();
                // A date that cannot be read is as good as none (RFC 9110 §13.1.3, §13.1.4).
                if field.name.eq_ignore_ascii_case("if-modified-since") {
                    all.if_modified_since = date();
                } else if field.name.eq_ignore_ascii_case("if-unmodified-since") {
                    all.if_unmodified_since = date();
                }
                continue;
            };
            let list = listed.get_or_insert_default();
            list.push_str(if list.is_empty() { "" } else { ", " });
            list.push_str(&String::from_utf8_lossy(field.value));
        }
        all
    }

    /// Whether the request demands nothing.
    pub fn is_empty(&self) -> bool {
        self.if_match.is_none()
            && self.if_none_match.is_none()
            && self.if_modified_since.is_none()
            && self.if_unmodified_since.is_none()
    }

    /// Compares them with something that exists, as it is now: its tag and the time of its last change,
    /// as far as they are known.
    ///
    /// # Errors
    ///
    /// 412 if they do not hold.
    pub fn check(&self, tag: Option<&ETag>, modified: Option<SystemTime>) -> Result<(), Problem> {
        match self.judge(tag.map(ETag::as_str), modified) {
            Verdict::Proceed | Verdict::NotModified => Ok(()),
            Verdict::Failed => Err(failed()),
        }
    }

    /// Compares them with something that does not exist.
    ///
    /// # Errors
    ///
    /// 412 if the client takes it to exist.
    pub fn check_absent(&self) -> Result<(), Problem> {
        match self.if_match {
            Some(_) => Err(failed()),
            None => Ok(()),
        }
    }

    /// The order of RFC 9110 §13.2.2.
    pub(super) fn judge(&self, tag: Option<&str>, modified: Option<SystemTime>) -> Verdict {
        let modified = modified.map(whole_seconds);
        let holds = match (&self.if_match, self.if_unmodified_since, modified) {
            (Some(list), ..) => etag::matches_strongly(list, tag),
            (None, Some(since), Some(modified)) => modified <= since,
            _ => true,
        };
        if !holds {
            return Verdict::Failed;
        }
        let has_it = match (&self.if_none_match, self.if_modified_since, modified) {
            (Some(list), ..) => etag::matches_weakly(list, tag),
            (None, Some(since), Some(modified)) => self.is_read && modified <= since,
            _ => false,
        };
        match (has_it, self.is_read) {
            (false, _) => Verdict::Proceed,
            (true, true) => Verdict::NotModified,
            (true, false) => Verdict::Failed,
        }
    }
}

impl FromRequest for Preconditions {
    type Plan = ();

    fn prepare(_: &Setup<'_>) -> Result<(), SetupError> {
        Ok(())
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        Ok(Self::of(request.method(), request.fields()))
    }
}

/// Whether a method only reads, so that a client that has the content already is told so.
pub(super) fn is_read(method: &str) -> bool {
    matches!(method, "GET" | "HEAD")
}

/// The time without what dates on the wire do not say.
pub(super) fn whole_seconds(time: SystemTime) -> SystemTime {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => UNIX_EPOCH + std::time::Duration::from_secs(since.as_secs()),
        Err(_) => UNIX_EPOCH,
    }
}

pub(super) fn failed() -> Problem {
    Problem::new(Status::PRECONDITION_FAILED)
        .with_detail("it is not in the state that the request expects")
}
