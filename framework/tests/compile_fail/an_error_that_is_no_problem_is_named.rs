//~ the trait bound `Problem: From<std::io::Error>` is not satisfied

use brrtrouter::AppServiceBuilder;

fn handler() -> Result<String, std::io::Error> {
    Ok(String::new())
}

pub fn register(builder: AppServiceBuilder) -> AppServiceBuilder {
    builder.handler("known", handler)
}
