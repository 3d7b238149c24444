//! Document, handlers, store, keys and tokens joined.

use brrtrouter::prelude::*;
use brrtrouter::security::jwt::Jwt;
use brrtrouter::{AppServiceBuilder, Spec};

use crate::handlers;
use crate::store::Store;

/// The longest photo in bytes.
pub const LONGEST_PHOTO: u64 = 4 * 1024 * 1024;

/// The document that the handlers were written for.
pub const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml");

/// The pet store over `spec`, ready to be built.
pub fn builder(spec: Spec, store: Store, keys: ApiKeys, tokens: Jwt) -> AppServiceBuilder {
    AppService::builder(spec)
        .state(store)
        .security("apiKey", keys)
        .security("token", tokens)
        .body_limit("uploadPhoto", LONGEST_PHOTO)
        .handler("listPets", handlers::list_pets)
        .handler("createPet", handlers::create_pet)
        .handler("searchPets", handlers::search_pets)
        .handler("getPet", handlers::get_pet)
        .handler("replacePet", handlers::replace_pet)
        .handler("updatePet", handlers::update_pet)
        .handler("deletePet", handlers::delete_pet)
        .handler("listVisits", handlers::list_visits)
        .handler("createVisit", handlers::create_visit)
        .handler("getVisit", handlers::get_visit)
        .handler("uploadPhoto", handlers::upload_photo)
        .handler("downloadPhoto", handlers::download_photo)
        .handler("watchPets", handlers::watch_pets)
}
