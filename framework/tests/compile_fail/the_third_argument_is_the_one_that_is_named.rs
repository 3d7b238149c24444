//~ `Store` cannot be taken out of a request

use brrtrouter::AppServiceBuilder;
use brrtrouter::prelude::*;

pub struct Store;

fn handler(_: Path<u32>, _: Json<u8>, _: Store) -> &'static str {
    ""
}

pub fn register(builder: AppServiceBuilder) -> AppServiceBuilder {
    builder.handler("known", handler)
}
