use std::fmt::Write as _;
use std::ops::Range;
use std::time::{Duration, SystemTime};

use brrtrouter_transport::{Field, FileRange, Payload, Response, Status};

use crate::conditional::etag;
use crate::conditional::preconditions::{Preconditions, Verdict, failed, is_read};
use crate::conditional::range::Wanted;
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
        Payload::File(file) => Payload::File(FileRange::new(
            std::sync::Arc::clone(file.file()),
            file.offset() + start,
            count,
        )),
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
    let kind = response.headers().get("content-type").map(str::to_owned);
    let mut parts = Vec::new();
    for range in ranges {
        let last = range.end - 1;
        let mut head = format!("\r\n--{boundary}\r\n");
        if let Some(kind) = &kind {
            let _ = write!(head, "Content-Type: {kind}\r\n");
        }
        let _ = write!(
            head,
            "Content-Range: bytes {}-{last}/{length}\r\n\r\n",
            range.start
        );
        parts.extend_from_slice(head.as_bytes());
        append(range, response, &mut parts)?;
    }
    parts.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    // The line end before the first boundary belongs to nothing.
    parts.drain(..2);
    response.set_payload(Payload::Bytes(parts.into()));
    response.set_status(Status::PARTIAL_CONTENT);
    let kind = format!("multipart/byteranges; boundary={boundary}");
    let headers = response.headers_mut();
    headers
        .set("content-type", &kind)
        .map_err(Problem::internal)
}

fn append(range: &Range<u64>, response: &Response, out: &mut Vec<u8>) -> Result<(), Problem> {
    let (start, count) = (range.start, range.end - range.start);
    if let Payload::File(file) = response.payload() {
        let part = FileRange::new(
            std::sync::Arc::clone(file.file()),
            file.offset() + start,
            count,
        );
        let most = usize::try_from(count).unwrap_or(usize::MAX);
        let read = part.read_to(out, most).map_err(Problem::internal)?;
        return match read == most {
            true => Ok(()),
            false => Err(Problem::internal("a file has become shorter")),
        };
    }
    let range = usize::try_from(range.start)
        .ok()
        .zip(usize::try_from(range.end).ok());
    let content = response.content().unwrap_or_default();
    let part = range.and_then(|(start, end)| content.get(start..end));
    out.extend_from_slice(part.unwrap_or_default());
    Ok(())
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
