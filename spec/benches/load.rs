//! What loading costs: time beside what a bare parser takes for the same bytes, in one run, and the
//! peak of memory beside the size of the file; and what it costs to refuse documents that are made to do
//! harm.
//!
//! ```text
//! cargo bench -p brrtrouter-spec --bench load
//! ```
//!
//! Times are the best of many runs, taken in turn, so that a busy machine slows both alike.

#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use brrtrouter_core::Router;
use brrtrouter_spec::{Loader, load_spec};
use saphyr::{LoadableYamlNode, MarkedYaml};

#[path = "../tests/hostile/bombs.rs"]
mod bombs;

const ROUNDS: usize = 15;

fn main() {
    let shared = std::env::var_os("BRRT_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("specs");
    println!(
        "{:<24} {:>9} {:>9} {:>7} {:>8}  beside",
        "document", "load ms", "bare ms", "ratio", "memory"
    );
    for file in [
        "github-api-3.0.json",
        "box.json",
        "stripe-old.yaml",
        "openai-2026.yaml",
        "twilio-api-v2010.yaml",
    ] {
        let path = folder.join(file);
        match std::fs::read_to_string(&path) {
            Ok(text) => measure(file, &path, &text),
            Err(_) => println!("{file:<24} is not there"),
        }
    }
    println!(
        "\n{:<24} {:>9} {:>9} {:>9}",
        "bomb", "KiB", "ms", "peak MiB"
    );
    for bomb in bombs::bombs() {
        refuse(&bomb);
    }
}

/// The best time and the peak of memory over refusing a document, its text not counted.
fn refuse(bomb: &bombs::Bomb) {
    let mut best = Duration::MAX;
    let mut peak = 0;
    for _ in 0..ROUNDS {
        let text = bomb.text.clone();
        let counted = allocation_counter::measure(|| {
            best = best.min(timed(|| {
                let refused = black_box(Loader::new().load_str(text, bomb.file));
                let is_refused =
                    refused.is_err_and(|error| error.errors().any(|fault| fault.code == bomb.code));
                assert!(is_refused, "{}", bomb.file);
            }));
        });
        peak = peak.max(counted.bytes_max);
    }
    println!(
        "{:<24} {:>9.0} {:>9.2} {:>9.2}",
        bomb.file,
        bomb.text.len() as f64 / f64::from(1 << 10),
        best.as_secs_f64() * 1e3,
        peak as f64 / f64::from(1 << 20),
    );
}

fn measure(file: &str, path: &Path, text: &str) {
    let peak = allocation_counter::measure(|| drop(black_box(load(path)))).bytes_max;
    let is_json = file.ends_with(".json");
    let (mut ours, mut bare) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        ours = ours.min(timed(|| drop(black_box(load(path)))));
        bare = bare.min(timed(|| {
            if is_json {
                let value = serde_json::from_slice::<serde_json::Value>(text.as_bytes());
                assert!(black_box(value).is_ok());
            } else {
                drop(black_box(MarkedYaml::load_from_str(text)));
            }
        }));
    }
    let is_read = is_json || MarkedYaml::load_from_str(text).is_ok();
    let beside = match (is_json, is_read) {
        (true, _) => "serde_json into a value",
        (false, true) => "saphyr into a marked value",
        (false, false) => "saphyr, which stops with an error",
    };
    println!(
        "{file:<24} {:>9.2} {:>9.2} {:>7.2} {:>7.1}x  {beside}",
        ours.as_secs_f64() * 1e3,
        bare.as_secs_f64() * 1e3,
        ours.as_secs_f64() / bare.as_secs_f64(),
        peak as f64 / text.len() as f64,
    );
}

/// From the file to the tables of the router.
fn load(path: &Path) -> Option<Router> {
    let spec = load_spec(path).ok()?;
    Router::builder().keep_first().spec(&spec).build().ok()
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
