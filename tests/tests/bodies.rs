//! Bodies good and bad of every kind, in whole and in pieces: what is answered, whether the connection
//! goes on after it, and that the next request is answered right.

#![allow(clippy::expect_used, clippy::panic)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use brrtrouter::prelude::*;
use brrtrouter::{AppService, HandlerRequest};
use serde_json::Value;
use whole_server_tests::client::connect;
use whole_server_tests::{On, on_both, service_of};

on_both!(
    every_body_is_judged_alike_however_it_arrives,
    a_long_body_that_nobody_reads_ends_the_connection,
    a_body_over_the_limit_is_refused_and_what_follows_is_never_a_request,
    a_body_that_breaks_its_framing_ends_the_connection,
);

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /take:
    post:
      operationId: take
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/Thing'}}
          application/vnd.thing+json: {schema: {$ref: '#/components/schemas/Thing'}}
          application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/Thing'}}
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties: {count: {type: integer}, file: {type: string, format: binary}}
          text/plain: {schema: {type: string, maxLength: 8, pattern: '^(?!x)[a-zé]+$'}}
          text/csv: {}
          application/octet-stream: {}
          image/*: {}
      responses: {'200': {description: ok, content: {text/plain: {}}}}
  /perhaps:
    post:
      operationId: perhaps
      requestBody: {content: {application/json: {schema: {type: array}}}}
      responses: {'200': {description: ok, content: {text/plain: {}}}}
  /next/{n}:
    get:
      operationId: next
      parameters: [{name: n, in: path, required: true, schema: {type: integer}}]
      responses: {'200': {description: ok, content: {text/plain: {}}}}
components:
  schemas:
    Thing:
      type: object
      required: [count]
      additionalProperties: false
      properties: {count: {type: integer, maximum: 9}, name: {type: string}}
";

const LIMIT: u64 = 1_000_000;

fn service() -> AppService {
    let take = |request: &mut HandlerRequest<'_>| {
        let files: u64 = request.take_files().iter().map(|file| file.len()).sum();
        let count = request.json().map(|json| json["count"].clone());
        format!("{} {files}", count.unwrap_or(Value::Null))
    };
    service_of(DOCUMENT)
        .raw("take", take)
        .handler("perhaps", |body: Option<Json<Value>>| match body {
            Some(Json(value)) => value.to_string(),
            None => "nothing".to_owned(),
        })
        .handler("next", |Path(n): Path<u64>| n.to_string())
        .body_limit("take", LIMIT)
        .build()
        .expect("the service builds")
}

struct Connection {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
}

struct Answer {
    status: u16,
    content: String,
    goes_on: bool,
}

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Pieces {
    One,
    /// With the head's last byte, so that it comes apart from it.
    Two,
    Chunks,
}

impl Connection {
    fn open(address: SocketAddr) -> Self {
        let stream = connect(address);
        stream.set_nodelay(true).expect("an option");
        let answers = BufReader::new(stream.try_clone().expect("a second handle"));
        Self { stream, answers }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("it is sent");
    }

    fn post(&mut self, path: &str, kind: &str, body: &[u8], pieces: Pieces) -> Answer {
        let length = match pieces {
            Pieces::Chunks => "transfer-encoding: chunked".to_owned(),
            _ => format!("content-length: {}", body.len()),
        };
        let kind = match kind {
            "" => String::new(),
            kind => format!("content-type: {kind}\r\n"),
        };
        let head = format!("POST {path} HTTP/1.1\r\nhost: a\r\n{kind}{length}\r\n\r\n");
        match pieces {
            Pieces::One => self.send(&[head.as_bytes(), body].concat()),
            Pieces::Two => {
                let (start, end) = body.split_at(body.len() / 2);
                self.send(head.as_bytes());
                self.send(start);
                self.send(end);
            }
            Pieces::Chunks => {
                self.send(head.as_bytes());
                for piece in body.chunks((body.len() / 3).max(1)) {
                    self.send(format!("{:x}\r\n", piece.len()).as_bytes());
                    self.send(piece);
                    self.send(b"\r\n");
                }
                self.send(b"0\r\n\r\n");
            }
        }
        self.answer()
    }

    fn answer(&mut self) -> Answer {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("an answer");
        let status = line.get(9..12).and_then(|code| code.parse().ok());
        let (mut length, mut goes_on) = (0, true);
        loop {
            line.clear();
            self.answers.read_line(&mut line).expect("a field");
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
            goes_on &= line != "connection: close";
        }
        let mut content = vec![0; length];
        self.answers.read_exact(&mut content).expect("the content");
        Answer {
            status: status.expect("a status line"),
            content: String::from_utf8_lossy(&content).into_owned(),
            goes_on,
        }
    }

    /// The next request is answered right, as is the one after it.
    fn expect_next(&mut self, about: &str) {
        for n in [7_u64, 8] {
            self.send(format!("GET /next/{n} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes());
            let answer = self.answer();
            let expected = (200, n.to_string());
            assert_eq!((answer.status, answer.content), expected, "after {about}");
        }
    }

    /// The connection ends, and nothing more is answered.
    fn expect_end(mut self, about: &str) {
        let mut rest = Vec::new();
        match self.answers.read_to_end(&mut rest) {
            Ok(_) => {}
            // The peer may be gone before it has read all that was sent.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
            Err(error) => panic!("{about}: {error}"),
        }
        let rest = String::from_utf8_lossy(&rest);
        assert!(rest.is_empty(), "after {about}: {rest}");
    }
}

fn upload(count: &str, size: usize) -> Vec<u8> {
    let start = format!(
        "--b\r\nContent-Disposition: form-data; name=count\r\n\r\n{count}\r\n\
         --b\r\nContent-Disposition: form-data; name=file; filename=f\r\n\r\n"
    );
    [start.as_bytes(), &vec![b'\r'; size], b"\r\n--b--\r\n"].concat()
}

/// Path, media type, body, status.
fn table() -> Vec<(&'static str, &'static str, Vec<u8>, u16)> {
    const JSON: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";
    const PARTS: &str = "multipart/form-data; boundary=b";
    let deep = ["["; 65].concat() + &["]"; 65].concat();
    let long = format!(r#"{{"count": 1, "name": "{}"}}"#, "a".repeat(300_000));
    // Of JSON those that are texts.
    let json = [
        (200, r#"{"count": 7}"#),
        (200, " {\"count\"\r\n:\t7} "),
        (200, &long),
        (400, r#"{"count": 10}"#),
        (400, r#"{"count": "7"}"#),
        (400, r#"{"count": 7, "else": 1}"#),
        (400, r#"{"count": 7, "count": 7}"#),
        (400, r#"{"count": 7"#),
        (400, r#"{"count": 7} {}"#),
        (400, r#"{"count": 07}"#),
        (400, "\u{feff}{\"count\": 7}"),
        (400, r#"{"count": 7, "name": "\ud800"}"#),
        (400, r#"{"count": 1e999}"#),
        (400, &deep),
        (400, ""),
        (400, "null"),
        (400, "GET /next/1 HTTP/1.1\r\nhost: a\r\n\r\n"),
    ];
    // A good body under other names.
    let named = [
        (200, "application/json; charset=utf-8"),
        (200, "Application/JSON"),
        (200, "application/vnd.thing+json"),
        (200, ""),
        (415, "application/vnd.other+json"),
        (415, "application/json, text/plain"),
        (415, "json"),
    ];
    let mut rows: Vec<(&str, &str, Vec<u8>, u16)> = vec![
        (
            "/take",
            JSON,
            b"{\"count\": 7, \"name\": \"\xff\"}".to_vec(),
            400,
        ),
        (
            "/take",
            "application/vnd.thing+json",
            br#"{"count": []}"#.to_vec(),
            400,
        ),
        ("/take", FORM, b"count=7&name=a+b".to_vec(), 200),
        ("/take", FORM, b"count=10".to_vec(), 400),
        ("/take", FORM, b"name=a".to_vec(), 400),
        ("/take", FORM, b"count=7&count=7".to_vec(), 400),
        ("/take", FORM, b"count=7&else=1".to_vec(), 400),
        ("/take", FORM, b"count=%FF".to_vec(), 400),
        ("/take", FORM, b"count=%zz".to_vec(), 400),
        ("/take", FORM, "&".repeat(5_000).into_bytes(), 400),
        ("/take", PARTS, upload("7", 900_000), 200),
        ("/take", PARTS, upload("x", 900_000), 400),
        ("/take", PARTS, upload("7", 10)[..100].to_vec(), 400),
        ("/take", PARTS, b"--b\r\nnothing".to_vec(), 400),
        ("/take", PARTS, b"--b--\r\n".to_vec(), 400),
        ("/take", PARTS, b"".to_vec(), 400),
        ("/take", "multipart/form-data", upload("7", 10), 400),
        ("/take", "text/plain", b"abc".to_vec(), 200),
        ("/take", "text/plain", "\u{e9}".into(), 200),
        ("/take", "text/plain", b"xab".to_vec(), 400),
        ("/take", "text/plain", b"abcdefghi".to_vec(), 400),
        ("/take", "text/plain", b"\xff".to_vec(), 400),
        ("/take", "text/plain; charset=latin1", b"abc".to_vec(), 415),
        ("/take", "text/plain", vec![b'a'; 100_000], 400),
        ("/take", "text/csv", b"a,b\n".to_vec(), 200),
        ("/take", "application/octet-stream", vec![0; 50_000], 200),
        ("/take", "image/png", b"abc".to_vec(), 200),
        ("/take", "video/mp4", vec![0; 50_000], 415),
        ("/perhaps", JSON, b"[1]".to_vec(), 200),
        ("/perhaps", JSON, b"".to_vec(), 200),
        ("/perhaps", "", b"".to_vec(), 200),
        ("/perhaps", JSON, b"1".to_vec(), 400),
        ("/perhaps", "text/plain", b"1".to_vec(), 415),
    ];
    rows.extend(json.map(|(status, body)| ("/take", JSON, body.into(), status)));
    let good = br#"{"count": 7}"#;
    rows.extend(named.map(|(status, kind)| ("/take", kind, good.to_vec(), status)));
    rows
}

fn every_body_is_judged_alike_however_it_arrives(on: On) {
    let server = on.serve(service());
    let all = [Pieces::One, Pieces::Two, Pieces::Chunks];
    // The adapter takes no chunks at all.
    let pieces = match on {
        On::Raw => &all[..],
        On::MiniHttp => &all[..2],
    };
    let mut wrong = Vec::new();
    for &pieces in pieces {
        let mut connection = Connection::open(server.address());
        for (path, kind, body, status) in table() {
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]);
            let about = format!("{pieces:?} {path} {kind:?} {shown:?}");
            let answer = connection.post(path, kind, &body, pieces);
            if answer.status != status || !answer.goes_on {
                wrong.push(format!("{about}: {} {}", answer.status, answer.content));
            }
            match answer.goes_on {
                true => connection.expect_next(&about),
                false => connection = Connection::open(server.address()),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn a_long_body_that_nobody_reads_ends_the_connection(on: On) {
    let server = on.serve(service());
    let body = b"GET /next/1 HTTP/1.1\r\nhost: a\r\n\r\n".repeat(15_000);
    for (kind, status) in [("application/octet-stream", 200), ("video/mp4", 415)] {
        let mut connection = Connection::open(server.address());
        let answer = connection.post("/take", kind, &body, Pieces::Two);
        assert_eq!(answer.status, status, "{kind}: {}", answer.content);
        assert!(!answer.goes_on, "{kind}");
        connection.expect_end(kind);
    }
    if on == On::Raw {
        // How much is still to come is not known when the answer leaves.
        let mut connection = Connection::open(server.address());
        let answer = connection.post("/take", "video/mp4", &body, Pieces::Chunks);
        assert_eq!(answer.status, 415, "{}", answer.content);
        connection.expect_end("chunks");
    }
}

fn a_body_over_the_limit_is_refused_and_what_follows_is_never_a_request(on: On) {
    let server = on.serve(service());
    let pieces = match on {
        On::Raw => &[Pieces::One, Pieces::Chunks][..],
        On::MiniHttp => &[Pieces::One][..],
    };
    // A request within the body, where one would begin that was cut off at the limit.
    let mut body = vec![b' '; LIMIT as usize];
    body.extend_from_slice(b"GET /next/1 HTTP/1.1\r\nhost: a\r\n\r\n");
    for &pieces in pieces {
        let mut connection = Connection::open(server.address());
        let answer = connection.post("/take", "application/json", &body, pieces);
        assert_eq!(answer.status, 413, "{pieces:?}: {}", answer.content);
        match answer.goes_on {
            true => connection.expect_next("a body over the limit"),
            false => connection.expect_end("a body over the limit"),
        }
    }
}

fn a_body_that_breaks_its_framing_ends_the_connection(on: On) {
    let server = on.serve(service());
    let chunked = |rest: &str| {
        format!(
            "POST /take HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
             transfer-encoding: chunked\r\n\r\n{rest}GET /next/1 HTTP/1.1\r\nhost: a\r\n\r\n"
        )
    };
    let status = match on {
        On::Raw => 400,
        On::MiniHttp => 411,
    };
    for rest in [
        "x\r\n{}\r\n",
        "2\r\n{}}\r\n0\r\n\r\n",
        "-1\r\n",
        "2\n{}\r\n0\r\n\r\n",
    ] {
        let mut connection = Connection::open(server.address());
        connection.send(chunked(rest).as_bytes());
        let answer = connection.answer();
        assert_eq!(answer.status, status, "{rest:?}: {}", answer.content);
        assert!(!answer.goes_on, "{rest:?}");
        connection.expect_end(rest);
    }
}
