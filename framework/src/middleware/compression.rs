//! Answers made smaller for those who can read them so (RFC 9110 §8.4, §12.5.3).
//!
//! | module | holds |
//! |---|---|
//! | `negotiate` | what the client takes |
//! | `gzip` | compressors that are used again |

mod gzip;
mod negotiate;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::thread;

use brrtrouter_transport::{HeaderLine, Payload, Request, Response, Status};
use bytes::Bytes;
use may::coroutine;

use crate::dispatch::{PoolLimits, Runner};
use crate::media;
use crate::middleware::vary;
use crate::middleware::{Middleware, Next};

use gzip::Compressors;
use negotiate::Coding;

/// Compresses answers whose content is all here, where the client takes it: `br`, if the feature
/// `brotli` is on, or `gzip`.
///
/// Left as they are: content of less than 1 KiB, of a type that is no text, with a `Content-Encoding`,
/// `Content-Range` or `Cache-Control: no-transform`; files, which
/// `StaticFiles` has precompressed; streams, and event streams above all,
/// since a compressor would hold events back. A strong entity tag becomes a weak one.
///
/// Compressors are made when this is, so that none has to be built on a coroutine's small stack, and
/// used again; while all are busy answers leave as they are. Content of more than 64 KiB is compressed on
/// a thread, while other coroutines run.
///
/// Secrets that stand in one answer with what a client sent can be guessed from its length: leave such
/// operations out with `Cache-Control: no-transform`.
pub struct CompressionMiddleware {
    compressors: Arc<Compressors>,
    least: usize,
    /// Started with the first long content; `None` if the system has no threads.
    threads: OnceLock<Option<Runner>>,
}

/// Beyond this, compressing takes as long as many requests.
const LONG: usize = 64 * 1024;

impl CompressionMiddleware {
    /// Compresses what is 1 KiB long or longer, at a level that favours speed.
    pub fn new() -> Self {
        Self::with_level(4)
    }

    /// The same at that level of gzip, from 1, the fastest, to 9, the smallest.
    pub fn with_level(level: u32) -> Self {
        Self {
            compressors: Arc::new(Compressors::new(level.clamp(1, 9))),
            least: 1024,
            threads: OnceLock::new(),
        }
    }

    /// The same for content of so many bytes and more.
    pub fn least(mut self, bytes: usize) -> Self {
        self.least = bytes;
        self
    }

    /// The content made smaller; `None` if it cannot be now, or would not be smaller.
    fn compress(&self, coding: Coding, response: &mut Response) -> Option<Vec<u8>> {
        let length = response.content()?.len();
        let compressed = match self.threads(length) {
            Some(threads) => {
                let content = share(response)?;
                let compressors = Arc::clone(&self.compressors);
                let work = move || compress(coding, &compressors, &content);
                threads.run(work).ok().flatten()
            }
            None => compress(coding, &self.compressors, response.content()?),
        };
        compressed.filter(|compressed| compressed.len() < length)
    }

    /// Where content of that length is compressed, if not here.
    fn threads(&self, length: usize) -> Option<&Runner> {
        if length <= LONG || !coroutine::is_coroutine() {
            return None;
        }
        let start = || {
            let threads = thread::available_parallelism().map_or(2, usize::from);
            Runner::on_threads(PoolLimits::new(threads, 256)).ok()
        };
        self.threads.get_or_init(start).as_ref()
    }
}

fn compress(coding: Coding, compressors: &Compressors, content: &[u8]) -> Option<Vec<u8>> {
    match coding {
        Coding::Gzip => compressors.compress(content),
        #[cfg(feature = "brotli")]
        Coding::Brotli => brotli(content),
    }
}

/// The content in a form that threads can share, in the answer too.
fn share(response: &mut Response) -> Option<Bytes> {
    let content = match response.payload() {
        Payload::Static(bytes) => Bytes::from_static(bytes),
        Payload::Bytes(bytes) => bytes.clone(),
        Payload::Buffer => Bytes::from(std::mem::take(response.buffer())),
        _ => return None,
    };
    response.set_payload(Payload::Bytes(content.clone()));
    Some(content)
}

