//! The API.

use brrtrouter::prelude::*;
use brrtrouter::security::jwt::{Issuer, JwksTimes, Jwt};
use brrtrouter_spec::Spec;
use brrtrouter_spec::model::SecuritySchemeKind;

/// Whom tokens have to be for.
pub const AUDIENCE: &str = "notes";

/// The API over `spec`. Asks the issuer that the document names for its description and its keys, so
/// that one must be running.
///
/// # Errors
///
/// What is missing.
pub fn service(spec: Spec) -> brrtrouter::Result<AppService> {
    let login = spec.security_schemes.get("login").map(|one| &one.kind);
    let Some(SecuritySchemeKind::OpenIdConnect { url }) = login else {
        return Err("the document has no scheme `login` of type openIdConnect".into());
    };
    let issuer = Issuer::discover(url, AUDIENCE, JwksTimes::default())?;
    let service = AppService::builder(spec)
        .security("login", Jwt::new(issuer))
        .handler("whoAmI", |caller: Identity| caller.subject().to_owned())
        .handler("listNotes", |caller: Identity| {
            Json(vec![format!("{} was here", caller.subject())])
        });
    Ok(service.build()?)
}
