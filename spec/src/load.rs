mod stated;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::counts::Counts;
use crate::diagnostic::{Location, code};
use crate::error::LoadError;
use crate::faults::{Faults, Spot};
use crate::limits::Limits;
use crate::lower::lower;
use crate::model::Spec;
use crate::normalise::normalise;
use crate::source::{Aim, read};
use crate::sources::Sources;
use crate::version::Version;

/// Loads an OpenAPI document, YAML or JSON, of one file or many.
///
/// What real documents do against the rules is tolerated, and told in [`Spec::diagnostics`];
/// [`Loader`] can be strict. References may lead to files below the folder of the document, and
/// never to the network.
///
/// # Errors
///
/// Every fault for which the document cannot be used, each with its place.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("brrt-load-spec-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("openapi.yaml");
/// # std::fs::write(&path, "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /pets:\n    \
/// #     get:\n      operationId: listPets\n      responses: {'200': {description: Pets.}}\n")?;
/// let spec = brrtrouter_spec::load_spec(&path)?;
/// assert_eq!(spec.operations[0].name, "listPets");
/// for diagnostic in &spec.diagnostics {
///     eprintln!("{diagnostic}");
/// }
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok(())
/// # }
/// ```
pub fn load_spec(path: impl AsRef<Path>) -> Result<Spec, LoadError> {
    Loader::new().load(path)
}

/// Loads documents in a manner that can be chosen.
///
/// ```
/// use brrtrouter_spec::Loader;
///
/// let error = Loader::new()
///     .load_str("openapi: 3.1.0\npaths: {pets: {}}\n", "pets.yaml")
///     .unwrap_err();
/// let fault = error.errors().next().unwrap();
/// assert_eq!(fault.code, "B0301");
/// assert_eq!(fault.location.as_ref().unwrap().to_string(), "pets.yaml:2:9");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Loader {
    is_strict: bool,
    limits: Limits,
    root: Option<PathBuf>,
    #[cfg(feature = "lint")]
    is_linting: bool,
}

impl Loader {
    /// A lenient loader with the default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether what is tolerated else is an error.
    #[must_use]
    pub fn strict(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self
    }

