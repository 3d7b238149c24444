//! An OpenAPI document in front of a server that is no more than a loop: one connection, one request
//! and one answer at a time.

#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use brrtrouter_core::{Extractors, Lookup, ParameterError, Parameters, PathParams};
use brrtrouter_core::{Place, Router, Slots, Source};
use brrtrouter_spec::Loader;
use serde::Deserialize;

/// What is made of the document once: its router, and name and parameters of each operation.
struct Api {
    router: Router,
    operations: Vec<(String, Extractors)>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let spec = Loader::new().load_str(include_str!("../openapi.yaml"), "openapi.yaml")?;
    let mut operations = Vec::new();
    for operation in &spec.operations {
        let extractors = Extractors::compile(&spec, operation)?;
        operations.push((operation.name.clone(), extractors));
    }
    let router = Router::compile(&spec)?;
    let api = Api { router, operations };
    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:8080"))?;
    let own = listener.local_addr()?;
    writeln!(io::stdout(), "listening on http://{own}")?;
    for stream in listener.incoming() {
        // A peer that goes away is no fault of the others.
        let _ = stream.and_then(|stream| serve(&api, stream));
    }
    Ok(())
}

fn serve(api: &Api, mut stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut head = Vec::new();
    let (status, content) = loop {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer)?;
        head.extend_from_slice(buffer.get(..count).unwrap_or_default());
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut fields);
        match request.parse(&head) {
            Ok(httparse::Status::Complete(_)) => break answer(api, &request),
            Ok(httparse::Status::Partial) if count > 0 && head.len() < 16_384 => {}
            _ => break ("400 Bad Request", "this is no request\n".into()),
        }
    };
    let length = content.len();
    let framing = format!("Content-Length: {length}\r\nConnection: close");
    let answer = format!("HTTP/1.1 {status}\r\n{framing}\r\n\r\n{content}");
    stream.write_all(answer.as_bytes())
}

fn answer(api: &Api, request: &httparse::Request<'_, '_>) -> (&'static str, String) {
    let method = request.method.unwrap_or_default();
    let target = request.path.unwrap_or_default();
    let mut path = PathParams::new();
    let operation = match api.router.lookup(method, target, &mut path) {
        Lookup::Found(found) => api.operations.get(found.operation().index()),
        Lookup::BadPath(reason) => return ("400 Bad Request", format!("{reason}\n")),
        Lookup::MethodNotAllowed(allow) | Lookup::Options(allow) => {
            let allow = allow.header_value();
            return ("405 Method Not Allowed", format!("try {allow}\n"));
        }
        _ => None,
    };
    let Some((name, extractors)) = operation else {
        return ("404 Not Found", "there is no such page\n".into());
    };
    let fields = request.headers.iter();
    let fields: Vec<(&str, &[u8])> = fields.map(|field| (field.name, field.value)).collect();
    let fields = fields.as_slice();
    let source = Source::new(target, &path, &fields);
    let mut slots = Slots::new();
    let found = extractors.extract(source, &mut slots);
    let mut faults = String::new();
    found.check(&mut |fault| faults += &format!("{fault}\n"));
    if !faults.is_empty() {
        return ("400 Bad Request", faults);
    }
    let content = match name.as_str() {
        "listBooks" => list_books(&found),
        _ => read_chapter(&found),
    };
    match content {
        Ok(content) => ("200 OK", content),
        Err(fault) => ("400 Bad Request", format!("{fault}\n")),
    }
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    author: Vec<String>,
    limit: u8,
}

fn list_books<'r>(found: &Parameters<'r>) -> Result<String, ParameterError<'r>> {
    let List { author, limit } = found.deserialize(Place::Query)?;
    Ok(format!("{limit} books by {}\n", author.join(" and ")))
}

fn read_chapter<'r>(found: &Parameters<'r>) -> Result<String, ParameterError<'r>> {
    let (isbn, chapter, format): (String, u32, String) = found.deserialize(Place::Path)?;
    Ok(format!("chapter {chapter} of {isbn} as {format}\n"))
}
