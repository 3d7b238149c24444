//! The server that the clients are let loose on.

use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use brrtrouter::extract::LastEventId;
use brrtrouter::reply::IntoResponse as _;
use brrtrouter::stream::EventHub;
use brrtrouter_raw::{Counters, Limits, RawServer};
use brrtrouter_transport::{
    BodyError, FileRange, Payload, Request, Response, Service, Status, Transport as _,
};

use crate::Outcome;

#[derive(clap::Args)]
pub(crate) struct Options {
    #[arg(long)]
    max_connections: usize,
}

struct Everything {
    hub: EventHub,
    ticks: Arc<Mutex<Ticks>>,
    counters: Counters,
    file: Arc<std::fs::File>,
}

/// What is published every second, until `/hush` is asked for.
#[derive(Default)]
struct Ticks {
    is_over: bool,
    last: u64,
}

/// The shortest of the deadlines here, within which a client has to do its part.
pub(crate) const SHORTEST_DEADLINE: Duration = Duration::from_secs(3);

/// How long the content of `/large` is.
pub(crate) const LARGE: usize = 3_000_000;

/// What every byte of it is.
pub(crate) const FILLING: u8 = b'x';

static CONTENT: [u8; LARGE] = [FILLING; LARGE];

impl Service for Everything {
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        match request.target {
            "/echo" => {
                if let Err(error) = request.body.read_to_vec(response.buffer()) {
                    response.reset();
                    response.set_status(match error {
                        BodyError::TooLarge { .. } => Status::CONTENT_TOO_LARGE,
                        BodyError::Timeout => Status::REQUEST_TIMEOUT,
                        _ => Status::BAD_REQUEST,
                    });
                }
            }
            "/large" => {
                response.set_payload(Payload::Static(&CONTENT));
            }
            "/file" => {
                match FileRange::whole(Arc::clone(&self.file)) {
                    Ok(range) => response.set_payload(Payload::File(range)),
                    Err(_) => response.set_status(Status::INTERNAL_SERVER_ERROR),
                };
            }
            "/stream" => {
                response.set_payload(Payload::Stream(Box::new(|out: &mut dyn std::io::Write| {
                    (0..50).try_for_each(|_| out.write_all(&CONTENT[..1_000]))
                })));
            }
            "/events" => {
                let stream = self.hub.subscribe(&LastEventId::default());
                if stream.into_response(response).is_err() {
                    response.set_status(Status::INTERNAL_SERVER_ERROR);
                }
            }
            "/hush" => {
                let mut ticks = self.ticks.lock().unwrap_or_else(PoisonError::into_inner);
                ticks.is_over = true;
                let last = ticks.last.to_string();
                response.buffer().extend_from_slice(last.as_bytes());
            }
            "/counters" => {
                let counts = format!("{:?}", self.counters.snapshot());
                response.buffer().extend_from_slice(counts.as_bytes());
            }
            "/open" => {
                let open = self.counters.snapshot().open.to_string();
                response.buffer().extend_from_slice(open.as_bytes());
            }
            target => response.buffer().extend_from_slice(target.as_bytes()),
        }
    }
}

/// Serves until it is told to stop; the first line of the output is the address.
pub(crate) fn run(options: &Options) -> Outcome {
    let hub = EventHub::new(Default::default());
    let limits = Limits::default()
        .max_connections(options.max_connections)
        .head_timeout(SHORTEST_DEADLINE)
        .body_timeout(SHORTEST_DEADLINE)
        .write_timeout(Duration::from_secs(10))
        // A client that waits for thousands of others on a busy machine is none that is idle.
        .keep_alive(Duration::from_secs(600));
    let server = RawServer::bind("127.0.0.1:0")?.limits(limits);
    let ticks = Arc::new(Mutex::new(Ticks::default()));
    let service = Everything {
        hub: hub.clone(),
        ticks: Arc::clone(&ticks),
        counters: server.counters(),
        file: Arc::new(std::fs::File::open(std::env::current_exe()?)?),
    };
    let server = server.serve(service)?;
    let _ = writeln!(std::io::stdout(), "{}", server.local_addr());
    thread::Builder::new().spawn(move || {
        loop {
            thread::sleep(Duration::from_secs(1));
            let mut ticks = ticks.lock().unwrap_or_else(PoisonError::into_inner);
            if ticks.is_over {
                return;
            }
            // The name is one line.
            if let Ok(id) = hub.publish("tick", "{\"the\":\"same for everybody\"}") {
                ticks.last = id;
            }
        }
    })?;
    server.join()?;
    Ok(())
}
