//! The files of one load: the entry document, and what it refers to below the root folder.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Code, Location, code};
use crate::faults::{Faults, Spot};
use crate::limits::Limits;
use crate::source::{Source, read};
use crate::version::Version;

/// The files, the entry document first.
#[derive(Debug)]
pub(crate) struct Sources {
    list: Vec<Source>,
    versions: Vec<Option<Version>>,
    by_path: HashMap<PathBuf, usize>,
    /// The folder that no reference may leave, with all symbolic links resolved.
    root: Option<PathBuf>,
    limits: Limits,
    bytes_left: u64,
    /// Files that a reference names and that are not there.
    missing: Vec<PathBuf>,
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
            root,
            limits,
            bytes_left: limits.total_bytes,
            missing: Vec::new(),
        }
    }

    /// Adds a text as the next file.
    pub(crate) fn add(
        &mut self,
        file: PathBuf,
        path: Option<PathBuf>,
        text: String,
        faults: &mut Faults,
    ) -> usize {
        self.bytes_left = self.bytes_left.saturating_sub(text.len() as u64);
        let (source, found) = Source::parse(Arc::new(file), path.clone(), text, &self.limits);
        for fault in found {
            let location = source.location(fault.mark);
            faults.push_read(fault, location);
        }
        let index = self.list.len();
        let stated = source
            .value
            .get("openapi")
            .and_then(|stated| stated.as_str());
        self.versions
            .push(stated.and_then(|stated| match Version::read(stated) {
                crate::version::Stated::Known(version) | crate::version::Stated::Odd(version) => {
                    Some(version)
                }
                crate::version::Stated::Unsupported => None,
            }));
        self.list.push(source);
        if let Some(path) = path {
            self.by_path.insert(path, index);
        }
        index
    }

    /// The paths of all files that were read or looked for in vain.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let read = self.list.iter().filter_map(|source| source.path.clone());
        read.chain(self.missing.iter().cloned()).collect()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Source> {
        self.list.get(index)
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut Source> {
        self.list.get_mut(index)
    }

    /// The version that a file states itself.
    pub(crate) fn version(&self, index: usize) -> Option<Version> {
        self.versions.get(index).copied().flatten()
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
        let Some(root) = &self.root else {
            return Err(Refused {
                code: &code::REFERENCE_OUTSIDE,
                message: format!(
                    "`{reference}` is another file, and there is no root folder to look into"
                ),
                help: Some("load the document from a file, or set the root folder"),
            });
        };
        let outside = || Refused {
            code: &code::REFERENCE_OUTSIDE,
            message: format!("`{reference}` lies outside the root folder"),
            help: Some("references may lead to files below the folder of the entry document only"),
        };
        let relative = Path::new(reference);
        if relative.has_root()
            || relative
                .components()
                .any(|part| matches!(part, Component::Prefix(_)))
        {
            return Err(outside());
        }
        let source = self.list.get(from);
        let folder = source
            .and_then(|source| source.path.as_deref())
            .and_then(Path::parent)
            .unwrap_or(root);
        let path = lexical(&folder.join(relative));
        if !path.starts_with(root) {
            return Err(outside());
        }
        if let Some(index) = self.by_path.get(&path) {
            return self.checked(*index, reference);
        }
        let missing = |reason: String| Refused {
            code: &code::REFERENCE_FILE,
            message: format!("`{reference}` cannot be read: {reason}"),
            help: None,
        };
        let real = path.canonicalize().map_err(|error| {
            self.missing.push(path.clone());
            missing(error.to_string())
        })?;
        if !real.starts_with(root) {
            return Err(outside());
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
        let text =
            read(&real, self.limits.file_bytes.min(self.bytes_left)).map_err(|unread| Refused {
                code: &code::REFERENCE_FILE,
                message: format!("`{reference}` cannot be used: {}", unread.message),
                help: None,
            })?;
        let named = lexical(
            &source
                .and_then(|source| source.file.parent())
                .unwrap_or(Path::new(""))
                .join(relative),
        );
        let index = self.add(named, Some(real), text, faults);
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

/// Takes out `.` and `..` without asking the file system.
fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !matches!(plain.components().next_back(), Some(Component::Normal(_))) {
                    plain.push("..");
                } else {
                    plain.pop();
                }
            }
            other => plain.push(other),
        }
    }
    plain
}
