//! One function for each operation of the document.

use brrtrouter::prelude::*;
use bytes::Bytes;
use serde::Deserialize;
use uuid::Uuid;

use crate::pet::{NewPet, Pet, PetPatch, Species, Status};
use crate::store::{Page, Search, Store};
use crate::visit::{NewVisit, Visit};

/// The query of `listPets`.
#[derive(Debug, Deserialize)]
pub struct Listing {
    status: Option<Status>,
    limit: usize,
    cursor: Option<String>,
}

/// The query of `searchPets`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchQuery {
    #[serde(default)]
    species: Vec<Species>,
    #[serde(default)]
    tag: Vec<String>,
    min_age: Option<u8>,
    sort: Sort,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Name,
    Age,
}

/// The header parameters of `createPet`.
#[derive(Debug, Deserialize)]
pub struct CreateHeaders {
    #[serde(rename = "Idempotency-Key")]
    key: Option<String>,
}

/// The path of a visit.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitPath {
    pet_id: Uuid,
    visit_id: u32,
}

/// `listPets`
pub fn list_pets(Query(query): Query<Listing>, store: State<Store>) -> Result<Json<Page>, Problem> {
    let cursor = query
        .cursor
        .map(|cursor| u64::from_str_radix(&cursor, 16))
        .transpose()
        .map_err(|_| Problem::bad_request("the cursor is not one of ours"))?;
    Ok(Json(store.list(query.status, query.limit, cursor)))
}

/// `createPet`
pub fn create_pet(
    Header(headers): Header<CreateHeaders>,
    Json(new): Json<NewPet>,
    store: State<Store>,
) -> Created<Json<Pet>> {
    let pet = store.create(new, headers.key);
    Created {
        location: format!("/pets/{}", pet.id),
        content: Json(pet),
    }
}

/// `searchPets`
pub fn search_pets(Query(query): Query<SearchQuery>, store: State<Store>) -> Json<Vec<Pet>> {
    let mut pets = store.search(&Search {
        species: query.species,
        tags: query.tag,
        min_age: query.min_age,
    });
    match query.sort {
        Sort::Name => pets.sort_by(|a, b| a.name.cmp(&b.name)),
        Sort::Age => pets.sort_by_key(|pet| pet.age),
    }
    Json(pets)
}

/// `getPet`
pub fn get_pet(Path(id): Path<Uuid>, store: State<Store>) -> Result<Json<Pet>, Problem> {
    store.find(id).map(Json).ok_or_else(no_such_pet)
}

/// `replacePet`
pub fn replace_pet(
    Path(id): Path<Uuid>,
    Json(new): Json<NewPet>,
    store: State<Store>,
) -> Result<Json<Pet>, Problem> {
    store.replace(id, new).map(Json).ok_or_else(no_such_pet)
}

/// `updatePet`
pub fn update_pet(
    Path(id): Path<Uuid>,
    Json(patch): Json<PetPatch>,
    store: State<Store>,
) -> Result<Json<Pet>, Problem> {
    store.update(id, patch).map(Json).ok_or_else(no_such_pet)
}

/// `deletePet`
pub fn delete_pet(
    Path(id): Path<Uuid>,
    _: Identity,
    store: State<Store>,
) -> Result<NoContent, Problem> {
    if store.remove(id) {
        return Ok(NoContent);
    }
    Err(no_such_pet())
}

/// `listVisits`
pub fn list_visits(
    Path(pet): Path<Uuid>,
    store: State<Store>,
) -> Result<Json<Vec<Visit>>, Problem> {
    store.visits(pet).map(Json).ok_or_else(no_such_pet)
}

/// `createVisit`
pub fn create_visit(
    Path(pet): Path<Uuid>,
    Json(new): Json<NewVisit>,
    store: State<Store>,
) -> Result<Created<Json<Visit>>, Problem> {
    let visit = store.add_visit(pet, new).ok_or_else(no_such_pet)?;
    Ok(Created {
        location: format!("/pets/{pet}/visits/{}", visit.id),
        content: Json(visit),
    })
}

/// `getVisit`
pub fn get_visit(Path(path): Path<VisitPath>, store: State<Store>) -> Result<Json<Visit>, Problem> {
    store
        .visit(path.pet_id, path.visit_id)
        .map(Json)
        .ok_or_else(|| Problem::not_found("no such visit"))
}

/// `uploadPhoto`
pub fn upload_photo(
    Path(pet): Path<Uuid>,
    photo: Bytes,
    store: State<Store>,
) -> Result<NoContent, Problem> {
    if store.set_photo(pet, photo) {
        return Ok(NoContent);
    }
    Err(no_such_pet())
}

/// `downloadPhoto`
pub fn download_photo(Path(pet): Path<Uuid>, store: State<Store>) -> Result<Binary, Problem> {
    store
        .photo(pet)
        .map(Binary::new)
        .ok_or_else(|| Problem::not_found("no such photo"))
}

/// `watchPets`
pub fn watch_pets(since: LastEventId, store: State<Store>) -> EventStream {
    store.changes_since(&since)
}

fn no_such_pet() -> Problem {
    Problem::not_found("no such pet")
}
