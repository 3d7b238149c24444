//! Bodies on a connection: what is refused leaves it usable, and uploads fit a coroutine's stack.

#![cfg(feature = "raw")]
#![allow(clippy::expect_used)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use brrtrouter::prelude::*;
use brrtrouter_spec::Loader;
use serde_json::Value;

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /files:
    post:
      operationId: upload
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties: {count: {type: integer}, file: {type: string, format: binary}}
          application/x-www-form-urlencoded:
            schema: {type: object, required: [count], properties: {count: {type: integer}}}
          text/plain: {schema: {type: string, pattern: '^(?!x)(a|b)+$', format: email}}
          application/json: {schema: {type: object, required: [count]}}
      responses: {'200': {description: ok, content: {text/plain: {}}}}
";

struct Connection {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Connection {
    /// Sends a request in two pieces and reads its answer's status and content.
    fn post(&mut self, kind: &str, body: &[u8]) -> (u16, String) {
        let length = body.len();
        let head = format!(
            "POST /files HTTP/1.1\r\nhost: a\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
        );
        let (start, end) = body.split_at(length / 2);
        self.stream.write_all(head.as_bytes()).expect("it is sent");
        self.stream.write_all(start).expect("it is sent");
        self.stream.flush().expect("it is sent");
        self.stream.write_all(end).expect("it is sent");
        self.answer()
    }

    fn answer(&mut self) -> (u16, String) {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("an answer");
        let status = line.get(9..12).and_then(|code| code.parse().ok());
        let mut length = 0;
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
        }
        let mut content = vec![0; length];
        self.answers.read_exact(&mut content).expect("the content");
        let content = String::from_utf8_lossy(&content).into_owned();
        (status.expect("a status line"), content)
    }
}

#[test]
fn a_refused_body_leaves_its_connection_to_the_next_request() {
    let spec = Loader::new().load_str(DOCUMENT, "files.yaml");
    let service = AppService::builder(spec.expect("the document loads"))
        .raw("upload", |request| {
            let files = request.take_files();
            let size: u64 = files.iter().map(|file| file.len()).sum();
            let count = request
                .json()
                .map_or(Value::Null, |json| json["count"].clone());
            format!("{count} {size}")
        })
        .build()
        .expect("the service builds");
    let server = RawServer::bind("127.0.0.1:0").expect("an address");
    let server = server.serve(service).expect("it listens");
    let stream = TcpStream::connect(server.local_addr()).expect("it listens");
    let answers = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut connection = Connection { stream, answers };

    let multipart = "multipart/form-data; boundary=b";
    let upload = |count: &str| {
        let start = format!(
            "--b\r\nContent-Disposition: form-data; name=count\r\n\r\n{count}\r\n\
             --b\r\nContent-Disposition: form-data; name=file; filename=f\r\n\r\n"
        );
        [start.as_bytes(), &[b'\r'; 900_000], b"\r\n--b--\r\n"].concat()
    };
    let form = "application/x-www-form-urlencoded";
    for _ in 0..3 {
        for (kind, body, status) in [
            (multipart, upload("7"), 200),
            (multipart, upload("x"), 400),
            (multipart, b"--b\r\nnothing".to_vec(), 400),
            (form, b"count=7".to_vec(), 200),
            (form, b"count=%FF".to_vec(), 400),
            ("application/json", br#"{"count": 7}"#.to_vec(), 200),
            ("application/json", br#"{"count": 7"#.to_vec(), 400),
            ("text/plain", b"\xff".to_vec(), 400),
            ("text/plain", vec![b'a'; 100_000], 400),
            ("image/png", b"abc".to_vec(), 415),
        ] {
            let (answered, content) = connection.post(kind, &body);
            assert_eq!(answered, status, "{kind}: {content}");
            if kind == multipart && status == 200 {
                assert_eq!(content, "7 900000");
            }
        }
    }
}
