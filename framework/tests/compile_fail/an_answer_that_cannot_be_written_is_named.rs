//~ the trait bound `Pet: serde::Serialize` is not satisfied
//~ consider adding `#[derive(serde::Serialize)]` to your `Pet` type

use brrtrouter::AppServiceBuilder;
use brrtrouter::prelude::*;

pub struct Pet;

fn handler() -> Json<Pet> {
    Json(Pet)
}

pub fn register(builder: AppServiceBuilder) -> AppServiceBuilder {
    builder.handler("known", handler)
}
