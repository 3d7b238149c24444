//~ is not a handler function
//~ takes up to eight arguments

use brrtrouter::AppServiceBuilder;
use brrtrouter::prelude::*;

type S = State<String>;

fn handler(_: S, _: S, _: S, _: S, _: S, _: S, _: S, _: S, _: S) -> &'static str {
    ""
}

pub fn register(builder: AppServiceBuilder) -> AppServiceBuilder {
    builder.handler("known", handler)
}
