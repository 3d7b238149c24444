//~ `String` cannot be taken out of a request
//~ `u8` cannot answer a request

use brrtrouter::prelude::*;

pub struct Typed;

impl Handler for Typed {
    type Request = String;
    type Response = u8;

    fn handle(&self, _: String) -> u8 {
        0
    }
}
