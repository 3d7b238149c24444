//~ `u32` cannot answer a request
//~ not an answer
//~ answer with `Json<T>`

use brrtrouter::AppServiceBuilder;

fn handler() -> u32 {
    1
}

pub fn register(builder: AppServiceBuilder) -> AppServiceBuilder {
    builder.handler("known", handler)
}
