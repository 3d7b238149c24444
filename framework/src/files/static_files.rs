use std::fmt;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use arrayvec::ArrayVec;
use brrtrouter_transport::{FileRange, HeaderLine, InvalidHeader, Payload, Response};
use bytes::Bytes;
use may::coroutine;

use crate::coding::preferred;
use crate::conditional;
use crate::dispatch::{PoolLimits, Runner};
use crate::files::folder::{Entry, Folder};
use crate::files::look::Look;
use crate::files::memory::Memory;
use crate::files::path;
use crate::files::shelf::{Content, Found, SMALL, Shelf};
use crate::operations::{Endpoint, Visit};
use crate::problem::Problem;
use crate::reply::{IntoResponse as _, NamedFile, Redirect};

/// Serves the files of a folder, to be mounted with
/// [`AppServiceBuilder::mount`](crate::AppServiceBuilder::mount).
///
/// * `GET` and `HEAD`; conditional requests and ranges, by entity tag and time of the last change
///   ([`conditional`](crate::conditional)).
/// * Beside `app.js`, its variants `app.js.br`, `app.js.zst` and `app.js.gz` are sent to who takes
///   them.
/// * A folder is answered with its `index.html`; its path without a slash at the end leads to the one
///   with it.
/// * Names that start with a dot, links, and whatever is neither file nor folder are not found; nothing
///   outside of the folder can be reached.
///
/// Files are opened on threads, so that no worker waits for a disk. For a second what was opened is
/// served without looking again, and if it has not changed by then for another one. Files of up to
/// 32 KiB are kept in memory meanwhile, and larger ones as far as there is [room](Self::memory).
pub struct StaticFiles {
    shared: Arc<Shared>,
    threads: OnceLock<Option<Runner>>,
}

#[derive(Clone)]
struct Options {
    index: Option<String>,
    has_variants: bool,
    cache_control: HeaderLine,
    memory: u64,
}

struct Shared {
    folder: Arc<Folder>,
    shelf: Shelf,
    memory: Arc<Memory>,
    options: Options,
}

/// How many bytes of larger files are kept in memory, unless said otherwise.
const MEMORY: u64 = 32 * 1024 * 1024;

/// The codings that a file may be there in, the smallest first, and the ends of the files' names.
const CODINGS: [&str; 3] = ["br", "zstd", "gzip"];
const ENDS: [&str; 3] = [".br", ".zst", ".gz"];

/// The places of the codings that a client takes, what it would rather have first.
type Taken = ArrayVec<usize, 4>;

const VARY: HeaderLine = HeaderLine::from_static("vary: Accept-Encoding\r\n");
const NO_SNIFF: HeaderLine = HeaderLine::from_static("x-content-type-options: nosniff\r\n");
const ASK_AGAIN: HeaderLine = HeaderLine::from_static("cache-control: no-cache\r\n");

impl StaticFiles {
    /// The files of that folder, which clients ask about again before they use what they have.
    ///
    /// # Errors
    ///
    /// The system's, if it is no folder that can be read.
    pub fn new(folder: impl AsRef<Path>) -> io::Result<Self> {
        let folder = Arc::new(Folder::open(folder.as_ref())?);
        let options = Options {
            index: Some("index.html".to_owned()),
            has_variants: true,
            cache_control: ASK_AGAIN,
            memory: MEMORY,
        };
        Ok(Self::with(folder, options))
    }

    fn with(folder: Arc<Folder>, options: Options) -> Self {
        Self {
            shared: Arc::new(Shared {
                folder,
                shelf: Shelf::new(),
                memory: Arc::new(Memory::new(options.memory)),
                options,
            }),
            threads: OnceLock::new(),
        }
    }

    fn change(self, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = self.shared.options.clone();
        change(&mut options);
        Self::with(Arc::clone(&self.shared.folder), options)
    }

    /// The same with that value of `Cache-Control`.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] if it cannot stand in an answer.
    pub fn cache_control(self, value: &str) -> Result<Self, InvalidHeader> {
        let line = HeaderLine::new("cache-control", value)?;
        Ok(self.change(|options| options.cache_control = line))
    }

