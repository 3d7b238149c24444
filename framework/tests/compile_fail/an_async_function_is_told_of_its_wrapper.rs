//~ cannot answer a request
//~ an `async fn` is wrapped in `dispatch::asynchronous`

use brrtrouter::AppServiceBuilder;

async fn handler() -> &'static str {
    ""
}

pub fn register(builder: AppServiceBuilder) -> AppServiceBuilder {
    builder.handler("known", handler)
}
