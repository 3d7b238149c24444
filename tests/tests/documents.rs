//! Real documents become services: every schema compiles, every operation is reached.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::io::Write as _;
use std::path::{Path, PathBuf};

use brrtrouter::HandlerRequest;
use brrtrouter::prelude::*;
use brrtrouter::security::{Credential, Denial, SecurityProvider};
use libtest_mimic::{Arguments, Failed, Trial};

const DOCUMENTS: [&str; 2] = ["museum-3.1.yaml", "github-api-3.0.json"];

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
    let tests = DOCUMENTS
        .iter()
        .map(|name| {
            let path = folder.join(name);
            let missing = !path.is_file();
            Trial::test(*name, move || becomes_a_service(&path)).with_ignored_flag(missing)
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), tests).exit();
}

/// Lets everybody in.
struct Anybody;

impl SecurityProvider for Anybody {
    fn verify(&self, _: &Credential<'_>, _: &[String]) -> Result<Identity, Denial> {
        Ok(Identity::new("anybody"))
    }
}

fn becomes_a_service(path: &Path) -> Result<(), Failed> {
    let spec = load_spec(path)?;
    let count = spec.operations.len();
    let names: Vec<String> = spec.operations.iter().map(|one| one.name.clone()).collect();
    let schemes: Vec<String> = spec.security_schemes.keys().cloned().collect();
    let mut builder = AppService::builder(spec);
    for name in names {
        let operation = name.clone();
        builder = builder.raw(name, move |request: &mut HandlerRequest<'_>| {
            assert_eq!(request.operation(), operation);
            NoContent
        });
    }
    for scheme in schemes {
        builder = builder.security(scheme, Anybody);
    }
    let service = builder.build()?;
    assert_eq!(service.router().len(), count);
    Ok(())
}
