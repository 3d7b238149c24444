//! The measured routes on bare may_minihttp, matched by hand.

#![forbid(unsafe_code)]

use std::io::{self, BufRead};

use bytes::BufMut;
use may_minihttp::{HttpService, HttpServiceFactory, Request, Response};
use peer::{Options, PLAINTEXT, Params, message};

struct Routes;

impl HttpService for Routes {
    fn call(
        &mut self,
        request: Request<'_, '_, '_>,
        response: &mut Response<'_>,
    ) -> io::Result<()> {
        match (request.method(), request.path()) {
            ("GET", "/plaintext") => {
                response.header("Content-Type: text/plain").body(PLAINTEXT);
            }
            ("GET", "/json") => json(response, &message())?,
            ("POST", "/echo") => echo(request, response)?,
            ("GET", path) => match params(path) {
                Some(params) => json(response, &params)?,
                None => not_found(response),
            },
            _ => not_found(response),
        }
        Ok(())
    }
}

fn params(path: &str) -> Option<Params> {
    let (id, rest) = path.strip_prefix("/users/")?.split_once('/')?;
    Some(Params {
        id: id.parse().ok()?,
        post_id: rest.strip_prefix("posts/")?.parse().ok()?,
    })
}

fn json(response: &mut Response<'_>, value: &impl serde::Serialize) -> io::Result<()> {
    response.header("Content-Type: application/json");
    serde_json::to_writer(response.body_mut().writer(), value)?;
    Ok(())
}

fn echo(request: Request<'_, '_, '_>, response: &mut Response<'_>) -> io::Result<()> {
    let mut body = request.body();
    response.header("Content-Type: application/octet-stream");
    let answer = response.body_mut();
    loop {
        let part = body.fill_buf()?;
        if part.is_empty() {
            return Ok(());
        }
        answer.extend_from_slice(part);
        let length = part.len();
        body.consume(length);
    }
}

fn not_found(response: &mut Response<'_>) {
    response.status_code(404, "Not Found");
}

struct Server;

impl HttpServiceFactory for Server {
    type Service = Routes;

    fn new_service(&self, _: usize) -> Routes {
        Routes
    }
}

fn main() {
    let options = Options::from_arguments();
    may::config()
        .set_workers(options.workers)
        .set_stack_size(0x2000);
    let server = Server.start(options.address).expect("a free port");
    options.announce();
    server.join().expect("a server that goes on");
}
