//! Sends requests in batches, one batch at a time on one connection after the other, and checks
//! every answer.
//!
//! ```text
//! client --port 8080 --route params --requests 900 --connections 10 --pipeline 16
//! ```
//!
//! `--requests` is for each connection. It waits up to a minute for the port to be open, so it may
//! be started together with a slow server.

#![forbid(unsafe_code)]

mod answer;
mod route;

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use answer::Answers;
use route::Route;

/// How long a server may take to open its port.
const PATIENCE: Duration = Duration::from_secs(60);

struct Arguments {
    port: u16,
    route: &'static Route,
    requests: usize,
    connections: usize,
    pipeline: usize,
}

fn arguments() -> Result<Arguments, String> {
    let mut parsed = Arguments {
        port: 8080,
        route: Route::named("plaintext")?,
        requests: 100,
        connections: 1,
        pipeline: 1,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{name} has no value"))?;
        let count = || {
            value
                .parse::<usize>()
                .map_err(|_| format!("{name} {value} is no count"))
        };
        match name.as_str() {
            "--port" => parsed.port = value.parse().map_err(|_| format!("no port: {value}"))?,
            "--route" => parsed.route = Route::named(&value)?,
            "--requests" => parsed.requests = count()?,
            "--connections" => parsed.connections = count()?,
            "--pipeline" => parsed.pipeline = count()?.max(1),
            _ => return Err(format!("unknown flag {name}")),
        }
    }
    Ok(parsed)
}

fn connect(port: u16) -> Result<TcpStream, String> {
    let start = Instant::now();
    loop {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
            Ok(stream) => return Ok(stream),
            Err(error) if start.elapsed() > PATIENCE => {
                return Err(format!("port {port}: {error}"));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn one_connection(arguments: &Arguments) -> Result<(), String> {
    let mut stream = connect(arguments.port)?;
    let timeout = Some(Duration::from_secs(30));
    stream
        .set_nodelay(true)
        .and_then(|()| stream.set_read_timeout(timeout))
        .map_err(|error| error.to_string())?;
    let mut answers = Answers::default();
    let mut left = arguments.requests;
    while left > 0 {
        let batch = left.min(arguments.pipeline);
        stream
            .write_all(&arguments.route.request().repeat(batch))
            .map_err(|error| format!("after {} requests: {error}", arguments.requests - left))?;
        for _ in 0..batch {
            let body = answers
                .next(&mut stream)
                .map_err(|error| format!("with {left} answers to come: {error}"))?;
            arguments.route.check(body)?;
        }
        left -= batch;
    }
    Ok(())
}

fn run() -> Result<(), String> {
    let arguments = arguments()?;
    (0..arguments.connections).try_for_each(|_| one_connection(&arguments))
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("client: {error}");
            ExitCode::FAILURE
        }
    }
}
