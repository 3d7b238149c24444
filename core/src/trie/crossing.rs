//! Routes that cross each other, for tests.
#![allow(clippy::expect_used)]

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::router::Router;

/// A generator of numbers that is the same everywhere.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) % most
    }
}

pub(super) fn router(templates: &[String]) -> Router {
    let mut builder = Router::builder().keep_first();
    for (number, template) in templates.iter().enumerate() {
        builder.add("GET", template, number as u32);
    }
    builder.build().expect("sound routes")
}

/// Templates in which each segment is one of few literals or a parameter, at random.
pub(super) fn crossing(numbers: &mut Numbers, routes: usize, segments: usize) -> Vec<String> {
    let template = |numbers: &mut Numbers| {
        let mut template = String::new();
        for segment in 0..segments {
            match numbers.below(3) {
                0 => template.push_str(&format!("/{{p{segment}}}")),
                _ => template.push_str(&format!("/segment{}", numbers.below(6))),
            }
        }
        template
    };
    (0..routes).map(|_| template(numbers)).collect()
}
