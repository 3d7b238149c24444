use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::extract::FromRequest;
use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::problem::{Problem, Violation};
use crate::reply::Json;

impl<T: DeserializeOwned + Send + 'static> FromRequest for Json<T> {
    type Plan = ();

    fn prepare(setup: &Setup<'_>) -> Result<(), SetupError> {
        setup.take_body("JSON")?;
        let declared = setup.operation().request_body.iter();
        if declared
            .flat_map(|body| &body.content)
            .any(|media| crate::media::may_be_json(&media.name))
        {
            return Ok(());
        }
        Err(SetupError::NoBody { wanted: "JSON" })
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        match request.take_json() {
            Some(value) => typed(value),
            None => Err(Problem::violations(vec![Violation::of_body(
                "required",
                "a JSON body is required",
            )])),
        }
    }
}

impl<T: DeserializeOwned + Send + 'static> FromRequest for Option<Json<T>> {
    type Plan = ();

    fn prepare(setup: &Setup<'_>) -> Result<(), SetupError> {
        Json::<T>::prepare(setup)
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        request.take_json().map(typed).transpose()
    }
}

impl FromRequest for Bytes {
    type Plan = ();

    fn prepare(setup: &Setup<'_>) -> Result<(), SetupError> {
        setup.take_body("raw")
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        request.bytes()
    }
}

/// The value as the handler's type, which may ask for more than the document does.
fn typed<T: DeserializeOwned>(value: serde_json::Value) -> Result<Json<T>, Problem> {
    serde_json::from_value(value)
        .map(Json)
        .map_err(|error| Problem::violations(vec![Violation::of_body("type", error.to_string())]))
}
