//~ the trait bound `Id: serde::Deserialize<'de>` is not satisfied
//~ consider adding `#[derive(serde::Deserialize)]` to your `Id` type

use brrtrouter::AppServiceBuilder;
use brrtrouter::prelude::*;

pub struct Id;

fn handler(_: Path<Id>) -> &'static str {
    ""
}

pub fn register(builder: AppServiceBuilder) -> AppServiceBuilder {
    builder.handler("known", handler)
}
