use serde::de::DeserializeOwned;

use crate::extract::{BodyShape, FromRequest};
use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::media;
use crate::problem::{Problem, Violation};
use crate::reply::Json;

/// The fields of a form (`application/x-www-form-urlencoded`), checked against the document: a struct
/// with a field for each.
///
/// Each has the type that the schema gives it: numbers and booleans are no texts any more, and what
/// stands several times is a list. Where the document takes JSON as well, `Form<T>` and [`Json<T>`]
/// both take whichever the client sent.
///
/// ```
/// use brrtrouter::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct Login {
///     name: String,
///     remember: bool,
/// }
///
/// fn log_in(Form(login): Form<Login>) -> Text {
///     Text::from(format!("{} ({})", login.name, login.remember))
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> FromRequest for Form<T> {
    type Plan = ();

    const BODY: BodyShape = BodyShape::Required("application/x-www-form-urlencoded");

    fn prepare(setup: &Setup<'_>) -> Result<(), SetupError> {
        setup.take_body("form")?;
        let declared = setup.operation().request_body.iter();
        if declared
            .flat_map(|body| &body.content)
            .any(|declared| media::is_form(declared.essence()))
        {
            return Ok(());
        }
        Err(SetupError::NoBody { wanted: "form" })
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        match super::body::typed_body(request)? {
            Some(Json(form)) => Ok(Self(form)),
            None => Err(Problem::violations(vec![Violation::of_body(
                "required",
                "a form is required",
            )])),
        }
    }
}

impl<T: DeserializeOwned + Send + 'static> FromRequest for Option<Form<T>> {
    type Plan = ();

    const BODY: BodyShape = Form::<T>::BODY.optional();

    fn prepare(setup: &Setup<'_>) -> Result<(), SetupError> {
        Form::<T>::prepare(setup)
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        let body = super::body::typed_body(request)?;
        Ok(body.map(|Json(form)| Form(form)))
    }
}
