//! Compiles

use brrtrouter::AppServiceBuilder;
use brrtrouter::prelude::*;

fn handler(Path(_): Path<u32>, _: Query<Vec<String>>, _: State<String>) -> Result<Json<u8>, Problem> {
    Ok(Json(1))
}

pub fn register(builder: AppServiceBuilder) -> AppServiceBuilder {
    builder.handler("known", handler)
}
