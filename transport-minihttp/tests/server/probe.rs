//! A service that does what the target says and remembers who came.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use brrtrouter_minihttp::{Limits, MiniHttpServer};
use brrtrouter_transport::{
    BodyError, FileRange, Needs, Payload, Request, Response, ServerHandle, Service, Status,
    Transport,
};

use crate::client::Client;

#[derive(Default)]
pub(crate) struct Probe {
    pub(crate) calls: Mutex<Vec<String>>,
    /// A call to `/wait` says here that it is there…
    pub(crate) arrived: Mutex<Option<mpsc::Sender<()>>>,
    /// … and then waits for this.
    pub(crate) gate: Mutex<Option<may::sync::mpsc::Receiver<()>>>,
    pub(crate) streaming: Vec<String>,
}

impl Service for Probe {
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        let call = format!("{} {}", request.method, request.target);
        self.calls.lock().unwrap().push(call);
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((request.target, ""));
        match path {
            "/echo" => echo(request, response),
            "/echo-more" => {
                request.body.set_limit(64 * 1024 * 1024);
                echo(request, response);
            }
            "/ignore" => {}
            "/length" => {
                let mut total = 0;
                while request.body.fill().unwrap() {
                    let count = request.body.buffered().len();
                    request.body.consume(count);
                    total += count;
                }
                response.buffer().extend(total.to_string().bytes());
            }
            "/status" => {
                response.set_status(Status::from_code(query.parse().unwrap()).unwrap());
                response.buffer().extend_from_slice(b"content");
            }
            "/field" => {
                let value = query.replace("%0d", "\r").replace("%0a", "\n");
                if response.headers_mut().set("location", &value).is_err() {
                    response.set_status(Status::BAD_REQUEST);
                }
            }
            "/fields" => {
                for number in 0..query.parse().unwrap() {
                    let name = format!("x-{number}");
                    let headers = response.headers_mut();
                    headers.append(&name, &number.to_string()).unwrap();
                }
            }
            "/big" => {
                let length = query.parse().unwrap();
                response.buffer().extend((0..length).map(|at| at as u8));
            }
            "/static" => {
                response.set_payload(Payload::Static(b"\xff\xfe static"));
            }
            "/stream" => {
                response.set_payload(Payload::Stream(Box::new(|out: &mut dyn std::io::Write| {
                    out.write_all(b"x")
                })));
            }
            // A file of so many bytes, of which ten more are asked for if it is odd.
            "/file" => {
                let length: u64 = query.parse().unwrap();
                let file = tempfile::tempfile().unwrap();
                let bytes: Vec<u8> = (0..length).map(|at| at as u8).collect();
                std::io::Write::write_all(&mut &file, &bytes).unwrap();
                let range = FileRange::new(file, 0, length + length % 2 * 10);
                response.set_payload(Payload::File(range));
            }
            "/panic" => {
                response.headers_mut().set("x-secret", "1").unwrap();
                response.buffer().extend_from_slice(b"secret");
                panic!("on request");
            }
            "/cancel" => may::coroutine::trigger_cancel_panic(),
            "/close" => {
                response.close_connection();
            }
            "/deep" => {
                let top = std::ptr::from_ref(&response).addr();
                let used = deep(top, query.parse().unwrap());
                response.buffer().extend(used.to_string().bytes());
            }
            "/wait" => {
                let gate = self.gate.lock().unwrap().take().unwrap();
                let arrived = self.arrived.lock().unwrap().take().unwrap();
                arrived.send(()).unwrap();
                let _ = gate.recv();
                response.buffer().extend_from_slice(b"waited");
            }
            "/peer" => {
                let peer = request.peer.unwrap().to_string();
                response.buffer().extend(peer.bytes());
            }
            "/head" => {
                for field in request.fields {
                    let line = format!("{}={};", field.name, field.value.escape_ascii());
                    response.buffer().extend(line.bytes());
                }
                let body = request.body.remaining();
                let tail = format!("{:?} {body:?}", request.version);
                response.buffer().extend(tail.bytes());
            }
            _ => response.buffer().extend_from_slice(b"hello"),
        }
    }

    fn needs(&self) -> Needs {
        Needs::streaming(self.streaming.clone())
    }
}

fn echo(request: &mut Request<'_>, response: &mut Response) {
    if let Err(error) = request.body.read_to_vec(response.buffer()) {
        response.reset();
        response.set_status(match error {
            BodyError::TooLarge { .. } => Status::CONTENT_TOO_LARGE,
            BodyError::Timeout => Status::REQUEST_TIMEOUT,
            _ => Status::BAD_REQUEST,
        });
    }
}

/// Goes down the stack until it has used `bytes` of it since `top`; how many it has.
fn deep(top: usize, bytes: usize) -> usize {
    let room = std::hint::black_box([1u8; 1024]);
    let used = top.abs_diff(std::ptr::from_ref(&room).addr());
    let below = if used < bytes { deep(top, bytes) } else { used };
    std::hint::black_box(&room);
    below
}

pub(crate) struct Server {
    pub(crate) handle: ServerHandle,
    pub(crate) probe: Arc<Probe>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with_limits(|_| {})
    }

    pub(crate) fn with_limits(set: impl FnOnce(&mut Limits)) -> Self {
        Self::of(Probe::default(), set)
    }

    pub(crate) fn of(probe: Probe, set: impl FnOnce(&mut Limits)) -> Self {
        Self::at("127.0.0.1:0", probe, set)
    }

    /// A test that looks at a port after its server is gone takes a loopback address of its own,
    /// since another test's server may get the port.
    pub(crate) fn at(address: &str, probe: Probe, set: impl FnOnce(&mut Limits)) -> Self {
        let mut limits = Limits::default();
        set(&mut limits);
        let probe = Arc::new(probe);
        let handle = MiniHttpServer::bind(address)
            .unwrap()
            .limits(limits)
            .serve(Arc::clone(&probe))
            .unwrap();
        Self { handle, probe }
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(self.handle.local_addr())
    }

    /// The requests that reached the service, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.probe.calls.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.handle.shutdown(Duration::ZERO);
    }
}
