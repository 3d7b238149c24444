//! A normalised document, written out, loads to the model it was written from.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use brrtrouter_spec::{Loader, load_spec};
use libtest_mimic::{Arguments, Trial};
use shown::shown;

mod shown;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = std::env::var_os("BRRT_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let folder = folder.join("specs");
    let mut documents: Vec<PathBuf> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json" || extension == "yaml")
        })
        .collect();
    let several = folder.join("digitalocean/specification/DigitalOcean-public.v2.yaml");
    documents.extend(several.exists().then_some(several));
    let mut trials: Vec<Trial> = documents.into_iter().map(trial).collect();
    if trials.is_empty() {
        let absent = Trial::test("the shared documents are not there", || Ok(()));
        trials.push(absent.with_ignored_flag(true));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(path: PathBuf) -> Trial {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Trial::test(name.into_owned(), move || {
        let spec = load_spec(&path).map_err(|error| error.to_string())?;
        let written = serde_json::to_string(spec.document.root())?;
        let again = Loader::new()
            .load_str(written, "bundled.json")
            .map_err(|error| error.to_string())?;
        if spec.document.root() != again.document.root() {
            return Err("the document has changed".into());
        }
        let (spec, again) = (shown(&spec), shown(&again));
        for (one, other) in spec.lines().zip(again.lines()) {
            if one != other {
                return Err(format!("{one}\n{other}").into());
            }
        }
        if spec.len() != again.len() {
            return Err("not all operations came through".into());
        }
        Ok(())
    })
}