    /// How much is taken in.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The folder that references may lead into; that of the entry document if none is set.
    #[must_use]
    pub fn root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.root = Some(folder.into());
        self
    }

    /// Whether to look the document through beyond what using it takes: patterns, bounds, examples,
    /// ambiguous templates, and the opinion of an independent model on documents of 3.0.
    #[cfg(feature = "lint")]
    #[must_use]
    pub fn lint(mut self, is_linting: bool) -> Self {
        self.is_linting = is_linting;
        self
    }

    /// Loads the document in that file.
    ///
    /// # Errors
    ///
    /// As [`load_spec`]; in strict mode also what is tolerated else.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<Spec, LoadError> {
        let path = path.as_ref();
        let mut faults = Faults::new(self.limits.diagnostics);
        let limit = self.limits.file_bytes.min(self.limits.total_bytes);
        let text = match read(path, limit) {
            Ok(text) => text,
            Err(unread) => {
                let location = unread.mark.map(|mark| Location {
                    file: Arc::new(path.to_owned()),
                    line: mark.line,
                    column: mark.column,
                });
                faults.push_at(unread.code, location, unread.message, unread.help);
                return Err(self.error(faults, &Sources::new(None, self.limits), None));
            }
        };
        let real = path.canonicalize().ok();
        let folder = real.as_deref().and_then(Path::parent);
        let root = match &self.root {
            Some(root) => root.canonicalize().ok(),
            None => folder.map(Path::to_owned),
        };
        self.read(text, path.to_owned(), real, root, faults)
    }

    /// Loads a document from its text; `file_name` is what diagnostics call it, and tells JSON from
    /// YAML.
    ///
    /// Other files can be referred to only where a [root](Self::root) is set, in which the text
    /// then stands.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn load_str(
        &self,
        text: impl Into<String>,
        file_name: impl Into<PathBuf>,
    ) -> Result<Spec, LoadError> {
        let (text, file) = (text.into(), file_name.into());
        let mut faults = Faults::new(self.limits.diagnostics);
        let limit = self.limits.file_bytes.min(self.limits.total_bytes);
        if text.len() as u64 > limit {
            let message = format!("{} has more than {limit} bytes", file.display());
            faults.push_at(&code::FILE_TOO_LARGE, None, message, None);
            return Err(self.error(faults, &Sources::new(None, self.limits), None));
        }
        let root = self
            .root
            .as_deref()
            .and_then(|root| root.canonicalize().ok());
        let path = root
            .as_deref()
            .zip(file.file_name())
            .map(|(root, name)| root.join(name));
        self.read(text, file, path, root, faults)
    }

    /// Reads a text as JSON or YAML, whatever it is about: what [`load_str`](Self::load_str) does
    /// first.
    ///
    /// # Errors
    ///
    /// Where the text is neither, or beyond the limits.
    pub fn value(
        &self,
        text: impl Into<String>,
        file_name: impl Into<PathBuf>,
    ) -> Result<Value, LoadError> {
        let mut faults = Faults::new(self.limits.diagnostics);
        let mut sources = Sources::new(None, self.limits);
        sources.add(
            file_name.into(),
            None,
            text.into(),
            Version::V31,
            &mut faults,
        );
        if faults.refuse(self.is_strict) {
            return Err(self.error(faults, &sources, None));
        }
        Ok(sources
            .get_mut(0)
            .map(|source| std::mem::take(&mut source.value))
            .unwrap_or_default())
    }

    fn read(
        &self,
        text: String,
        file: PathBuf,
        path: Option<PathBuf>,
        root: Option<PathBuf>,
        mut faults: Faults,
    ) -> Result<Spec, LoadError> {
        let mut sources = Sources::new(root, self.limits);
        sources.add(file, path, text, Version::V31, &mut faults);
        let value = sources
            .get_mut(0)
            .map(|source| std::mem::take(&mut source.value))
            .unwrap_or_default();
        if faults.refuse(false) && value.is_null() {
            return Err(self.error(faults, &sources, None));
        }
        let mut value = value;
        let Some((openapi, version)) = stated::version(&mut value, &mut faults) else {
            return Err(self.error(faults, &sources, None));
        };
        sources.set_version(0, version);
        let mut counts = Counts {
            openapi,
            schemas: schemas(&value),
            ..Counts::default()
        };
        described(&value, version, &mut faults);
        #[cfg(feature = "lint")]
        let refusals = if self.is_linting && version == Version::V30 {
            crate::opinion::ask(&value)
        } else {
            Vec::new()
        };
        let (root, origins) = normalise(value, version, &mut sources, &mut faults, &self.limits);
        let mut spec = lower(
            root,
            &origins,
            &sources,
            &mut counts,
            &mut faults,
            &self.limits,
        );
        #[cfg(feature = "lint")]
        if self.is_linting {
            crate::lint::lint(&spec, &origins, &mut faults);
            crate::opinion::tell(refusals, &mut faults);
        }
        if faults.refuse(self.is_strict) {
            return Err(self.error(faults, &sources, Some(counts)));
        }
        spec.files = sources.paths();
        spec.diagnostics = faults.into_diagnostics(&sources, self.is_strict);
        Ok(spec)
    }

    fn error(&self, faults: Faults, sources: &Sources, counts: Option<Counts>) -> LoadError {
        LoadError {
            diagnostics: faults.into_diagnostics(sources, self.is_strict),
            counts,
            files: sources.paths(),
        }
    }
}

/// The schemas of the entry document, before others join them.
fn schemas(root: &Value) -> usize {
    root.pointer("/components/schemas")
        .and_then(Value::as_object)
        .map_or(0, |schemas| schemas.len())
}

/// A document says something of paths, or since 3.1 of webhooks or components.
fn described(root: &Value, version: Version, faults: &mut Faults) {
    // A field that is null is taken as missing.
    let has = |field| root.get(field).is_some_and(|value| !value.is_null());
    let is_described =
        has("paths") || (version > Version::V30 && (has("webhooks") || has("components")));
    if !is_described {
        faults.push(
            &code::NOTHING_DESCRIBED,
            spot("", Aim::Value),
            "the document has no `paths`",
            Some("describe the operations under `paths`"),
        );
    }
}

fn spot(pointer: &str, aim: Aim) -> Spot {
    Spot {
        source: 0,
        pointer: pointer.to_owned(),
        aim,
    }
}
