use std::borrow::Cow;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use brrtrouter_transport::{FileRange, Payload, Response, Status};

use crate::conditional::{ETag, is_settled};
use crate::problem::Problem;
use crate::reply::IntoResponse;

/// A file, whole or in the parts that the client asks for, and not at all if the client has it
/// ([`conditional`](crate::conditional)).
///
/// ```
/// use brrtrouter::prelude::*;
///
/// fn manual() -> Result<NamedFile, Problem> {
///     NamedFile::open("manual.pdf").map_err(|_| Problem::not_found("there is no manual"))
/// }
/// ```
///
/// Its media type is guessed from its name. Its entity tag comes from its length and the time of its
/// last change, and is a weak one while that time is so near that another change could have it too.
#[derive(Debug, Clone)]
pub struct NamedFile {
    file: Arc<File>,
    length: u64,
    modified: Option<SystemTime>,
    tag: Option<ETag>,
    content_type: Cow<'static, str>,
    disposition: Option<String>,
}

impl NamedFile {
    /// Opens the file at `path`, which must be trusted: nothing is looked for in it, such as `..`.
    ///
    /// Blocks the thread: a handler of files that may be slow to open is one for
    /// [`Dispatch::blocking`](crate::Dispatch::blocking). Sending the file does not.
    ///
    /// # Errors
    ///
    /// The system's; [`io::ErrorKind::IsADirectory`] for what is no file.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        Self::named(path, File::open(path)?)
    }

    /// An open file, of the media type that belongs to the name at the end of `path`.
    pub(crate) fn named(path: &Path, file: File) -> io::Result<Self> {
        let mut named = Self::new(file)?;
        if let Some(kind) = mime_guess::from_path(path).first_raw() {
            named.content_type = with_charset(kind);
        }
        Ok(named)
    }

    /// An open file, of `application/octet-stream`.
    ///
    /// # Errors
    ///
    /// If the system does not tell its length; [`io::ErrorKind::IsADirectory`] for what is no file.
    pub fn new(file: impl Into<Arc<File>>) -> io::Result<Self> {
        let file = file.into();
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let modified = metadata.modified().ok();
        Ok(Self {
            file,
            length: metadata.len(),
            modified,
            tag: modified.and_then(|modified| tag(&metadata, modified)),
            content_type: Cow::Borrowed("application/octet-stream"),
            disposition: None,
        })
    }

    /// The same, of that media type.
    pub fn with_type(mut self, content_type: impl Into<Cow<'static, str>>) -> Self {
        self.content_type = content_type.into();
        self
    }

    /// The same with another entity tag.
    pub fn with_tag(mut self, tag: ETag) -> Self {
        self.tag = Some(tag);
        self
    }

    /// The same, to be saved under that name rather than shown (RFC 6266).
    pub fn as_attachment(mut self, name: &str) -> Self {
        self.disposition = Some(attachment(name));
        self
    }

    /// How many bytes it has.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// When it was last changed, where the system knows.
    pub fn modified(&self) -> Option<SystemTime> {
        self.modified
    }

    /// Its entity tag.
    pub fn tag(&self) -> Option<&ETag> {
        self.tag.as_ref()
    }
}

impl IntoResponse for NamedFile {
    const STATUS: Option<Status> = Some(Status::OK);
    const IS_CONDITIONAL: bool = true;

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        let modified = self.modified.map(httpdate::fmt_http_date);
        let fields = [
            ("content-type", Some(&*self.content_type)),
            ("content-disposition", self.disposition.as_deref()),
            ("etag", self.tag.as_ref().map(ETag::as_str)),
            ("last-modified", modified.as_deref()),
            ("accept-ranges", Some("bytes")),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                let headers = response.headers_mut();
                headers.set(name, value).map_err(Problem::internal)?;
            }
        }
        let range = FileRange::new(self.file, 0, self.length);
        response.set_payload(Payload::File(range));
        Ok(())
    }
}

fn tag(metadata: &Metadata, modified: SystemTime) -> Option<ETag> {
    let since = modified.duration_since(UNIX_EPOCH).ok()?;
    let name = format!("{:x}-{:x}", metadata.len(), since.as_nanos());
    let tag = match is_settled(modified) {
        true => ETag::strong(&name),
        false => ETag::weak(&name),
    };
    tag.ok()
}

/// A media type with the charset that texts have nowadays.
fn with_charset(kind: &'static str) -> Cow<'static, str> {
    match kind.starts_with("text/") || kind == "application/javascript" {
        true => Cow::Owned(format!("{kind}; charset=utf-8")),
        false => Cow::Borrowed(kind),
    }
}

/// `Content-Disposition` with the name twice: as ASCII for all, and whole for those that can read it
/// (RFC 6266 §4.3, RFC 8187).
fn attachment(name: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

    /// All but `attr-char` of RFC 8187 §3.2.1.
    const VALUE: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'!')
        .remove(b'#')
        .remove(b'$')
        .remove(b'&')
        .remove(b'+')
        .remove(b'-')
        .remove(b'.')
        .remove(b'^')
        .remove(b'_')
        .remove(b'`')
        .remove(b'|')
        .remove(b'~');
    let is_plain = |one: char| (one.is_ascii_graphic() || one == ' ') && !"\"\\/%".contains(one);
    let plain: String = name
        .chars()
        .map(|one| if is_plain(one) { one } else { '_' })
        .collect();
    let mut field = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        field.push_str("; filename*=UTF-8''");
        field.extend(utf8_percent_encode(name, VALUE));
    }
    field
}
