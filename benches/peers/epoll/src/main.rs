//! The least that can answer the measured routes: a loop over epoll, one `recv` and one `send` for
//! each batch, heads that are written down, and no check of anything.
//!
//! It tells what the kernel costs. It is no server: it believes every request, and closes on what
//! it does not know.

#![forbid(unsafe_code)]

mod answer;

use std::collections::HashMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;

use peer::Options;
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};

/// The key of the listener among the descriptors.
const LISTENER: u64 = u64::MAX;

/// The most bytes of requests that are looked at at once.
const INPUT: usize = 64 * 1024;

struct Connection {
    stream: TcpStream,
    /// What came after the last whole request.
    rest: Vec<u8>,
    /// What the peer has not taken yet.
    unsent: Vec<u8>,
}

struct Loop {
    poll: rustix::fd::OwnedFd,
    connections: HashMap<u64, Connection>,
    input: Vec<u8>,
    output: Vec<u8>,
}

impl Loop {
    fn accept(&mut self, listener: &TcpListener) {
        while let Ok((stream, _)) = listener.accept() {
            let key = stream.as_raw_fd() as u64;
            stream.set_nonblocking(true).expect("O_NONBLOCK");
            epoll::add(&self.poll, &stream, EventData::new_u64(key), EventFlags::IN)
                .expect("room in epoll");
            let connection = Connection {
                stream,
                rest: Vec::new(),
                unsent: Vec::new(),
            };
            self.connections.insert(key, connection);
        }
    }

    fn serve(&mut self, key: u64) {
        let Some(connection) = self.connections.get_mut(&key) else {
            return;
        };
        if !turn(&self.poll, connection, &mut self.input, &mut self.output) {
            self.connections.remove(&key);
        }
    }
}

/// Sends what is unsent, or else answers what has come; false if the connection is over.
fn turn(
    poll: &rustix::fd::OwnedFd,
    connection: &mut Connection,
    input: &mut [u8],
    output: &mut Vec<u8>,
) -> bool {
    output.clear();
    let mut go_on = true;
    let waited = !connection.unsent.is_empty();
    if waited {
        std::mem::swap(output, &mut connection.unsent);
    } else {
        let kept = connection.rest.len();
        if kept == input.len() {
            return false;
        }
        input[..kept].copy_from_slice(&connection.rest);
        let read = match connection.stream.read(&mut input[kept..]) {
            Ok(0) => return false,
            Ok(read) => read,
            Err(error) => return error.kind() == ErrorKind::WouldBlock,
        };
        let received = &input[..kept + read];
        let (used, keep_alive) = answer::write_all(received, output);
        connection.rest.clear();
        connection.rest.extend_from_slice(&received[used..]);
        go_on = keep_alive;
    }
    let sent = match connection.stream.write(output) {
        Ok(sent) => sent,
        Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
        Err(_) => return false,
    };
    connection.unsent.clear();
    connection.unsent.extend_from_slice(&output[sent..]);
    let waits = !connection.unsent.is_empty();
    if waits != waited {
        let interest = if waits {
            EventFlags::OUT
        } else {
            EventFlags::IN
        };
        let key = EventData::new_u64(connection.stream.as_raw_fd() as u64);
        epoll::modify(poll, &connection.stream, key, interest).expect("a known descriptor");
    }
    go_on
}

fn serve(listener: TcpListener) {
    let poll = epoll::create(CreateFlags::CLOEXEC).expect("an epoll descriptor");
    epoll::add(
        &poll,
        &listener,
        EventData::new_u64(LISTENER),
        EventFlags::IN,
    )
    .expect("room in epoll");
    let mut state = Loop {
        poll,
        connections: HashMap::new(),
        input: vec![0; INPUT],
        output: Vec::with_capacity(INPUT),
    };
    let mut events = Vec::with_capacity(1024);
    loop {
        events.clear();
        match epoll::wait(&state.poll, spare_capacity(&mut events), None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => panic!("epoll: {error}"),
        }
        for event in &events {
            match event.data.u64() {
                LISTENER => state.accept(&listener),
                key => state.serve(key),
            }
        }
    }
}

fn main() {
    Options::from_arguments().run(serve);
}
