use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::mark::Mark;
use crate::diagnostic::{Code, code};

/// Why a file gave no text.
#[derive(Debug)]
pub(crate) struct Unread {
    pub(crate) code: &'static Code,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// Where the offending byte stands, if there is one.
    pub(crate) mark: Option<Mark>,
}

/// Reads a regular file of at most `limit` bytes of UTF-8.
pub(crate) fn read(path: &Path, limit: u64) -> Result<String, Unread> {
    let unreadable = |reason: &dyn std::fmt::Display| Unread {
        code: &code::UNREADABLE,
        message: format!("{} cannot be read: {reason}", path.display()),
        help: None,
        mark: None,
    };
    // Asked before opening: to open a pipe would wait for its writer.
    let about = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !about.is_file() {
        return Err(unreadable(&"it is not a regular file"));
    }
    let too_large = || Unread {
        code: &code::FILE_TOO_LARGE,
        message: format!("{} has more than {limit} bytes", path.display()),
        help: Some("raise the limits `file_bytes` and `total_bytes` if it is meant to".into()),
        mark: None,
    };
    if about.len() > limit {
        return Err(too_large());
    }
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > limit {
        return Err(too_large());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..valid).unwrap_or_default();
        let before = String::from_utf8_lossy(before);
        Unread {
            code: &code::NOT_UTF8,
            message: format!("{} is not UTF-8 text", path.display()),
            help: Some("save it as UTF-8".into()),
            mark: Some(Mark::of(&before, before.len())),
        }
    })
}
