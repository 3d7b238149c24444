//! Every combination of requirements, of providers that block and that do not, and of what they say,
//! under random delays: the outcome is that of the document's order.
//!
//! `SECURITY_ROUNDS` says how often each combination is tried; 3 times unless it is set.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use brrtrouter::prelude::*;
use brrtrouter::security::{Credential, Denial, SecurityProvider};
use brrtrouter::testing::TestClient;

/// The requirements, as lists of alternatives; an empty one lets anybody in.
const SHAPES: &[&[&[usize]]] = &[
    &[&[0]],
    &[&[0], &[1]],
    &[&[0, 1]],
    &[&[0], &[]],
    &[&[0, 1], &[0]],
    &[&[0], &[1], &[2]],
    &[&[0, 1], &[2]],
    &[&[0], &[1, 2]],
    &[&[0, 1, 2]],
    &[&[0, 1], &[1, 2]],
    &[&[2, 1], &[0], &[1, 0]],
];

const NAMES: [&str; 3] = ["a", "b", "c"];

/// What a provider is told to say, and by what status it is known.
const WORDS: [(&str, u16); 5] = [
    ("yes", 200),
    ("no", 401),
    ("never", 403),
    ("later", 503),
    ("", 401),
];

/// Says what its credential tells it to, after the delay that it tells.
struct Obedient {
    blocks: bool,
}

impl SecurityProvider for Obedient {
    fn verify(&self, credential: &Credential<'_>) -> Result<Identity, Denial> {
        let (word, delay) = credential.value().split_once(' ').unwrap();
        if self.blocks {
            dawdle(delay.parse().unwrap());
        }
        match word {
            "yes" => Ok(Identity::new(credential.scheme().name.as_str())),
            "no" => Err(Denial::unknown("it says no")),
            "never" => Err(Denial::forbidden("it says never")),
            _ => Err(Denial::unavailable("it says later")),
        }
    }

    fn blocks(&self) -> bool {
        self.blocks
    }
}

/// Half of the time not at all, else for a few turns of the others, or for up to 60 microseconds.
fn dawdle(delay: u64) {
    match delay % 8 {
        0..4 => {}
        4..7 => (0..delay % 5).for_each(|_| thread::yield_now()),
        _ => thread::sleep(Duration::from_micros(delay % 61)),
    }
}

fn document() -> String {
    let mut text = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n".to_owned();
    for (number, shape) in SHAPES.iter().enumerate() {
        let alternatives = shape.iter().map(|alternative| {
            let schemes = alternative.iter().map(|one| format!("{}: []", NAMES[*one]));
            format!("{{{}}}", schemes.collect::<Vec<_>>().join(", "))
        });
        let alternatives = alternatives.collect::<Vec<_>>().join(", ");
        text += &format!(
            "  /{number}:\n    get: {{operationId: '{number}', security: [{alternatives}], \
             responses: {{'200': {{description: ok}}}}}}\n"
        );
    }
    text += "components:\n  securitySchemes:\n";
    for name in NAMES {
        text += &format!("    {name}: {{type: apiKey, in: header, name: {name}}}\n");
    }
    text
}

/// A client of a service whose providers block where `blocking` has their bit, and the calls that its
/// handlers have seen.
fn client(blocking: usize) -> (TestClient, Arc<AtomicU32>) {
    let mut builder = super::service_of(&document());
    for (number, name) in NAMES.into_iter().enumerate() {
        let blocks = blocking >> number & 1 == 1;
        builder = builder.security(name, Obedient { blocks });
    }
    let calls = Arc::new(AtomicU32::new(0));
    for number in 0..SHAPES.len() {
        let calls = Arc::clone(&calls);
        builder = builder.handler(number.to_string(), move |identity: Option<Identity>| {
            calls.fetch_add(1, Ordering::Relaxed);
            let all = |one: &Identity| {
                let names = NAMES.into_iter().filter(|name| one.of(name).is_some());
                format!("{}: {}", one.scheme(), names.collect::<String>())
            };
            identity.as_ref().map_or("nobody".to_owned(), all)
        });
    }
    (TestClient::new(builder.build().unwrap()), calls)
}

/// The outcome by the rules alone: the first alternative of which all say yes; else the status that
/// weighs most, of the first check of each that fails, those that do not block coming first.
fn expected(shape: &[&[usize]], blocking: usize, words: &[usize; 3]) -> (u16, String) {
    let mut worst = 401;
    for alternative in shape {
        let says = |one: &&usize| WORDS[words[**one]];
        if alternative.iter().all(|one| says(&one).0 == "yes") {
            let Some(first) = alternative.first() else {
                return (200, "nobody".to_owned());
            };
            let mut all = alternative.to_vec();
            all.sort_unstable();
            let all = all.into_iter().map(|one| NAMES[one]).collect::<String>();
            return (200, format!("{}: {all}", NAMES[*first]));
        }
        let mut order = alternative.to_vec();
        // Of those that block, one without credential fails before any is asked.
        order.sort_by_key(|one| {
            let blocks = blocking >> one & 1 == 1;
            (blocks, blocks && !WORDS[words[*one]].0.is_empty())
        });
        let missing_first = order.iter().find(|one| says(one).0 != "yes").unwrap();
        worst = worst.max(says(&missing_first).1);
    }
    (worst, String::new())
}

fn try_all(words: &[usize], rounds: u64) {
    thread::scope(|scope| {
        for blocking in 0..8 {
            scope.spawn(move || try_with(blocking, words, rounds));
        }
    });
}

fn try_with(blocking: usize, words: &[usize], rounds: u64) {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let (client, calls) = client(blocking);
    for (number, shape) in SHAPES.iter().enumerate() {
        let used = |one| shape.iter().any(|alternative| alternative.contains(&one));
        if (0..3).any(|one| blocking >> one & 1 == 1 && !used(one)) {
            continue;
        }
        let choices = |one: usize| if used(one) { words } else { &words[..1] };
        for a in choices(0) {
            for b in choices(1) {
                for c in choices(2) {
                    let said = [*a, *b, *c];
                    let (status, content) = expected(shape, blocking, &said);
                    for _ in 0..rounds {
                        calls.store(0, Ordering::Relaxed);
                        let mut request = client.get(format!("/{number}"));
                        for (name, word) in NAMES.into_iter().zip(said) {
                            let word = WORDS[word].0;
                            if !word.is_empty() {
                                request = request.field(name, format!("{word} {}", next() % 1000));
                            }
                        }
                        let answer = request.send();
                        let what = format!("{shape:?}, {blocking:03b}, {said:?}");
                        assert_eq!(answer.status(), status, "{what}");
                        let called = calls.load(Ordering::Relaxed);
                        assert_eq!(called, u32::from(status == 200), "{what}");
                        if status == 200 {
                            assert_eq!(answer.text(), content, "{what}");
                        }
                    }
                }
            }
        }
    }
}

fn rounds() -> Option<u64> {
    std::env::var("SECURITY_ROUNDS")
        .ok()
        .map(|rounds| rounds.parse().unwrap())
}

#[test]
fn the_first_alternative_in_the_order_of_the_document_wins_whatever_comes_first() {
    try_all(&[0, 1, 2], rounds().unwrap_or(3));
}

#[test]
fn missing_credentials_and_providers_that_cannot_tell_are_weighed_the_same_way() {
    try_all(&[0, 1, 2, 3, 4], 1);
}
