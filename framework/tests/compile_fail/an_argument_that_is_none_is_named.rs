//~ `u32` cannot be taken out of a request
//~ not an argument of a handler
//~ arguments are `Path<T>`, `Query<T>`

use brrtrouter::AppServiceBuilder;

fn handler(_: u32) -> &'static str {
    ""
}

pub fn register(builder: AppServiceBuilder) -> AppServiceBuilder {
    builder.handler("known", handler)
}
