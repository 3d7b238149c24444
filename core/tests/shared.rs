//! Real documents and route sets: every template finds its own operation, every path its winner.

#![allow(clippy::expect_used)]

#[path = "matchit/mod.rs"]
mod both;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use both::{Both, Said};
use brrtrouter_core::{BuildError, Extractors, Lookup, PathParams, Router};
use brrtrouter_spec::{Spec, load_spec};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let shared = std::env::var_os("BRRT_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let mut trials = Vec::new();
    for path in files(&shared.join("routes"), &["routes"]) {
        trials.push(Trial::test(name(&path), move || check_routes(&path)));
    }
    let mut documents = files(&shared.join("specs"), &["json", "yaml"]);
    let several = shared.join("specs/digitalocean/specification/DigitalOcean-public.v2.yaml");
    documents.extend(several.exists().then_some(several));
    for path in documents {
        trials.push(Trial::test(name(&path), move || check_document(&path)));
    }
    if trials.is_empty() {
        let absent = Trial::test("the shared files are not there", || Ok(()));
        trials.push(absent.with_ignored_flag(true));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|own| endings.iter().any(|ending| own == *ending))
        })
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn check_routes(path: &Path) -> Result<(), Failed> {
    let routes = std::fs::read_to_string(path)?;
    let mut builder = Router::builder();
    for (number, template) in routes.lines().enumerate() {
        builder.add("GET", template, number as u32);
    }
    let router = builder.build()?;
    let numbered = routes.lines().enumerate();
    let both = Both::new(numbered.map(|(number, template)| (number as u32, template)));
    if both.taken.len() != router.len() {
        return Err("another router refuses some of the templates".into());
    }
    let mut params = PathParams::new();
    let mut count = 0;
    for line in std::fs::read_to_string(path.with_extension("paths"))?.lines() {
        let (number, target) = line.split_once('\t').ok_or("no tab")?;
        let number: u32 = number.parse()?;
        match router.lookup("GET", target, &mut params) {
            Lookup::Found(found) if found.route == number => count += 1,
            other => return Err(format!("{line}: {other:?}").into()),
        }
        if both.ask(target)? != Said::Found {
            return Err(format!("{target} is not found by both").into());
        }
    }
    if count == 0 {
        return Err("no paths".into());
    }
    Ok(())
}

/// A path of the template, its parameters replaced by values that no literal has.
fn path_of(template: &str) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((literal, tail)) = rest.split_once('{') {
        path.push_str(literal);
        path.push_str("~x1");
        rest = tail.split_once('}').map_or("", |(_, tail)| tail);
    }
    path.push_str(rest);
    path
}

fn check_document(path: &Path) -> Result<(), Failed> {
    let spec = load_spec(path).map_err(|error| error.to_string())?;
    // Some documents tell operations apart by a fragment, which no request has.
    let router = Router::builder().spec(&spec).keep_first().build()?;
    if let Err(errors) = Router::compile(&spec) {
        let is_expected = errors.iter().count() == router.shadowed().len()
            && errors
                .iter()
                .all(|error| matches!(error, BuildError::SameShape { .. }));
        if !is_expected {
            return Err(errors.into());
        }
    }
    check_second_opinion(&spec)?;
    let mut params = PathParams::new();
    for operation in &spec.operations {
        let target = path_of(&operation.path);
        let winner = |found: u32| {
            let own = operation.id.index() as u32;
            found == own || router.shadowed().contains(&(found, own))
        };
        match router.lookup(&operation.method, &target, &mut params) {
            Lookup::Found(found) if winner(found.operation().index() as u32) => {}
            other => {
                return Err(format!("{} {}: {other:?}", operation.method, operation.path).into());
            }
        }
        let extractors = Extractors::compile(&spec, operation)
            .map_err(|error| format!("{} {}: {error}", operation.method, operation.path))?;
        let mut slots = brrtrouter_core::Slots::new();
        let found = extractors.extract(
            brrtrouter_core::Source {
                target: &target,
                path: &params,
                fields: &(),
            },
            &mut slots,
        );
        // Whatever the schemas say, nothing is missing from the path.
        let mut missing = Vec::new();
        found.check(&mut |error| {
            if error.place == brrtrouter_core::Place::Path
                && error.kind == brrtrouter_core::ParameterErrorKind::Missing
            {
                missing.push(error.to_string());
            }
        });
        if !missing.is_empty() {
            return Err(missing.join("\n").into());
        }
    }
    Ok(())
}

/// Another router finds the same operation for a path of each template, and for each path that has
/// the literal of another template in the place of a parameter.
fn check_second_opinion(spec: &Spec) -> Result<(), Failed> {
    let mut methods: BTreeMap<&str, Vec<(u32, &str)>> = BTreeMap::new();
    for operation in &spec.operations {
        let own = (operation.id.index() as u32, operation.path.as_str());
        methods.entry(&operation.method).or_default().push(own);
    }
    for templates in methods.values() {
        let both = Both::new(templates.iter().copied());
        for (number, (_, template)) in templates.iter().enumerate() {
            both.ask(&path_of(template))?;
            // Its neighbours in the document, which often share its beginning.
            for (_, neighbour) in templates.iter().skip(number + 1).take(20) {
                both.ask(&mixed(template, neighbour))?;
            }
        }
    }
    Ok(())
}

/// A path of the first template, with the second one's literals where the first has parameters.
fn mixed(template: &str, neighbour: &str) -> String {
    let mut literals = neighbour.split('/');
    let segments = template.split('/').map(|segment| {
        match literals.next().filter(|literal| !literal.contains('{')) {
            Some(literal) if segment.starts_with('{') && !literal.is_empty() => literal.into(),
            _ => path_of(segment),
        }
    });
    segments.collect::<Vec<String>>().join("/")
}