    /// The same with another file for a folder; `None` if folders are not found.
    pub fn index(self, name: Option<&str>) -> Self {
        self.change(|options| options.index = name.map(str::to_owned))
    }

    /// The same without precompressed variants.
    pub fn without_variants(self) -> Self {
        self.change(|options| options.has_variants = false)
    }

    /// The same with room for so many bytes of files of more than 32 KiB, which the system then sends from
    /// there by itself; 32 MiB unless said otherwise, and none of them takes more than a quarter of it.
    /// Other files, and all on other systems than Linux, are read for each answer.
    pub fn memory(self, bytes: u64) -> Self {
        self.change(|options| options.memory = bytes)
    }

    /// Runs `work` where it may wait for a disk.
    fn apart<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Problem> {
        if !coroutine::is_coroutine() {
            return Ok(work());
        }
        let start = || Runner::on_threads(PoolLimits::new(4, 1024)).ok();
        match self.threads.get_or_init(start) {
            Some(threads) => threads.run(work),
            None => Ok(work()),
        }
    }
}

/// What is at a path.
enum Answer {
    Found(Arc<Found>),
    /// It is a folder, so the path has to end in a slash.
    Folder,
    Nothing,
}

impl Shared {
    /// The same as [`find`](Self::find); what is not there any more is forgotten.
    fn find_again(&self, key: &str, names: &[String], taken: &Taken) -> io::Result<Answer> {
        let found = self.find(key, names, taken);
        let is_gone = match &found {
            Ok(Answer::Found(_)) => false,
            Ok(Answer::Folder | Answer::Nothing) => true,
            Err(error) => !is_ours(error),
        };
        if is_gone {
            self.shelf.forget(key);
        }
        found
    }

    /// Finds what is at the names of a path for who takes these codings. Waits for the disk.
    fn find(&self, key: &str, names: &[String], taken: &Taken) -> io::Result<Answer> {
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        if names.is_empty() {
            return Ok(match self.options.index {
                Some(_) => Answer::Folder,
                None => Answer::Nothing,
            });
        }
        if names.last().is_some_and(|last| last.is_empty()) {
            names.pop();
            match &self.options.index {
                Some(index) => names.push(index),
                None => return Ok(Answer::Nothing),
            }
        }
        let plain = match self.folder.find(&names)? {
            Entry::File(file) => file,
            Entry::Folder if self.options.index.is_some() => return Ok(Answer::Folder),
            Entry::Folder => return Ok(Answer::Nothing),
        };
        let (file, coding) = self.variant(&mut names, taken).unwrap_or((plain, None));
        let look = Look::of(&file.metadata()?);
        if let Some(last) = self.shelf.last(key)
            && last.look.is_still(&look)
            && !self.has_room_now(&last.content)
        {
            return Ok(Answer::Found(last));
        }
        let (lines, content) = self.read(&names, file, coding)?;
        Ok(Answer::Found(self.shelf.put(key, look, lines, content)))
    }

    /// The variant that the client would rather have than others that are there.
    fn variant(&self, names: &mut [&str], taken: &Taken) -> Option<(File, Option<&'static str>)> {
        let (last, folders) = names.split_last()?;
        let taken = taken.iter();
        for (coding, end) in taken.filter_map(|place| CODINGS.get(*place).zip(ENDS.get(*place))) {
            let name = format!("{last}{end}");
            let names: Vec<&str> = folders.iter().copied().chain([name.as_str()]).collect();
            if let Ok(Entry::File(file)) = self.folder.find(&names) {
                return Some((file, Some(coding)));
            }
        }
        None
    }

