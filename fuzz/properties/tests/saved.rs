//! Every property over the inputs that were saved of its fuzzer, and over what some thousand small
//! changes make of them: the same ones in every run.
//!
//! An input for which a property does not hold is kept, and its file named, to be looked at with
//! `cargo fuzz run TARGET FILE`.

mod mutation;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use brrtrouter_properties::{ALL, Property};
use libtest_mimic::{Arguments, Failed, Trial};
use mutation::Mutation;

/// Changed inputs for each property, unless `BRRT_FUZZ_INPUTS` says another number.
const INPUTS: usize = 5_000;

/// A changed input is no longer.
const LONGEST: usize = 4_096;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = ALL
        .iter()
        .map(|property| Trial::test(property.name, move || check(property)))
        .collect();
    trials.push(Trial::test("every fuzzer is here", every_fuzzer_is_here));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn check(property: &Property) -> Result<(), Failed> {
    let saved = saved(&fuzz().join("corpus").join(property.name))?;
    if saved.is_empty() {
        return Err("there are no saved inputs".into());
    }
    for (name, input) in &saved {
        hold(property, input).map_err(|reason| format!("{name}: {reason}"))?;
    }
    let inputs = std::env::var("BRRT_FUZZ_INPUTS").map_or(Ok(INPUTS), |text| text.parse())?;
    let mut mutation = Mutation::new();
    for _ in 0..inputs {
        let input = mutation.of(&saved, LONGEST);
        hold(property, &input)?;
    }
    Ok(())
}

/// The inputs of a folder, by their names.
fn saved(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Failed> {
    let mut saved = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        saved.push((name.into_owned(), std::fs::read(&path)?));
    }
    saved.sort();
    Ok(saved)
}

fn hold(property: &Property, input: &[u8]) -> Result<(), String> {
    let Err(panic) = catch_unwind(AssertUnwindSafe(|| (property.hold)(input))) else {
        return Ok(());
    };
    let reason = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked");
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.finding", property.name));
    let kept = match std::fs::write(&kept, input) {
        Ok(()) => format!("the input is in {}", kept.display()),
        Err(error) => format!("the input cannot be kept: {error}"),
    };
    Err(format!("{reason}\n{kept}"))
}

fn every_fuzzer_is_here() -> Result<(), Failed> {
    let mut fuzzers = Vec::new();
    for entry in std::fs::read_dir(fuzz().join("fuzz_targets"))? {
        let path = entry?.path();
        fuzzers.extend(
            path.file_stem()
                .map(|stem| stem.to_string_lossy().into_owned()),
        );
    }
    fuzzers.sort();
    let names: Vec<&str> = ALL.iter().map(|property| property.name).collect();
    if fuzzers == names {
        return Ok(());
    }
    Err(format!("fuzzers: {fuzzers:?}\nproperties: {names:?}").into())
}
