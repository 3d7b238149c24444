use std::fmt::Write as _;
use std::io;
use std::ops::Range;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use brrtrouter_transport::{Field, FileRange, Payload, Response, Status};
use may::coroutine;

use crate::conditional::etag;
use crate::conditional::preconditions::{Preconditions, Verdict, failed, is_read};
use crate::conditional::range::Wanted;
use crate::dispatch::{PoolLimits, Runner};
use crate::problem::Problem;

/// The most bytes of several parts that are put together in memory; beyond, the whole is sent.
const MOST_TOGETHER: u64 = 256 * 1024;

/// Fields that describe content, and do not belong to an answer without it (RFC 9110 §15.4.5).
const OF_CONTENT: [&str; 5] = [
    "content-type",
    "content-disposition",
    "content-encoding",
    "content-language",
    "accept-ranges",
];

/// Makes an answer with validators into what the request asks for: the same, a part of it, or word
/// that it is not needed.
///
/// # Errors
///
/// 412 if the answer is not in the state that the request expects, 416 if it has no such part.
pub(crate) fn answer(
    method: &str,
    fields: &[Field<'_>],
    response: &mut Response,
) -> Result<(), Problem> {
    if response.status() != Status::OK || !is_read(method) {
        return Ok(());
    }
    let wanted = Preconditions::of(method, fields);
    let modified = response.headers().get("last-modified");
    let modified = modified.and_then(|date| httpdate::parse_http_date(date).ok());
    match wanted.judge(response.headers().get("etag"), modified) {
        Verdict::Failed => return Err(failed()),
        Verdict::NotModified => {
            OF_CONTENT.iter().for_each(|name| {
                response.headers_mut().remove(name);
            });
            response.set_status(Status::NOT_MODIFIED);
            response.set_payload(Payload::Buffer);
            return Ok(());
        }
        Verdict::Proceed => {}
    }
    if method != "GET" || !has_ranges(response) || !if_range_holds(fields, response) {
        return Ok(());
    }
    let mut ranges = fields.iter();
    let mut ranges = ranges
        .by_ref()
        .filter(|field| field.name.eq_ignore_ascii_case("range"));
    let (Some(range), None) = (ranges.next(), ranges.next()) else {
        return Ok(());
    };
    let (Ok(range), Some(length)) = (std::str::from_utf8(range.value), response.content_length())
    else {
        return Ok(());
    };
    match Wanted::of(range, length) {
        Wanted::Whole => Ok(()),
        Wanted::One(range) => one(range, length, response),
        Wanted::Several(ranges) => several(&ranges, length, response),
        Wanted::Nothing => Err(unsatisfiable(length)),
    }
}

fn has_ranges(response: &Response) -> bool {
    response.headers().get("accept-ranges") == Some("bytes")
}

/// Whether a part still belongs to what the client has (RFC 9110 §13.1.5).
fn if_range_holds(fields: &[Field<'_>], response: &Response) -> bool {
    let mut fields = fields.iter();
    let Some(field) = fields.find(|field| field.name.eq_ignore_ascii_case("if-range")) else {
        return true;
    };
    let value = std::str::from_utf8(field.value).unwrap_or_default().trim();
    if value.ends_with('"') {
        let tag = response.headers().get("etag");
        return tag.is_some_and(|tag| etag::is_same_strongly(value, tag));
    }
    let date = |text| httpdate::parse_http_date(text).ok();
    let modified = response.headers().get("last-modified").and_then(date);
    match (date(value), modified) {
        // A date tells states apart only once its second has passed (RFC 9110 §8.8.2.2).
        (Some(known), Some(modified)) => known == modified && is_settled(modified),
        _ => false,
    }
}

/// Whether something changed long enough ago that another change would have another date.
pub(crate) fn is_settled(modified: SystemTime) -> bool {
    let since = SystemTime::now().duration_since(modified);
    since.is_ok_and(|since| since >= Duration::from_secs(2))
}

fn one(range: Range<u64>, length: u64, response: &mut Response) -> Result<(), Problem> {
    let last = range.end - 1;
    let stands = format!("bytes {}-{last}/{length}", range.start);
    cut(&range, response)?;
    response.set_status(Status::PARTIAL_CONTENT);
    let headers = response.headers_mut();
    headers
        .set("content-range", &stands)
        .map_err(Problem::internal)
}

/// Leaves nothing of the content but that range.
fn cut(range: &Range<u64>, response: &mut Response) -> Result<(), Problem> {
    let (start, count) = (range.start, range.end - range.start);
    let (Ok(from), Ok(to)) = (usize::try_from(range.start), usize::try_from(range.end)) else {
        return Err(Problem::internal("a range is longer than memory"));
    };
    let part = match response.payload() {
        Payload::Static(bytes) => Payload::Static(bytes.get(from..to).unwrap_or_default()),
        Payload::Bytes(bytes) if to <= bytes.len() => Payload::Bytes(bytes.slice(from..to)),
        Payload::File(file) => Payload::File(file.part(start, count)),
        _ => {
            let buffer = response.buffer();
            buffer.truncate(to);
            buffer.drain(..from.min(buffer.len()));
            return Ok(());
        }
    };
    response.set_payload(part);
    Ok(())
}

/// Puts several parts together (RFC 9110 §14.6).
fn several(ranges: &[Range<u64>], length: u64, response: &mut Response) -> Result<(), Problem> {
    let total: u64 = ranges.iter().map(|range| range.end - range.start).sum();
    if total > MOST_TOGETHER || total >= length {
        return Ok(());
    }
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(Problem::internal)?;
    let boundary = random.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let kind = response.headers().get("content-type");
    let kind = kind.map_or(String::new(), |kind| format!("Content-Type: {kind}\r\n"));
    let heads = ranges.iter().map(|range| {
        let (start, last) = (range.start, range.end - 1);
        let stands = format!("Content-Range: bytes {start}-{last}/{length}\r\n");
        format!("\r\n--{boundary}\r\n{kind}{stands}\r\n")
    });
    let parts: Vec<_> = heads.zip(ranges.iter().cloned()).collect();
    let mut joined = match response.payload() {
        Payload::File(file) => {
            let file = file.clone();
            read_parts(!file.is_in_memory(), move || join(&parts, &file))?
        }
        _ => join(&parts, response.content().unwrap_or_default()),
    }
    .map_err(Problem::internal)?;
    joined.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    // The line end before the first boundary belongs to nothing.
    joined.drain(..2);
    response.set_payload(Payload::Bytes(joined.into()));
    response.set_status(Status::PARTIAL_CONTENT);
    let kind = format!("multipart/byteranges; boundary={boundary}");
    let headers = response.headers_mut();
    headers
        .set("content-type", &kind)
        .map_err(Problem::internal)
}

/// Parts one after the other, each with its head before it.
fn join(parts: &[(String, Range<u64>)], content: &(impl Content + ?Sized)) -> io::Result<Vec<u8>> {
    let mut joined = Vec::new();
    for (head, range) in parts {
        joined.extend_from_slice(head.as_bytes());
        content.append(range, &mut joined)?;
    }
    Ok(joined)
}

/// What parts can be taken of.
trait Content {
    fn append(&self, range: &Range<u64>, out: &mut Vec<u8>) -> io::Result<()>;
}

impl Content for [u8] {
    fn append(&self, range: &Range<u64>, out: &mut Vec<u8>) -> io::Result<()> {
        let place = |at| usize::try_from(at).unwrap_or(usize::MAX);
        let part = self.get(place(range.start)..place(range.end));
        out.extend_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

impl Content for FileRange {
    fn append(&self, range: &Range<u64>, out: &mut Vec<u8>) -> io::Result<()> {
        let part = self.part(range.start, range.end - range.start);
        let most = usize::try_from(part.length()).unwrap_or(usize::MAX);
        match part.read_to(out, most)? == most {
            true => Ok(()),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// Runs `read` on a thread if it may wait for a disk, for the worker of a coroutine must not.
fn read_parts<R: Send + 'static>(
    may_wait: bool,
    read: impl FnOnce() -> R + Send + 'static,
) -> Result<R, Problem> {
    static THREADS: OnceLock<Option<Runner>> = OnceLock::new();

    if !may_wait || !coroutine::is_coroutine() {
        return Ok(read());
    }
    match THREADS.get_or_init(|| Runner::on_threads(PoolLimits::new(2, 256)).ok()) {
        Some(threads) => threads.run(read),
        // A slow answer is better than none.
        None => Ok(read()),
    }
}

fn unsatisfiable(length: u64) -> Problem {
    let problem = Problem::new(Status::RANGE_NOT_SATISFIABLE)
        .with_detail(format!("the content is {length} bytes long"));
    let stands = format!("bytes */{length}");
    problem
        .clone()
        .with_field("content-range", &stands)
        .unwrap_or(problem)
}