    /// The fields and the content of a file.
    fn read(
        &self,
        names: &[&str],
        file: File,
        coding: Option<&str>,
    ) -> io::Result<(Vec<HeaderLine>, Content)> {
        let name = names.last().copied().unwrap_or_default();
        let named = NamedFile::named(Path::new(name), file)?;
        let mut scratch = Response::new();
        let failed = |problem: Problem| io::Error::other(problem.to_string());
        named.into_response(&mut scratch).map_err(failed)?;
        let headers = scratch.headers_mut();
        headers.push_line(&self.options.cache_control);
        headers.push_line(&NO_SNIFF);
        if self.options.has_variants {
            headers.push_line(&VARY);
        }
        if let Some(coding) = coding {
            headers
                .append("content-encoding", coding)
                .map_err(io::Error::other)?;
        }
        let lines = scratch.headers().iter();
        let lines = lines.map(|(name, value)| HeaderLine::new(name, value));
        let lines = lines
            .collect::<Result<Vec<_>, _>>()
            .map_err(io::Error::other)?;
        let Payload::File(range) = scratch.take_payload() else {
            return Err(io::Error::other("a file is answered with something else"));
        };
        Ok((lines, self.content(range)?))
    }

    /// Whether content that was not copied could be by now.
    fn has_room_now(&self, content: &Content) -> bool {
        matches!(content, Content::Large(range) if self.memory.has_room(range.length()))
    }

    /// What there is room for is read at once, while the disk may be waited for.
    fn content(&self, range: FileRange) -> io::Result<Content> {
        if range.length() <= SMALL {
            return small(&range);
        }
        if !self.memory.may_hold(range.length()) {
            return Ok(Content::Large(range));
        }
        let copied = self
            .memory
            .copy(&range)
            .or_else(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => Err(error),
                // A system that makes no copies still reads files.
                _ => Ok(None),
            })?;
        if let Some(copy) = copied {
            return Ok(Content::Copied(copy));
        }
        // There will be room for it the next time, unless all that have it are in use.
        self.shelf.forget_copies();
        Ok(Content::Large(range))
    }
}

fn small(range: &FileRange) -> io::Result<Content> {
    let mut bytes = Vec::new();
    let length = usize::try_from(range.length()).unwrap_or(usize::MAX);
    if range.read_to(&mut bytes, length)? < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Content::Small(Bytes::from(bytes)))
}

impl Endpoint for StaticFiles {
    fn answer(&self, mut visit: Visit<'_, '_>, response: &mut Response) -> Result<(), Problem> {
        visit.expect_get()?;
        let missing = || Problem::not_found("there is no such file");
        let below = visit.below();
        let target = visit.request().target;
        let (method, fields) = (visit.request().method, visit.request().fields);
        let taken = match self.shared.options.has_variants {
            true => preferred(fields, &CODINGS),
            false => Taken::new(),
        };
        // A digit for each coding, then the path.
        let mut key = String::with_capacity(below.len() + taken.len());
        key.extend(taken.iter().map(|place| char::from(b'0' + *place as u8)));
        key.push_str(below);
        let found = match self.shared.shelf.get(&key) {
            Some(found) => found,
            None => {
                let names = path::names(below).ok_or_else(missing)?;
                let shared = Arc::clone(&self.shared);
                let found = self.apart(move || shared.find_again(&key, &names, &taken))?;
                match found {
                    Ok(Answer::Found(found)) => found,
                    Ok(Answer::Folder) => {
                        return Redirect::into_folder(target).into_response(response);
                    }
                    Ok(Answer::Nothing) => return Err(missing()),
                    Err(error) if is_ours(&error) => return Err(Problem::internal(error)),
                    Err(_) => return Err(missing()),
                }
            }
        };
        found.answer(response);
        conditional::answer(method, fields, response)
    }

    fn reaches_below(&self) -> bool {
        true
    }
}

/// Whether a file was not opened for a reason that has nothing to do with its path.
fn is_ours(error: &io::Error) -> bool {
    use rustix::io::Errno;

    let ours = [Errno::MFILE, Errno::NFILE, Errno::NOMEM, Errno::IO];
    let code = error.raw_os_error();
    ours.iter().any(|errno| code == Some(errno.raw_os_error()))
}

impl fmt::Debug for StaticFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticFiles")
            .field("folder", &self.shared.folder)
            .finish_non_exhaustive()
    }
}
