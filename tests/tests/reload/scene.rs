//! A document on disk that is served and watched, and the ways in which it is saved.

use std::path::{Path as FilePath, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use std::{fs, iter};

use brrtrouter::prelude::*;
use brrtrouter::reload::{Changes, ReloadError, ReloadableService, SpecWatch, watch_spec};
use tempfile::TempDir;
use whole_server_tests::{On, Served};

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A document with these operations, all of which answer with what `things.yaml` describes.
pub(crate) fn document(names: &[&str]) -> String {
    let mut text = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n".to_owned();
    for name in names {
        text += &format!(
            "  /{name}:\n    get:\n      operationId: {name}\n      parameters:\n        \
             - {{name: n, in: query, schema: {{$ref: 'things.yaml#/N'}}}}\n      \
             responses: {{'200': {{description: ok}}}}\n"
        );
    }
    text
}

pub(crate) const THINGS: &str = "N: {type: integer, maximum: 10}\n";

pub(crate) fn service_of(spec: brrtrouter::Spec) -> ReloadableService {
    let service = ReloadableService::new(spec, |spec| {
        AppService::builder(spec)
            .handler("a", || "a")
            .handler("b", || "b")
    });
    service.unwrap()
}

/// A document on disk that is served and watched.
pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    pub(crate) client: Served,
    pub(crate) reports: Receiver<Result<Changes, ReloadError>>,
    pub(crate) watch: Option<SpecWatch>,
}

impl Scene {
    pub(crate) fn new(on: On, names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("api.yaml"), document(names)).unwrap();
        fs::write(folder.path().join("things.yaml"), THINGS).unwrap();
        let entry = folder.path().join("api.yaml");
        let service = service_of(load_spec(&entry).unwrap());
        Self::watching(on, folder, &entry, service)
    }

    pub(crate) fn watching(
        on: On,
        folder: TempDir,
        entry: &FilePath,
        service: ReloadableService,
    ) -> Self {
        let (sender, reports) = mpsc::channel();
        let watch = watch_spec(entry, &service, move |report| {
            let _ = sender.send(report);
        });
        Self {
            folder,
            client: on.client(service),
            reports,
            watch: Some(watch.unwrap()),
        }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn report(&self) -> Result<Changes, ReloadError> {
        self.reports.recv_timeout(PATIENCE).expect("a report")
    }

    /// The next report of a document that serves. Whoever saves in steps may be held up between two of
    /// them, and the watch then tells what it has found there.
    pub(crate) fn changes(&self) -> Changes {
        iter::repeat_with(|| self.report())
            .find_map(Result::ok)
            .expect("reports go on")
    }

    pub(crate) fn status(&self, target: &str) -> u16 {
        self.client.get(target).send().status()
    }
}

pub(crate) fn names(operations: &[brrtrouter::reload::ChangedOperation]) -> Vec<&str> {
    operations.iter().map(|one| one.name.as_str()).collect()
}

pub(crate) fn write_in_place(file: &FilePath, text: &str) {
    fs::write(file, text).unwrap();
}

pub(crate) fn rename_over(file: &FilePath, text: &str) {
    let other = file.with_extension("swp");
    fs::write(&other, text).unwrap();
    fs::rename(other, file).unwrap();
}

pub(crate) fn delete_and_create(file: &FilePath, text: &str) {
    fs::remove_file(file).unwrap();
    fs::write(file, text).unwrap();
}

/// Moves the old one away first, as some editors do for a backup.
pub(crate) fn back_up_and_create(file: &FilePath, text: &str) {
    fs::rename(file, file.with_extension("bak")).unwrap();
    fs::write(file, text).unwrap();
}

pub(crate) const WAYS: [fn(&FilePath, &str); 4] = [
    write_in_place,
    rename_over,
    delete_and_create,
    back_up_and_create,
];
