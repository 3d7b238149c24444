//! The files of one load: the entry document, and what it refers to below the root folder.

mod way;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::diagnostic::{Code, Location, code};
use crate::faults::{Faults, Spot};
use crate::limits::Limits;
use crate::source::{Aim, Source, read};
use crate::uri;
use crate::version::{Stated, Version};
use way::{Way, outside};

/// The files, the entry document first.
#[derive(Debug)]
pub(crate) struct Sources {
    list: Vec<Source>,
    /// The version that each file is written in.
    versions: Vec<Version>,
    by_path: HashMap<PathBuf, usize>,
    /// Documents by the whole URIs or paths that they give themselves (`$self`).
    by_uri: HashMap<String, usize>,
    /// What each file calls itself.
    uris: Vec<Option<String>>,
    /// The folder that no reference may leave, with all symbolic links resolved.
    root: Option<PathBuf>,
    limits: Limits,
    bytes_left: u64,
    /// Files that a reference names and that are not there.
    missing: Vec<PathBuf>,
    /// Paths that references name and that symbolic links make lead elsewhere.
    links: Vec<PathBuf>,
}

/// Why a file that a reference names is not there.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) code: &'static Code,
    pub(crate) message: String,
    pub(crate) help: Option<&'static str>,
}

impl Sources {
    pub(crate) fn new(root: Option<PathBuf>, limits: Limits) -> Self {
        Self {
            list: Vec::new(),
            versions: Vec::new(),
            by_path: HashMap::new(),
            by_uri: HashMap::new(),
            uris: Vec::new(),
            root,
            limits,
            bytes_left: limits.total_bytes,
            missing: Vec::new(),
            links: Vec::new(),
        }
    }

    /// Adds a text as the next file; `inherited` is the version that it is of if it states none.
    pub(crate) fn add(
        &mut self,
        file: PathBuf,
        path: Option<PathBuf>,
        text: String,
        inherited: Version,
        faults: &mut Faults,
    ) -> usize {
        self.bytes_left = self.bytes_left.saturating_sub(text.len() as u64);
        let (source, found) = Source::parse(Arc::new(file), path.clone(), text, &self.limits);
        for fault in found {
            let location = source.location(fault.mark);
            faults.push_read(fault, location);
        }
        let index = self.list.len();
        self.versions.push(inherited);
        let uri = self_uri(&source.value);
        if let Some(uri) = &uri
            && (uri::is_absolute(uri) || uri.starts_with('/'))
        {
            self.by_uri.entry(uri.clone()).or_insert(index);
        }
        self.uris.push(uri);
        self.list.push(source);
        if let Some(path) = path {
            self.by_path.insert(path, index);
        }
        index
    }

