use crate::client::Client;
use crate::process::{Server, make_room};
use crate::{Outcome, say};

/// How many connections the server allows.
const ALLOWED: usize = 1_000;

pub(crate) fn run(wanted: usize) -> Outcome {
    let room = make_room(wanted);
    let server = Server::start(ALLOWED)?;
    let mut clients = Vec::with_capacity(room);
    let (mut served, mut refused) = (0, 0);
    for _ in 0..wanted {
        let mut client = Client::connect(server.address)?;
        // One that is turned away may find its connection reset while it sends.
        let answer = match served < ALLOWED {
            true => client.get("/")?,
            false => client.answer()?,
        };
        match answer.status {
            200 => served += 1,
            503 => refused += 1,
            status => return Err(format!("an answer of {status}").into()),
        }
        // Where descriptors do not suffice for all, the last of those that were told go.
        if clients.len() < room {
            clients.push(client);
        }
    }
    say(format_args!(
        "{served} served, {refused} told that there are too many"
    ));
    // Those within the cap have not noticed.
    for client in clients.iter_mut().take(served) {
        if client.get("/still")?.body != b"/still" {
            return Err("a connection within the cap was not served".into());
        }
    }
    if served != ALLOWED.min(wanted) {
        return Err("not as many served as are allowed".into());
    }
    drop(clients);
    server.ask_to_stop()?;
    server.wait()
}
