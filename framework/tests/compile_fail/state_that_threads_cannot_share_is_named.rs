//~ `Rc<u8>` cannot be shared between threads safely

use std::rc::Rc;

use brrtrouter::AppServiceBuilder;
use brrtrouter::prelude::*;

fn handler(_: State<Rc<u8>>) -> &'static str {
    ""
}

pub fn register(builder: AppServiceBuilder) -> AppServiceBuilder {
    builder.handler("known", handler)
}
