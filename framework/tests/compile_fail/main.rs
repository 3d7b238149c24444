//! What the compiler says of handlers that cannot be.
//!
//! Each file beside this one is compiled against the library that these tests are linked with. It must
//! not compile, and the lines `//~ …` in it must stand in what the compiler says; in one that begins
//! with `//! Compiles`, nothing must be said. No second build of the dependencies is needed, and no
//! release of the compiler that words the rest in another way is a failure.

#![allow(clippy::expect_used)]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut trials = Vec::new();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/compile_fail"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        if name != "main" {
            trials.push(Trial::test(name, move || check(&path)));
        }
    }
    Ok(libtest_mimic::run(&Arguments::from_args(), trials).exit_code())
}

fn check(path: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let folder = dependencies()?;
    let own = path.file_stem().unwrap_or_default().to_string_lossy();
    let out = format!("{own}-{}.rmeta", std::process::id());
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let compiled = Command::new(compiler)
        .args(["--edition=2024", "--crate-type=lib", "--emit=metadata"])
        .arg("--extern")
        .arg(format!("brrtrouter={}", library(&folder)?.display()))
        .arg("-L")
        .arg(format!("dependency={}", folder.display()))
        .arg("-o")
        .arg(std::env::temp_dir().join(out))
        .arg(path)
        .output()?;
    let said = String::from_utf8_lossy(&compiled.stderr);
    if text.starts_with("//! Compiles") {
        return match compiled.status.success() {
            true => Ok(()),
            false => Err(format!("it does not compile:\n{said}").into()),
        };
    }
    if compiled.status.success() {
        return Err("it compiles".into());
    }
    let wanted = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("//~ "));
    let missing: Vec<&str> = wanted.filter(|one| !said.contains(*one)).collect();
    if !text.contains("//~ ") || !missing.is_empty() {
        return Err(format!("the compiler does not say {missing:#?}, but:\n{said}").into());
    }
    Ok(())
}

/// The folder of what these tests are linked with: their own.
fn dependencies() -> Result<PathBuf, Box<dyn Error>> {
    let own = std::env::current_exe()?;
    Ok(own.parent().ok_or("the test is in no folder")?.to_owned())
}

/// The library built last, which is the one that Cargo has just seen to.
fn library(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let mut newest: Option<(SystemTime, PathBuf)> = None;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !(name.starts_with("libbrrtrouter-") && name.ends_with(".rlib")) {
            continue;
        }
        let built = entry.metadata()?.modified()?;
        if newest.as_ref().is_none_or(|(known, _)| built > *known) {
            newest = Some((built, entry.path()));
        }
    }
    Ok(newest.ok_or("the library was not built")?.1)
}
