//! Echoes bodies at any path: `cargo run -p brrtrouter-minihttp --example minihttp_echo -- 8080`.
//!
//! `--idle SECONDS` sets how long a connection may be silent, in heads and in bodies.

use std::process::ExitCode;
use std::time::Duration;

use brrtrouter_minihttp::{Limits, MiniHttpServer};
use brrtrouter_transport::{BodyError, Request, Response, ServeError, Service, Status, Transport};

pub(crate) struct Echo;

impl Service for Echo {
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        match request.method {
            "GET" | "HEAD" => response.buffer().extend_from_slice(b"echo\n"),
            "POST" | "PUT" => {
                let read = request.body.read_to_vec(response.buffer());
                if let Err(error) = read {
                    response.reset();
                    response.set_status(match error {
                        BodyError::TooLarge { .. } => Status::CONTENT_TOO_LARGE,
                        BodyError::Timeout => Status::REQUEST_TIMEOUT,
                        _ => Status::BAD_REQUEST,
                    });
                }
            }
            "OPTIONS" => {
                response.set_status(Status::NO_CONTENT);
                allow(response);
            }
            _ => {
                response.set_status(Status::METHOD_NOT_ALLOWED);
                allow(response);
            }
        }
    }
}

fn allow(response: &mut Response) {
    let _ = response
        .headers_mut()
        .set("allow", "GET, HEAD, OPTIONS, POST, PUT");
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "echo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), ServeError> {
    let mut arguments = std::env::args().skip(1);
    let mut port = 0;
    let mut limits = Limits::default();
    while let Some(argument) = arguments.next() {
        if argument == "--idle" {
            if let Some(seconds) = arguments.next().and_then(|text| text.parse().ok()) {
                limits.idle = Duration::from_secs(seconds);
                limits.body_idle = limits.idle;
            }
        } else if let Ok(number) = argument.parse::<u16>() {
            port = number;
        }
    }
    let server = MiniHttpServer::bind(("127.0.0.1", port))?
        .limits(limits)
        .serve(Echo)?;
    use std::io::Write;
    let _ = writeln!(
        std::io::stdout(),
        "listening on http://{}",
        server.local_addr()
    );
    let drained = server.join()?;
    if !drained.is_clean() {
        let _ = writeln!(
            std::io::stderr(),
            "{} connections were cut",
            drained.aborted
        );
    }
    Ok(())
}
