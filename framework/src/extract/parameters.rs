use brrtrouter_core::{ParamError, Place};
use brrtrouter_spec::model::ParameterIn;
use serde::de::DeserializeOwned;

use crate::extract::FromRequest;
use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::problem::Problem;
use crate::validate::parameter_violation;

macro_rules! places {
    ($($(#[$doc:meta])* $name:ident = $place:expr, $location:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $name<T>(pub T);

        impl<T: DeserializeOwned + Send + 'static> FromRequest for $name<T> {
            type Plan = ();

            fn prepare(setup: &Setup<'_>) -> Result<(), SetupError> {
                setup.expect_parameters($location)
            }

            fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
                match request.parameters().deserialize($place) {
                    Ok(value) => Ok(Self(value)),
                    Err(error) => Err(Problem::violations(vec![parameter_violation(&error)])),
                }
            }
        }
    )+};
}

places! {
    /// The path parameters: a struct with a field for each, a tuple in the order of the template, or
    /// the value itself where there is one.
    Path = Place::Path, ParameterIn::Path;
    /// The query parameters: a struct with a field for each. Parameters that may be missing are
    /// `Option`s or have `#[serde(default)]`.
    Query = Place::Query, ParameterIn::Query;
    /// The header parameters: a struct with a field for each, renamed to the document's spelling.
    Header = Place::Header, ParameterIn::Header;
    /// The cookie parameters: a struct with a field for each.
    Cookie = Place::Cookie, ParameterIn::Cookie;
}

/// 400 with the parameter that is missing or not as its descriptor says.
impl From<ParamError<'_>> for Problem {
    fn from(error: ParamError<'_>) -> Self {
        Problem::violations(vec![parameter_violation(&error.into())])
    }
}
