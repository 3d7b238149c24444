use std::time::{Duration, Instant};

use crate::client::Client;
use crate::process::{Server, make_room};
use crate::{Outcome, say};

/// The most that one idle connection may cost, in KiB.
const EACH: f64 = 9.0;

/// The most that may be left of all of them when they are gone, in KiB.
const LEFT: usize = 20 * 1024;

pub(crate) fn run(wanted: usize) -> Outcome {
    let connections = make_room(wanted);
    let server = Server::start(connections + 10)?;
    let mut first = Client::connect(server.address)?;
    first.get("/warm")?;
    let before = server.memory()?;
    let mut clients = Vec::with_capacity(connections);
    for number in 0..connections {
        let mut client = Client::connect(server.address)?;
        if client.get(&format!("/{number}"))?.status != 200 {
            return Err(format!("connection {number} was not served").into());
        }
        clients.push(client);
    }
    let with = server.memory()?;
    let each = (with.saturating_sub(before)) as f64 / connections as f64;
    say(format_args!(
        "{connections} idle connections: {each:.2} KiB each"
    ));
    drop(clients);
    let limit = Instant::now() + Duration::from_secs(30);
    while first.get("/open")?.body != b"1" {
        if Instant::now() > limit {
            return Err("the server does not notice that they are gone".into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let left = server.memory()?;
    say(format_args!(
        "before {before} KiB, with them {with} KiB, after them {left} KiB"
    ));
    drop(first);
    server.ask_to_stop()?;
    server.wait()?;
    if each > EACH || left > LEFT.max(before + LEFT / 2) {
        return Err(format!("more than {EACH} KiB each or {LEFT} KiB left").into());
    }
    Ok(())
}
