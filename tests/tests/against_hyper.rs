//! Requests as our server reads them, held against how hyper reads the same bytes.
//!
//! Wherever the two differ, the difference has to be one of [`DIFFERENCES`], each with its reason.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use brrtrouter_raw::RawServer;
use brrtrouter_transport::{Request, Response, ServerHandle, Service, Transport as _};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Where the two differ, and why ours is right. The key is what ours says, or for what ours lets
/// pass, what hyper says.
const DIFFERENCES: &[(&str, &str)] = &[
    (
        "refused: a line ends without CR",
        "RFC 9112 §2.2 allows to take it for a line end; whoever stands in front may not",
    ),
    (
        "refused: there is no Host",
        "RFC 9112 §3.2 wants 400, hyper leaves that to the service",
    ),
    ("refused: there is more than one Host", "RFC 9112 §3.2"),
    ("refused: the Host is malformed", "RFC 9112 §3.2"),
    (
        "refused: there is more than one Content-Length",
        "hyper takes equal ones (RFC 9110 §8.6 allows either)",
    ),
    (
        "refused: there are both Content-Length and Transfer-Encoding",
        "RFC 9112 §6.3 allows to refuse what smells of smuggling",
    ),
    (
        "refused: there is more than one Transfer-Encoding",
        "the same",
    ),
    (
        "refused: the only transfer coding here is chunked",
        "RFC 9112 §6.1 wants 501, hyper hands the coded content on",
    ),
    (
        "refused: the only expectation here is 100-continue",
        "RFC 9110 §10.1.1 allows 417, hyper ignores it",
    ),
    (
        "refused: the request target holds a character that no URI has",
        "RFC 9112 §3.2; hyper passes bytes beyond ASCII on and cuts a fragment off",
    ),
    (
        "refused: the request target is neither a path nor an http URI",
        "hyper serves the authority form and other schemes",
    ),
    (
        "refused: the request target's authority is malformed",
        "hyper serves user information and empty ports",
    ),
    (
        "refused: the target * goes with OPTIONS only",
        "RFC 9112 §3.2.4",
    ),
    (
        "refused: the target of CONNECT is a host and a port",
        "RFC 9112 §3.2.3",
    ),
    (
        "refused: this server is no proxy",
        "hyper hands CONNECT to the service",
    ),
    (
        "refused: the last transfer coding is not chunked",
        "RFC 9112 §6.3; hyper takes a list that ends well",
    ),
    (
        "refused: a request does not start with a method",
        "RFC 9112 §2.2 lets pass empty lines of CRLF, hyper bare LF too",
    ),
    (
        "the body was refused",
        "chunk extensions and trailers are read strictly here (RFC 9112 §7.1)",
    ),
    (
        "hyper refuses the target",
        "no URI has these characters, many clients send them, and no reader takes them for an end; the lookup decides",
    ),
    (
        "hyper refuses a later minor version",
        "RFC 9110 §2.5 wants it read as HTTP/1.1",
    ),
];

/// What was understood of some bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Reading {
    requests: Vec<Understood>,
    /// The status of each answer.
    statuses: Vec<u16>,
    /// The content of the last one.
    reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Understood {
    method: String,
    target: String,
    fields: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

/// Our server, and what its service has seen.
struct Ours {
    handle: ServerHandle,
    seen: Arc<Mutex<Vec<Understood>>>,
}

struct Recorder(Arc<Mutex<Vec<Understood>>>);

impl Service for Recorder {
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        let fields = request.fields.iter();
        let fields = fields
            .map(|field| (field.name.to_ascii_lowercase(), field.value.to_vec()))
            .collect();
        let mut body = Vec::new();
        let whole = request.body.read_to_vec(&mut body).is_ok();
        if !whole {
            response.set_status(brrtrouter_transport::Status::BAD_REQUEST);
        }
        self.0.lock().unwrap().push(Understood {
            method: request.method.to_owned(),
            target: request.target.to_owned(),
            fields,
            body: whole.then_some(body),
        });
    }
}

impl Ours {
    fn start() -> Self {
        let seen = Arc::default();
        let server = RawServer::bind("127.0.0.1:0").unwrap();
        let handle = server.serve(Recorder(Arc::clone(&seen))).unwrap();
        Self { handle, seen }
    }

