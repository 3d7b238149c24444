use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek as _};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::extract::{BodyShape, FromRequest};
use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::media;
use crate::problem::{Problem, Violation};

/// The parts of a `multipart/form-data` body, checked against the document.
///
/// What the schema types is among the [`fields`](Self::fields); files stand apart, by the names of
/// their parts. A file larger than [`Limits::part_memory`](crate::Limits::part_memory) lies on disk
/// without a name, and is gone once its [`FilePart`] is dropped.
///
/// ```
/// use brrtrouter::prelude::*;
///
/// fn upload(mut parts: Multipart) -> Result<Text, Problem> {
///     let title = parts.text("title").unwrap_or("untitled").to_owned();
///     let photo = parts.take_file("photo").ok_or_else(|| Problem::bad_request("no photo"))?;
///     Ok(Text::from(format!("{title}: {} bytes", photo.len())))
/// }
/// ```
#[derive(Debug, Default)]
pub struct Multipart {
    fields: Map<String, Value>,
    files: Vec<FilePart>,
}

/// One file of a [`Multipart`] body.
pub struct FilePart {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    content: FileContent,
}

/// Where a file is kept.
pub(crate) enum FileContent {
    InMemory(Bytes),
    OnDisk { file: File, length: u64 },
}

impl Multipart {
    /// The parts that are no files, each as its schema's type.
    pub fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// The part of that name; `None` if there is none or it is a file.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// The text of that name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Takes the parts that are no files as one value: a struct with a field for each.
    ///
    /// # Errors
    ///
    /// 400 with what the type asks for and the document does not.
    pub fn take_fields<T: DeserializeOwned>(&mut self) -> Result<T, Problem> {
        let fields = Value::Object(std::mem::take(&mut self.fields));
        serde_json::from_value(fields).map_err(|error| {
            Problem::violations(vec![Violation::of_body("type", error.to_string())])
        })
    }

    /// The files in the order sent; several may have one name.
    pub fn files(&self) -> &[FilePart] {
        &self.files
    }

    /// The first file of that name.
    pub fn file(&self, name: &str) -> Option<&FilePart> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Takes the first file of that name out.
    pub fn take_file(&mut self, name: &str) -> Option<FilePart> {
        let at = self.files.iter().position(|file| file.name == name)?;
        Some(self.files.remove(at))
    }
}

impl FilePart {
    pub(crate) fn new(
        name: String,
        file_name: Option<String>,
        content_type: Option<String>,
        content: FileContent,
    ) -> Self {
        Self {
            name,
            file_name,
            content_type,
            content,
        }
    }

    /// The name of the part.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name that the client has for the file, as it was sent: nothing to use as a path.
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// The media type that the client states.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// How many bytes it has.
    pub fn len(&self) -> u64 {
        match &self.content {
            FileContent::InMemory(bytes) => bytes.len() as u64,
            FileContent::OnDisk { length, .. } => *length,
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it lies on disk.
    pub fn is_on_disk(&self) -> bool {
        matches!(self.content, FileContent::OnDisk { .. })
    }

    /// Reads it from its start. Reading from disk blocks the thread.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn reader(&mut self) -> io::Result<impl Read + '_> {
        Ok(match &mut self.content {
            FileContent::InMemory(bytes) => Reader::InMemory(Cursor::new(bytes)),
            FileContent::OnDisk { file, .. } => {
                file.rewind()?;
                Reader::OnDisk(file)
            }
        })
    }

    /// All of it, in memory.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn bytes(&mut self) -> io::Result<Bytes> {
        if let FileContent::InMemory(bytes) = &self.content {
            return Ok(bytes.clone());
        }
        let mut all = Vec::new();
        self.reader()?.read_to_end(&mut all)?;
        Ok(Bytes::from(all))
    }
}

enum Reader<'f> {
    InMemory(Cursor<&'f mut Bytes>),
    OnDisk(&'f mut File),
}

impl Read for Reader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Reader::InMemory(bytes) => bytes.read(out),
            Reader::OnDisk(file) => file.read(out),
        }
    }
}

impl fmt::Debug for FilePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilePart")
            .field("name", &self.name)
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

impl FromRequest for Multipart {
    type Plan = ();

    const BODY: BodyShape = BodyShape::Required("multipart/form-data");

    fn prepare(setup: &Setup<'_>) -> Result<(), SetupError> {
        setup.take_body("multipart")?;
        let declared = setup.operation().request_body.iter();
        if declared
            .flat_map(|body| &body.content)
            .any(|declared| media::is_multipart(declared.essence()))
        {
            return Ok(());
        }
        Err(SetupError::NoBody {
            wanted: "multipart",
        })
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        let fields = match request.take_json() {
            Some(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        Ok(Self {
            fields,
            files: request.take_files(),
        })
    }
}
