//! A server without any framework: `POST /echo` answers the body it got.
//!
//! ```sh
//! cargo run -p brrtrouter-raw --example echo -- --port 8080 --head-timeout 5 --body-timeout 5
//! ```

use std::io::Write as _;
use std::time::Duration;

use brrtrouter_raw::{Limits, RawServer};
use brrtrouter_transport::{
    BodyError, HeaderLine, Request, Response, ServeError, Service, Status, Transport,
};

const ALLOW_POST: HeaderLine = HeaderLine::from_static("Allow: POST\r\n");
const ALLOW_GET: HeaderLine = HeaderLine::from_static("Allow: GET, HEAD\r\n");
const PLAIN: HeaderLine = HeaderLine::from_static("Content-Type: text/plain\r\n");
const BYTES: HeaderLine = HeaderLine::from_static("Content-Type: application/octet-stream\r\n");

struct Echo;

impl Service for Echo {
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        let path = request.target.split('?').next().unwrap_or_default();
        match (path, request.method) {
            ("/echo", "POST") => echo(request, response),
            ("/echo", _) => {
                response.set_status(Status::METHOD_NOT_ALLOWED);
                response.headers_mut().push_line(&ALLOW_POST);
            }
            ("/plaintext", "GET" | "HEAD") => {
                response.headers_mut().push_line(&PLAIN);
                response.buffer().extend_from_slice(b"Hello, World!");
            }
            ("/plaintext", _) => {
                response.set_status(Status::METHOD_NOT_ALLOWED);
                response.headers_mut().push_line(&ALLOW_GET);
            }
            _ => {
                response.set_status(Status::NOT_FOUND);
            }
        }
    }
}

fn echo(request: &mut Request<'_>, response: &mut Response) {
    let Err(error) = request.body.read_to_vec(response.buffer()) else {
        response.headers_mut().push_line(&BYTES);
        return;
    };
    response.reset();
    response.set_status(match error {
        BodyError::TooLarge { .. } => Status::CONTENT_TOO_LARGE,
        BodyError::Timeout => Status::REQUEST_TIMEOUT,
        _ => Status::BAD_REQUEST,
    });
}

/// The value behind `--name` on the command line.
fn option(name: &str) -> Option<u64> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1)?.parse().ok()
}

fn main() -> Result<(), ServeError> {
    let port = option("--port").and_then(|port| u16::try_from(port).ok());
    let mut limits = Limits::default();
    if let Some(seconds) = option("--head-timeout") {
        limits = limits.head_timeout(Duration::from_secs(seconds));
    }
    if let Some(seconds) = option("--body-timeout") {
        limits = limits.body_timeout(Duration::from_secs(seconds));
    }
    if let Some(requests) = option("--max-requests") {
        limits = limits.max_requests(u32::try_from(requests).unwrap_or(u32::MAX));
    }
    let mut server = RawServer::bind(("127.0.0.1", port.unwrap_or(8080)))?.limits(limits);
    if let Some(workers) = option("--workers") {
        server = server.workers(usize::try_from(workers).unwrap_or(1));
    }
    let server = server.serve(Echo)?;
    // Nobody may be reading the output.
    let _ = writeln!(std::io::stdout(), "http://{}", server.local_addr());
    server.join()?;
    Ok(())
}