    fn read(&self, bytes: &[u8]) -> Reading {
        let mut stream = TcpStream::connect(self.handle.local_addr()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answers = Vec::new();
        stream.read_to_end(&mut answers).unwrap();
        reading(std::mem::take(&mut self.seen.lock().unwrap()), &answers)
    }
}

/// How hyper reads the bytes.
fn theirs(runtime: &tokio::runtime::Runtime, bytes: &[u8]) -> Reading {
    let seen: Arc<Mutex<Vec<Understood>>> = Arc::default();
    let answers = runtime.block_on(async {
        let (mut client, server) = tokio::io::duplex(1 << 20);
        client.write_all(bytes).await.unwrap();
        client.shutdown().await.unwrap();
        let record = service_fn(|request: hyper::Request<Incoming>| {
            let seen = Arc::clone(&seen);
            async move {
                let (head, body) = request.into_parts();
                let fields = head.headers.iter();
                let fields = fields
                    .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
                    .collect();
                let body = body.collect().await.ok();
                let whole = body.is_some();
                seen.lock().unwrap().push(Understood {
                    method: head.method.to_string(),
                    target: head
                        .uri
                        .path_and_query()
                        .map_or_else(|| head.uri.to_string(), |target| target.as_str().to_owned()),
                    fields,
                    body: body.map(|body| body.to_bytes().to_vec()),
                });
                let status = if whole { 200 } else { 400 };
                let answer = hyper::Response::builder().status(status);
                Ok::<_, Infallible>(answer.body(Full::new(Bytes::new())).unwrap())
            }
        });
        let mut settings = hyper::server::conn::http1::Builder::new();
        settings.half_close(true).pipeline_flush(true);
        let _ = settings
            .serve_connection(TokioIo::new(server), record)
            .await;
        let mut answers = Vec::new();
        let _ = client.read_to_end(&mut answers).await;
        answers
    });
    reading(std::mem::take(&mut seen.lock().unwrap()), &answers)
}

fn reading(requests: Vec<Understood>, answers: &[u8]) -> Reading {
    let text = String::from_utf8_lossy(answers);
    let statuses = text
        .split("HTTP/1.")
        .skip(1)
        .filter_map(|answer| answer.get(2..5)?.parse().ok())
        .filter(|&status| status >= 200)
        .collect();
    let reason = text.rsplit("\r\n\r\n").next().unwrap_or_default();
    Reading {
        requests,
        statuses,
        reason: reason.trim().to_owned(),
    }
}

/// In which way the readings of `input` differ; `None` if they do not.
fn difference(input: &[u8], ours: &Reading, theirs: &Reading) -> Option<String> {
    let has_later_version = input.windows(10).any(|part| {
        part.starts_with(b"HTTP/1.") && matches!(part[7..], [b'2'..=b'9', b'\r', b'\n'])
    });

    let alike = ours
        .requests
        .iter()
        .zip(&theirs.requests)
        .take_while(|(ours, theirs)| same(ours, theirs))
        .count();
    match (ours.requests.get(alike), theirs.requests.get(alike)) {
        // Both stop at the same place: whether they refuse or wait for more is one to the other, as
        // long as neither takes it for a request.
        (None, None) => None,
        (None, Some(_)) => Some(format!("refused: {}", ours.reason)),
        (Some(ours), Some(theirs)) if ours.body.is_none() && theirs.body.is_some() => {
            Some("the body was refused".to_owned())
        }
        (Some(ours), None) if ours.target.contains(['"', '\\', '{', '|']) => {
            Some("hyper refuses the target".to_owned())
        }
        (Some(_), None) if has_later_version => {
            Some("hyper refuses a later minor version".to_owned())
        }
        (Some(ours), None) => Some(format!("hyper refuses: {ours:?}")),
        (Some(ours), Some(theirs)) => Some(format!("read otherwise: {ours:?} and {theirs:?}")),
    }
}

fn same(ours: &Understood, theirs: &Understood) -> bool {
    // An absolute target takes the place of the Host here, which hyper leaves to the service; and
    // hyper gathers the fields of one name.
    let fields = |one: &Understood| {
        let mut fields = one.fields.clone();
        fields.retain(|(name, _)| name != "host");
        fields.sort();
        fields
    };
    // An absolute target without a path has one for us (RFC 9112 §3.2.1), and none for hyper.
    let target = match theirs.target.starts_with('?') {
        true => format!("/{}", theirs.target),
        false => theirs.target.clone(),
    };
    ours.method == theirs.method
        && ours.target == target
        && ours.body == theirs.body
        && fields(ours) == fields(theirs)
}

/// Heads and whole messages to start from.
const BASES: [&str; 4] = [
    "GET /some/where?x=1 HTTP/1.1\r\nHost: a.b:80\r\nX-Y: z w\r\n\r\nGET /next HTTP/1.1\r\nHost: c\r\n\r\n",
    "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /next HTTP/1.1\r\nHost: c\r\n\r\n",
    "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n00\r\nX: y\r\n\r\nGET /next HTTP/1.1\r\nHost: c\r\n\r\n",
    "GET http://d/x HTTP/1.0\r\nConnection: keep-alive\r\nHost: d\r\n\r\nGET /next HTTP/1.1\r\nHost: c\r\n\r\n",
];

const BYTES: &[u8] = b"\0\t\n\x0b\r \"#%,/5:;?@A[\\\x7f\xff";

/// Everything that stands one byte from the bases, and more.
fn inputs() -> Vec<Vec<u8>> {
    let mut inputs: Vec<Vec<u8>> = Vec::new();
    for base in BASES {
        let base = base.as_bytes();
        for at in 0..base.len() {
            for &byte in BYTES {
                let mut changed = base.to_vec();
                changed[at] = byte;
                inputs.push(changed.clone());
                changed[at] = base[at];
                changed.insert(at, byte);
                inputs.push(changed);
            }
            let mut shorter = base.to_vec();
            shorter.remove(at);
            inputs.push(shorter);
        }
    }
    for framing in [
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 5",
        "Content-Length: +5",
        "Content-Length: 05",
        "Content-Length: 18446744073709551616",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: CHUNKED",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: \x0bchunked",
        "Transfer-Encoding : chunked",
        "Expect: 100-continue\r\nContent-Length: 5",
        "Expect: other\r\nContent-Length: 5",
        "Connection: close, X\r\nContent-Length: 5",
        "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA",
    ] {
        for version in ["1.1", "1.0"] {
            let head = format!("POST /p HTTP/{version}\r\nHost: a\r\n{framing}\r\n\r\n");
            for body in ["", "hello", "5\r\nhello\r\n0\r\n\r\n"] {
                inputs.push(format!("{head}{body}GET /next HTTP/1.1\r\nHost: c\r\n\r\n").into());
            }
        }
    }
    for line in [
        "GET * HTTP/1.1",
        "CONNECT a:80 HTTP/1.1",
        "CONNECT / HTTP/1.1",
    ] {
        inputs.push(format!("{line}\r\nHost: a\r\n\r\n").into());
    }
    inputs.push(b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n".to_vec());
    inputs.push(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec());
    inputs
}

#[test]
fn requests_are_read_as_hyper_reads_them_but_for_what_is_listed() {
    let ours = Ours::start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut kinds: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let inputs = inputs();
    let mut alike = 0;
    for input in &inputs {
        match difference(input, &ours.read(input), &theirs(&runtime, input)) {
            None => alike += 1,
            Some(kind) => {
                let example = || (0, input.escape_ascii().to_string());
                kinds.entry(kind).or_insert_with(example).0 += 1;
            }
        }
    }
    let strange: Vec<_> = kinds
        .iter()
        .filter(|(kind, _)| !DIFFERENCES.iter().any(|(known, _)| known == kind))
        .collect();
    assert!(strange.is_empty(), "{strange:#?}");
    // What is listed is still so.
    let gone: Vec<_> = DIFFERENCES
        .iter()
        .filter(|(known, _)| !kinds.contains_key(*known))
        .collect();
    assert!(gone.is_empty(), "{gone:#?}");
    assert!(alike * 2 > inputs.len(), "{alike} of {}", inputs.len());
    assert!(ours.handle.shutdown(Duration::from_secs(10)).is_clean());
}