impl Default for CompressionMiddleware {
    fn default() -> Self {
        Self::new()
    }
}

const VARY: HeaderLine = HeaderLine::from_static("vary: Accept-Encoding\r\n");

impl Middleware for CompressionMiddleware {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
        // What is further in may change the fields.
        let fields = request.fields;
        next.run(request, response);
        if response.status() == Status::NOT_MODIFIED {
            // What it stands for may have been compressed, and has those fields then (RFC 9110 §15.4.5).
            vary::add(response.headers_mut(), &VARY);
            if negotiate::coding(fields).is_some() {
                weaken_tag(response);
            }
            return;
        }
        if !is_compressible(response, self.least) {
            return;
        }
        vary::add(response.headers_mut(), &VARY);
        let Some(coding) = negotiate::coding(fields) else {
            return;
        };
        let Some(compressed) = self.compress(coding, response) else {
            return;
        };
        response.set_payload(Payload::Bytes(Bytes::from(compressed)));
        let name = match coding {
            Coding::Gzip => "gzip",
            #[cfg(feature = "brotli")]
            Coding::Brotli => "br",
        };
        let _ = response.headers_mut().set("content-encoding", name);
        weaken_tag(response);
    }
}

fn is_compressible(response: &Response, least: usize) -> bool {
    let headers = response.headers();
    let status = response.status();
    let is_long = response.content().is_some_and(|it| it.len() >= least);
    let kind = headers.get("content-type").and_then(media::essence);
    let is_kept = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("cache-control"))
        .flat_map(|(_, value)| value.split(','))
        .any(|one| one.trim().eq_ignore_ascii_case("no-transform"));
    is_long
        && !status.forbids_content()
        && status.code() != 206
        && !is_kept
        && kind.is_some_and(is_worth_it)
        && !headers.contains("content-encoding")
        && !headers.contains("content-range")
}

/// Whether content of this type gets smaller; event streams never count.
fn is_worth_it(essence: &str) -> bool {
    const OTHERS: [&str; 8] = [
        "application/javascript",
        "application/xml",
        "application/yaml",
        "application/x-ndjson",
        "application/jsonl",
        "application/wasm",
        "image/svg+xml",
        "image/bmp",
    ];
    let ends_in_xml = essence.len() >= 4 && essence.as_bytes().ends_with(b"+xml");
    let is_stream = essence.eq_ignore_ascii_case("text/event-stream");
    !is_stream
        && (media::is_text(essence)
            || media::is_json(essence)
            || ends_in_xml
            || OTHERS
                .iter()
                .any(|other| other.eq_ignore_ascii_case(essence)))
}

/// The same bytes are no longer what the tag was made of (RFC 9110 §8.8.1).
fn weaken_tag(response: &mut Response) {
    let weak = match response.headers().get("etag") {
        Some(tag) if !tag.starts_with("W/") => format!("W/{tag}"),
        _ => return,
    };
    // What stood in a field can stand there again.
    let _ = response.headers_mut().set("etag", &weak);
}

/// `content` compressed by Brotli, at a quality that favours speed and takes little stack.
#[cfg(feature = "brotli")]
fn brotli(content: &[u8]) -> Option<Vec<u8>> {
    use std::io::Write as _;

    const QUALITY: u32 = 4;
    const WINDOW: u32 = 19;
    let mut out = brotli::CompressorWriter::new(Vec::new(), 16 * 1024, QUALITY, WINDOW);
    out.write_all(content).ok()?;
    Some(out.into_inner())
}

impl fmt::Debug for CompressionMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompressionMiddleware")
            .field("compressors", &self.compressors)
            .field("least", &self.least)
            .finish_non_exhaustive()
    }
}