    /// The paths of all files that were read, of links to them, and of files that were looked for in
    /// vain.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let read = self.list.iter().filter_map(|source| source.path.clone());
        let others = self.links.iter().chain(&self.missing);
        read.chain(others.cloned()).collect()
    }

    /// How many files have been read.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// The URI that a file gives itself: what references in it are relative to (OpenAPI 3.2 §4.1.2).
    pub(crate) fn uri(&self, index: usize) -> Option<&str> {
        self.uris.get(index)?.as_deref()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Source> {
        self.list.get(index)
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut Source> {
        self.list.get_mut(index)
    }

    /// The version that a file is written in: a whole document says so itself, and a part of one is
    /// of the version of the file that first referred to it.
    pub(crate) fn version(&self, index: usize) -> Version {
        self.versions.get(index).copied().unwrap_or(Version::V31)
    }

    /// The latest version that any of the files is written in.
    pub(crate) fn latest(&self) -> Version {
        self.versions.iter().copied().max().unwrap_or(Version::V31)
    }

    /// Says in what version a file is written.
    pub(crate) fn set_version(&mut self, index: usize, version: Version) {
        if let Some(known) = self.versions.get_mut(index) {
            *known = version;
        }
    }

    /// Reads what version a file states that was referred to.
    fn read_version(&mut self, index: usize, faults: &mut Faults) {
        let inherited = self.version(index);
        let stated = self.get(index).map(|source| Version::stated(&source.value));
        let Some((field, stated)) = stated.flatten() else {
            return;
        };
        let (version, is_odd) = match Version::read(&stated) {
            Stated::Known(version) => (version, false),
            Stated::Odd(version) => (version, true),
            Stated::Unsupported => (inherited, true),
        };
        if is_odd {
            faults.push(
                &code::VERSION_ODD,
                Spot {
                    source: index,
                    pointer: format!("/{field}"),
                    aim: Aim::Value,
                },
                format!(
                    "the version `{stated}` is not one of the specification; what is used of the \
                     file is taken as {}",
                    version.text()
                ),
                Some("write it with its patch number, such as 3.1.0"),
            );
        }
        self.set_version(index, version);
    }

    pub(crate) fn index_of(&self, file: &Arc<PathBuf>) -> usize {
        self.list
            .iter()
            .position(|source| source.file == *file)
            .unwrap_or(0)
    }

    /// The file that `reference`, standing in the file `from`, names; read if it has not been.
    pub(crate) fn open(
        &mut self,
        from: usize,
        reference: &str,
        faults: &mut Faults,
    ) -> Result<usize, Refused> {
        let base = self.uri(from).unwrap_or_default();
        let uri = uri::resolve(base, reference);
        if uri == base {
            return self.checked(from, reference);
        }
        if let Some(known) = self.by_uri.get(&uri) {
            return self.checked(*known, reference);
        }
        let Way { path, root, named } = self.way(from, reference)?;
        if let Some(index) = self.by_path.get(&path) {
            return self.checked(*index, reference);
        }
        let unread = |reason: String| Refused {
            code: &code::REFERENCE_FILE,
            message: format!("`{reference}` cannot be read: {reason}"),
            help: None,
        };
        let real = path.canonicalize().map_err(|error| {
            self.missing.push(path.clone());
            unread(error.to_string())
        })?;
        if !real.starts_with(&root) {
            return Err(outside(reference));
        }
        if real != path {
            self.links.push(path.clone());
        }
        if let Some(index) = self.by_path.get(&real).copied() {
            self.by_path.insert(path, index);
            return self.checked(index, reference);
        }
        if self.list.len() >= self.limits.files {
            return Err(Refused {
                code: &code::TOO_MANY_FILES,
                message: format!(
                    "`{reference}` would be more than {} files",
                    self.limits.files
                ),
                help: Some("raise the limit `files` if the document is meant to have so many"),
            });
        }
        let text = read(&real, self.limits.file_bytes.min(self.bytes_left))
            .map_err(|fault| unread(fault.message))?;
        let index = self.add(named, Some(real), text, self.version(from), faults);
        self.read_version(index, faults);
        self.by_path.insert(path, index);
        self.checked(index, reference)
    }

    /// A file that was read but holds nothing usable has told why already.
    fn checked(&self, index: usize, reference: &str) -> Result<usize, Refused> {
        // The entry document's value has been taken to be worked on.
        if index == 0
            || self
                .list
                .get(index)
                .is_some_and(|source| !source.value.is_null())
        {
            return Ok(index);
        }
        Err(Refused {
            code: &code::REFERENCE_FILE,
            message: format!("`{reference}` holds no value"),
            help: None,
        })
    }

    /// The file, the pointer as far as it leads to something there, and its place.
    pub(crate) fn locate(&self, spot: Spot) -> (usize, String, Option<Location>) {
        let Some(source) = self.list.get(spot.source) else {
            return (spot.source, spot.pointer, None);
        };
        let (location, _) = source.locate(&spot.pointer, spot.aim);
        (spot.source, spot.pointer, Some(location))
    }
}

/// The URI that a document gives itself, without a fragment.
fn self_uri(root: &Value) -> Option<String> {
    root.get("openapi")?;
    let stated = root.get("$self")?.as_str()?;
    let uri = stated.split('#').next().unwrap_or_default();
    (!uri.is_empty()).then(|| uri.to_owned())
}
