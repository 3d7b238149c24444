//! From a reference to the place of a file.

use std::path::{Component, Path, PathBuf};

use super::{Refused, Sources};
use crate::diagnostic::code;
use crate::uri;

/// Where a file should be.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) path: PathBuf,
    /// The folder that it must lie in.
    pub(super) root: PathBuf,
    /// What diagnostics call it.
    pub(super) named: PathBuf,
}

pub(super) fn outside(reference: &str) -> Refused {
    Refused {
        code: &code::REFERENCE_OUTSIDE,
        message: format!("`{reference}` lies outside the root folder"),
        help: Some("references may lead to files below the folder of the entry document only"),
    }
}

impl Sources {
    /// Where the file should be that `reference` names, standing in the file `from`.
    pub(super) fn way(&self, from: usize, reference: &str) -> Result<Way, Refused> {
        let base = self.uri(from).unwrap_or_default();
        // Files stand to each other as their URIs do.
        let relative = if uri::is_absolute(reference) {
            uri::below(base, reference)
        } else {
            Some(reference)
        };
        let Some(relative) = relative.map(Path::new) else {
            return Err(Refused {
                code: &code::REFERENCE_NETWORK,
                message: format!("`{reference}` leads to the network, which is never asked"),
                help: Some("put a copy beside the document and refer to that"),
            });
        };
        let Some(root) = &self.root else {
            return Err(Refused {
                code: &code::REFERENCE_OUTSIDE,
                message: format!(
                    "`{reference}` is another file, and there is no root folder to look into"
                ),
                help: Some("load the document from a file, or set the root folder"),
            });
        };
        let is_prefixed = |part| matches!(part, Component::Prefix(_));
        if relative.has_root() || relative.components().any(is_prefixed) {
            return Err(outside(reference));
        }
        let source = self.list.get(from);
        let below = |folder: &Path| lexical(&folder.join(folder_shift(base)).join(relative));
        let folder = source
            .and_then(|source| source.path.as_deref())
            .and_then(Path::parent);
        let path = below(folder.unwrap_or(root));
        if !path.starts_with(root) {
            return Err(outside(reference));
        }
        let shown = source.and_then(|source| source.file.parent());
        Ok(Way {
            path,
            root: root.clone(),
            named: below(shown.unwrap_or(Path::new(""))),
        })
    }
}

/// The folder that a document says it stands in, seen from where its file stands: none for one that
/// gives itself a whole URI or path, since its files then lie beside it as they are.
fn folder_shift(uri: &str) -> &str {
    if uri::is_absolute(uri) || uri.starts_with('/') {
        return "";
    }
    uri.rsplit_once('/').map_or("", |(folder, _)| folder)
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
