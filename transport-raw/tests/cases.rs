//! Raw requests and the reaction that each must get, from the folder that `BRRT_SHARED` names.
//!
//! One character of a case's `raw` is one byte, `{{TEXT*N}}` repeats, `{{PATH}}` is the echo's path;
//! a status of 0 stands for a close without an answer. Where a case has a strict expectation, that
//! one holds.

#![allow(
    clippy::unwrap_used,
    reason = "a case that is not of its form fails the test"
)]

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use brrtrouter_raw::{Limits, RawServer};
use brrtrouter_transport::{BodyError, HeaderLine, Request, Response, Service, Status, Transport};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

const PATH: &str = "/echo";

/// How long the server waits for a head and a body here.
const TIMEOUT: Duration = Duration::from_secs(1);

/// How long a case waits for a server that has to give up first.
const SLOW: Duration = Duration::from_secs(6);

/// How long any other case waits.
const QUICK: Duration = Duration::from_secs(4);

const ALLOW: HeaderLine = HeaderLine::from_static("Allow: POST\r\n");

/// `POST /echo` answers what it got.
struct Echo;

impl Service for Echo {
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        let path = request.target.split('?').next().unwrap_or_default();
        let status = match (path, request.method) {
            (PATH, "POST") => match request.body.read_to_vec(response.buffer()) {
                Ok(()) => return,
                Err(BodyError::TooLarge { .. }) => Status::CONTENT_TOO_LARGE,
                Err(BodyError::Timeout) => Status::REQUEST_TIMEOUT,
                Err(_) => Status::BAD_REQUEST,
            },
            (PATH, _) => {
                response.headers_mut().push_line(&ALLOW);
                Status::METHOD_NOT_ALLOWED
            }
            _ => Status::NOT_FOUND,
        };
        response.buffer().clear();
        response.set_status(status);
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let shared = std::env::var_os("BRRT_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")),
        PathBuf::from,
    );
    let trials = match fs::read_to_string(shared.join("http1/cases.json")) {
        Ok(text) => trials(&text),
        Err(_) => vec![Trial::test("cases", || Ok(())).with_ignored_flag(true)],
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials(text: &str) -> Vec<Trial> {
    let limits = Limits::default()
        .head_timeout(TIMEOUT)
        .body_timeout(TIMEOUT);
    let server = RawServer::bind("127.0.0.1:0")
        .unwrap()
        .limits(limits)
        .serve(Echo)
        .unwrap();
    let address = server.local_addr();
    let cases: Vec<Value> = serde_json::from_str(text).unwrap();
    cases
        .into_iter()
        .map(|case| {
            let name = case["id"].as_str().unwrap().to_owned();
            Trial::test(name, move || run(&case, address).map_err(Failed::from))
        })
        .collect()
}

/// `raw` with its repetitions and its path filled in.
fn expand(raw: &str) -> Vec<u8> {
    let mut out = String::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once("{{") {
        out += before;
        let (inner, after) = after.split_once("}}").unwrap();
        match inner.rsplit_once('*') {
            Some((text, count)) => out += &text.repeat(count.parse().unwrap()),
            None => out += PATH,
        }
        rest = after;
    }
    out += rest;
    out.chars().map(|char| char as u8).collect()
}

/// One answer.
struct Answer {
    status: u16,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn field(&self, name: &str) -> Option<&str> {
        let (_, value) = self.fields.iter().find(|(other, _)| other == name)?;
        Some(value)
    }
}

/// What was received, taken apart.
struct Parsed {
    answers: Vec<Answer>,
    /// Nothing is missing of the last answer.
    whole: bool,
    /// What is no answer.
    rest: Vec<u8>,
}

impl Parsed {
    fn of(bytes: &[u8], ended: bool, to_head: bool) -> Result<Self, String> {
        let mut parsed = Parsed {
            answers: Vec::new(),
            whole: true,
            rest: Vec::new(),
        };
        let mut rest = bytes;
        while !rest.is_empty() {
            let Some(end) = find(rest, b"\r\n\r\n") else {
                parsed.whole = false;
                parsed.rest = rest.to_vec();
                break;
            };
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            let mut lines = head.split("\r\n");
            let line = lines.next().unwrap_or_default();
            let Some(status) = line
                .strip_prefix("HTTP/1.1 ")
                .and_then(|line| line.get(..3)?.parse().ok())
            else {
                parsed.rest = rest.to_vec();
                break;
            };
            rest = &rest[end + 4..];
            let mut answer = Answer {
                status,
                fields: lines
                    .filter_map(|line| line.split_once(':'))
                    .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                    .collect(),
                body: Vec::new(),
            };
            let first = !parsed.answers.iter().any(|answer| answer.status >= 200);
            let has_content = status >= 200 && !matches!(status, 204 | 304) && !(to_head && first);
            let taken = if has_content {
                content(&mut answer, rest, ended)?
            } else {
                Some(0)
            };
            parsed.answers.push(answer);
            match taken {
                Some(taken) => rest = &rest[taken..],
                None => {
                    parsed.whole = false;
                    break;
                }
            }
        }
        Ok(parsed)
    }

    fn finals(&self) -> Vec<&Answer> {
        let finals = self.answers.iter().filter(|answer| answer.status >= 200);
        finals.collect()
    }
}

/// Reads an answer's content; how many bytes that took, or nothing if some are missing.
fn content(answer: &mut Answer, bytes: &[u8], ended: bool) -> Result<Option<usize>, String> {
    if answer.field("transfer-encoding") == Some("chunked") {
        let mut at = 0;
        loop {
            let Some(line) = find(&bytes[at..], b"\r\n") else {
                return Ok(None);
            };
            let size = String::from_utf8_lossy(&bytes[at..at + line]).into_owned();
            let size = usize::from_str_radix(&size, 16)
                .map_err(|_| format!("{size:?} is no chunk size"))?;
            at += line + 2;
            if bytes.len() < at + size + 2 {
                return Ok(None);
            }
            answer.body.extend_from_slice(&bytes[at..at + size]);
            at += size + 2;
            if size == 0 {
                return Ok(Some(at));
            }
        }
    }
    if let Some(length) = answer.field("content-length") {
        let length: usize = length.parse().map_err(|_| "no length".to_owned())?;
        let whole = bytes.len() >= length;
        answer.body = bytes[..length.min(bytes.len())].to_vec();
        return Ok(whole.then_some(length));
    }
    answer.body = bytes.to_vec();
    Ok(ended.then_some(bytes.len()))
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// The connection of one case.
struct Peer {
    stream: TcpStream,
    received: Vec<u8>,
    ended: bool,
    to_head: bool,
}

impl Peer {
    fn pull(&mut self, wait: Duration) {
        self.stream.set_read_timeout(Some(wait)).unwrap();
        let mut bytes = [0; 64 * 1024];
        match self.stream.read(&mut bytes) {
            Ok(0) => self.ended = true,
            Ok(count) => self.received.extend_from_slice(&bytes[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => self.ended = true,
        }
    }

    fn parsed(&self) -> Result<Parsed, String> {
        Parsed::of(&self.received, self.ended, self.to_head)
    }
}

fn statuses(value: &Value) -> Vec<u64> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_u64).collect()
}

fn run(case: &Value, address: SocketAddr) -> Result<(), String> {
    let expect = &case["expect"];
    let strict = statuses(&expect["strict"]);
    let expected = if strict.is_empty() {
        statuses(&expect["status_in"])
    } else {
        strict.clone()
    };
    let connection = if strict.first() == Some(&400) {
        "close"
    } else {
        expect["connection"].as_str().unwrap_or("any")
    };
    let echo = expect["echo_body"].as_str().filter(|_| strict.is_empty());
    let wanted = expect["responses"].as_u64();
    let slow = case["slow"] == true;
    let limit = if slow { SLOW } else { QUICK };
    let start = Instant::now();

    let mut peer = Peer {
        stream: TcpStream::connect(address).map_err(|error| error.to_string())?,
        received: Vec::new(),
        ended: false,
        to_head: case["head"] == true,
    };
    peer.stream
        .set_nodelay(true)
        .map_err(|error| error.to_string())?;
    send(case, &mut peer, start + limit);
    let first = continue_after_the_head(case, &mut peer);
    while !peer.ended && start.elapsed() < limit {
        let parsed = peer.parsed()?;
        let enough = parsed.finals().len() as u64 >= wanted.unwrap_or(1);
        if parsed.whole && (enough || !parsed.rest.is_empty()) {
            break;
        }
        peer.pull(Duration::from_millis(250));
    }
    // Whether there is anything more: other answers, or the end.
    let mut grace = Instant::now() + Duration::from_millis(250);
    if connection == "close" {
        grace = Instant::now() + Duration::from_millis(1500);
        if slow {
            grace = grace.max(start + limit);
        }
    } else if !expect["max_responses"].is_null() {
        grace += Duration::from_millis(350);
    }
    while !peer.ended && Instant::now() < grace {
        peer.pull(Duration::from_millis(100));
    }

    let parsed = peer.parsed()?;
    let finals = parsed.finals();
    let status = finals.first().map_or(0, |answer| u64::from(answer.status));
    let mut faults = Vec::new();
    let mut check = |good: bool, fault: String| {
        if !good {
            faults.push(fault);
        }
    };
    check(
        expected.contains(&status) && (status != 0 || peer.ended),
        format!("status {status}, want {expected:?}"),
    );
    if let Some(most) = expect["max_responses"].as_u64() {
        check(
            finals.len() as u64 <= most,
            format!("{} answers: smuggled", finals.len()),
        );
    }
    if let Some(wanted) = wanted {
        check(
            finals.len() as u64 == wanted,
            format!("{} answers, want {wanted}", finals.len()),
        );
    }
    if let (Some(first), Some(_)) = (first, expect["first_status_in"].as_array()) {
        check(
            statuses(&expect["first_status_in"]).contains(&first),
            format!("the first status is {first}"),
        );
    }
    let informational = |code| parsed.answers.iter().any(|answer| answer.status == code);
    check(
        expect["no_100"] != true || !informational(100),
        "100 sent".to_owned(),
    );
    check(
        case["no_101"] != true || !informational(101),
        "101 sent".to_owned(),
    );
    if let Some(answer) = finals.first() {
        check(
            expect["no_body"] != true || parsed.rest.is_empty(),
            "content after HEAD".to_owned(),
        );
        if let Some(name) = expect["header_present"].as_str() {
            check(answer.field(name).is_some(), format!("no {name}"));
        }
        if let Some(name) = expect["header_absent"].as_str() {
            check(answer.field(name).is_none(), format!("there is {name}"));
        }
        if let Some(echo) = echo.filter(|_| (200..300).contains(&status)) {
            let good = finals
                .iter()
                .filter(|answer| (200..300).contains(&answer.status));
            let got: Vec<_> = good
                .map(|answer| String::from_utf8_lossy(&answer.body).into_owned())
                .collect();
            check(
                got.join("|") == echo,
                format!("echo {got:?}, want {echo:?}"),
            );
        }
    }
    for answer in &finals {
        let has = |name| answer.field(name).is_some();
        check(
            answer.status != 405 || has("allow"),
            "405 without Allow".to_owned(),
        );
        check(
            !(has("content-length") && has("transfer-encoding")),
            "two framings".to_owned(),
        );
        check(
            answer.status != 204 || !(has("content-length") || has("transfer-encoding")),
            "204 with a framing".to_owned(),
        );
    }
    check(connection != "close" || peer.ended, "left open".to_owned());
    if connection == "keep"
        && faults.is_empty()
        && let Err(fault) = is_usable(&mut peer)
    {
        faults.push(fault);
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{} [{}: {}]",
        faults.join("; "),
        case["rfc"],
        expect["note"]
    ))
}

fn send(case: &Value, peer: &mut Peer, until: Instant) {
    let bytes = expand(case["raw"].as_str().unwrap());
    let pause = case["drip_slow"].as_f64().map(Duration::from_secs_f64);
    if pause.is_some() || case["drip"] == true {
        for byte in bytes {
            if peer.stream.write_all(&[byte]).is_err() {
                return;
            }
            peer.pull(pause.unwrap_or(Duration::from_millis(2)));
            if peer.ended || Instant::now() > until {
                return;
            }
        }
    } else if peer.stream.write_all(&bytes).is_err() {
        // The server may refuse before it has read everything.
        return;
    }
    if case["half_close"] == true {
        let _ = peer.stream.shutdown(Shutdown::Write);
    }
}

/// Sends what a client sends once it was told to go on; the first status, if that was waited for.
fn continue_after_the_head(case: &Value, peer: &mut Peer) -> Option<u64> {
    let then = case["then"].as_str()?;
    let until = Instant::now() + Duration::from_secs(2);
    while !peer.ended && find(&peer.received, b"\r\n\r\n").is_none() && Instant::now() < until {
        peer.pull(Duration::from_millis(200));
    }
    let status = String::from_utf8_lossy(peer.received.get(9..12)?)
        .parse()
        .ok()?;
    if status == 100 {
        let _ = peer.stream.write_all(then.as_bytes());
    }
    Some(status)
}

/// Whether the connection carries another request.
fn is_usable(peer: &mut Peer) -> Result<(), String> {
    if peer.ended {
        return Err("closed, want keep-alive".to_owned());
    }
    peer.received.clear();
    peer.to_head = false;
    let request = format!("GET {PATH} HTTP/1.1\r\nHost: a\r\n\r\n");
    peer.stream
        .write_all(request.as_bytes())
        .map_err(|error| error.to_string())?;
    let until = Instant::now() + Duration::from_secs(2);
    while !peer.ended && peer.parsed()?.answers.is_empty() && Instant::now() < until {
        peer.pull(Duration::from_millis(200));
    }
    match peer.parsed()?.answers.first().map(|answer| answer.status) {
        Some(200..=399 | 401..=499) => Ok(()),
        other => Err(format!("the next request got {other:?}")),
    }
}
