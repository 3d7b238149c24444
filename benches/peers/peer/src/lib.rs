//! What every peer shares: its arguments, and the bodies that it answers with.

#![forbid(unsafe_code)]

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

mod order;

use serde::{Deserialize, Serialize};
use socket2::{Domain, Protocol, Socket, Type};

/// The answer of `/plaintext`.
pub const PLAINTEXT: &str = "Hello, World!";

/// The answer of `/json`.
#[derive(Serialize)]
pub struct Message {
    message: &'static str,
}

/// A fresh answer of `/json`, to be serialised for each request.
pub fn message() -> Message {
    Message { message: PLAINTEXT }
}

/// The path and the answer of `/users/{id}/posts/{post_id}`.
#[derive(Serialize, Deserialize)]
pub struct Params {
    /// The first parameter.
    pub id: u64,
    /// The second parameter.
    pub post_id: u64,
}

pub use order::{Address, Line, Order, Receipt};

/// What the command line asks for.
pub struct Options {
    /// Where to listen, on 127.0.0.1.
    pub address: SocketAddr,
    /// How many threads serve.
    pub workers: usize,
}

impl Options {
    /// Reads `--port N` and `--workers N`.
    ///
    /// # Panics
    ///
    /// On anything else.
    pub fn from_arguments() -> Self {
        let mut options = Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            workers: 1,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().expect("a value after each flag");
            match name.as_str() {
                "--port" => options.address.set_port(value.parse().expect("a port")),
                "--workers" => options.workers = value.parse().expect("a number of workers"),
                _ => panic!("unknown flag {name}; there are --port and --workers"),
            }
        }
        options
    }

    /// Opens a listener of its own for one worker, all of them on the same port.
    ///
    /// # Panics
    ///
    /// If the port cannot be had.
    pub fn listen(&self) -> TcpListener {
        let socket =
            Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP)).expect("a socket");
        socket.set_reuse_address(true).expect("SO_REUSEADDR");
        socket.set_reuse_port(true).expect("SO_REUSEPORT");
        socket.set_nonblocking(true).expect("O_NONBLOCK");
        socket.bind(&self.address.into()).expect("a free port");
        socket.listen(1024).expect("a listening socket");
        socket.into()
    }

    /// Runs `serve` on as many threads as there are workers, the last of them the caller's.
    pub fn run(self, serve: impl Fn(TcpListener) + Clone + Send + 'static) {
        let mut listeners: Vec<_> = (0..self.workers).map(|_| self.listen()).collect();
        self.announce();
        let own = listeners.pop();
        for listener in listeners {
            let serve = serve.clone();
            std::thread::spawn(move || serve(listener));
        }
        if let Some(listener) = own {
            serve(listener);
        }
    }

    /// Says that connections are accepted from now on.
    pub fn announce(&self) {
        let mut out = std::io::stdout();
        let _ = writeln!(out, "listening on {}", self.address);
        let _ = out.flush();
    }
}
