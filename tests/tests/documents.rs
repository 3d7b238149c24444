//! Real documents become services: every schema compiles, every operation is reached.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::io::Write as _;
use std::path::{Path, PathBuf};

use brrtrouter::prelude::*;
use brrtrouter::security::{Credential, Denial, SecurityProvider};
use brrtrouter::service::BuildFault;
use brrtrouter::{AppServiceBuilder, HandlerRequest, Spec};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let folder = std::env::var_os("BRRT_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let folder = folder.join("specs");
    if !folder.is_dir() {
        let _ = writeln!(
            std::io::stderr(),
            "{} is not there: real documents are not tried",
            folder.display()
        );
    }
    let mut tests: Vec<Trial> = documents(&folder)
        .into_iter()
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            Trial::test(name.clone().into_owned(), move || becomes_a_service(&path))
        })
        .collect();
    if tests.is_empty() {
        let missing = || Err(Failed::from("there are no documents to try"));
        tests.push(Trial::test("real_documents", missing).with_ignored_flag(true));
    }
    libtest_mimic::run(&Arguments::from_args(), tests).exit();
}

/// The documents that stand in the folder by themselves, in the order of their names.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| {
            let ending = path.extension().unwrap_or_default();
            ending == "json" || ending == "yaml"
        })
        .collect();
    paths.sort();
    paths
}

/// Lets everybody in.
struct Anybody;

impl SecurityProvider for Anybody {
    fn verify(&self, _: &Credential<'_>) -> Result<Identity, Denial> {
        Ok(Identity::new("anybody"))
    }
}

/// Operations that no path tells apart are left out, the later ones of each kind; a scheme that the
/// document demands and does not declare has to stop the start.
fn becomes_a_service(path: &Path) -> Result<(), Failed> {
    let spec = load_spec(path)?;
    let mut left_out = Vec::new();
    loop {
        let error = match builder(&spec, &left_out).build() {
            Ok(service) => {
                assert_eq!(
                    service.router().len(),
                    spec.operations.len() - left_out.len()
                );
                return Ok(());
            }
            Err(error) => error,
        };
        let known = left_out.len();
        for fault in error.faults() {
            match fault {
                BuildFault::SamePath { operation, .. } => left_out.push(operation.clone()),
                BuildFault::NoScheme { scheme, .. } => {
                    assert!(!spec.security_schemes.contains_key(scheme));
                    return Ok(());
                }
                BuildFault::NoOperations if spec.operations.is_empty() => return Ok(()),
                _ => return Err(error.into()),
            }
        }
        assert!(left_out.len() > known, "{error}");
    }
}

fn builder(spec: &Spec, left_out: &[String]) -> AppServiceBuilder {
    let mut builder = AppService::builder(spec.clone());
    for operation in &spec.operations {
        let name = operation.name.clone();
        builder = builder.raw(name.clone(), move |request: &mut HandlerRequest<'_>| {
            assert_eq!(request.operation(), name);
            NoContent
        });
    }
    for scheme in spec.security_schemes.keys() {
        builder = builder.security(scheme, Anybody);
    }
    left_out.iter().fold(builder, AppServiceBuilder::without)
}
