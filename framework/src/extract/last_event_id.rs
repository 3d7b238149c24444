use crate::extract::FromRequest;
use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::problem::Problem;

/// The id of the last event that a returning client has seen; empty for a new one.
///
/// From the `Last-Event-ID` field (the HTML Standard, §9.2.4). An id that is not UTF-8 is taken as
/// none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastEventId(pub Option<String>);

impl FromRequest for LastEventId {
    type Plan = ();

    fn prepare(_: &Setup<'_>) -> Result<(), SetupError> {
        Ok(())
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        let id = request
            .field("last-event-id")
            .and_then(|id| std::str::from_utf8(id).ok())
            .filter(|id| !id.is_empty());
        Ok(Self(id.map(str::to_owned)))
    }
}
