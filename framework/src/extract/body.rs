use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::extract::{BodyShape, FromRequest};
use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::media;
use crate::problem::{Problem, Violation};
use crate::reply::{Json, Text};
use crate::validate::not_utf8;

impl<T: DeserializeOwned + Send + 'static> FromRequest for Json<T> {
    type Plan = ();

    const BODY: BodyShape = BodyShape::Required("application/json");

    fn prepare(setup: &Setup<'_>) -> Result<(), SetupError> {
        setup.take_body("JSON")?;
        let declared = setup.operation().request_body.iter();
        if declared
            .flat_map(|body| &body.content)
            .any(|declared| media::may_be_json(&declared.name))
        {
            return Ok(());
        }
        Err(SetupError::NoBody { wanted: "JSON" })
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        match typed_body(request)? {
            Some(body) => Ok(body),
            None => Err(Problem::violations(vec![Violation::of_body(
                "required",
                "a JSON body is required",
            )])),
        }
    }
}

impl<T: DeserializeOwned + Send + 'static> FromRequest for Option<Json<T>> {
    type Plan = ();

    const BODY: BodyShape = Json::<T>::BODY.optional();

    fn prepare(setup: &Setup<'_>) -> Result<(), SetupError> {
        Json::<T>::prepare(setup)
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        typed_body(request)
    }
}

impl FromRequest for Bytes {
    type Plan = ();

    const BODY: BodyShape = BodyShape::Optional("*/*");

    fn prepare(setup: &Setup<'_>) -> Result<(), SetupError> {
        setup.take_body("raw")
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        request.bytes()
    }
}

impl FromRequest for Text {
    type Plan = ();

    const BODY: BodyShape = BodyShape::Required("text/plain");

    fn prepare(setup: &Setup<'_>) -> Result<(), SetupError> {
        setup.take_body("text")?;
        let declared = setup.operation().request_body.iter();
        if declared
            .flat_map(|body| &body.content)
            .any(|declared| media::is_text(declared.essence()) || declared.essence() == "*/*")
        {
            return Ok(());
        }
        Err(SetupError::NoBody { wanted: "text" })
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        let bytes = Vec::from(request.bytes()?);
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Text::from(text)),
            Err(_) => Err(not_utf8()),
        }
    }
}

/// The JSON or form body as the handler's type, which may ask for more than the document does.
pub(super) fn typed_body<T: DeserializeOwned>(
    request: &mut HandlerRequest<'_>,
) -> Result<Option<Json<T>>, Problem> {
    // What was checked is read once more, straight into the type. Where that fails, the value may
    // still do: `3.0` is an integer there.
    let direct = request.json_text().map(serde_json::from_slice);
    if let Some(Ok(typed)) = direct {
        return Ok(Some(Json(typed)));
    }
    let typed = |value| {
        serde_json::from_value(value).map(Json).map_err(|error| {
            Problem::violations(vec![Violation::of_body("type", error.to_string())])
        })
    };
    request.take_json().map(typed).transpose()
}
