//~ `&str` is not a handler function

use brrtrouter::AppServiceBuilder;

pub fn register(builder: AppServiceBuilder) -> AppServiceBuilder {
    builder.handler("known", "handler")
}
