use std::io::{self, Read as _};
use std::time::{Duration, Instant};

use rustix::event::epoll;

use crate::client::{Client, get};
use crate::process::{Server, make_room};
use crate::{Outcome, say};

/// One client of the stream.
struct Listener {
    client: Client,
    rest: Vec<u8>,
    /// The last event that came, and how many.
    last: Option<u64>,
    count: u64,
    ended: bool,
    closed: bool,
}

pub(crate) fn run(wanted: usize, seconds: u64) -> Outcome {
    let clients = make_room(wanted);
    let server = Server::start(clients + 10)?;
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let mut listeners = Vec::with_capacity(clients);
    for number in 0..clients {
        let mut client = Client::connect(server.address)?;
        client.send(get("/events"))?;
        if client.head()?.0 != 200 {
            return Err("an event stream was refused".into());
        }
        client.stream.set_nonblocking(true)?;
        let data = epoll::EventData::new_u64(number as u64);
        epoll::add(&poll, &client.stream, data, epoll::EventFlags::IN)?;
        listeners.push(Listener {
            client,
            rest: Vec::new(),
            last: None,
            count: 0,
            ended: false,
            closed: false,
        });
    }
    let (start, before) = (Instant::now(), server.processor_time()?);
    let events = |listeners: &[Listener]| listeners.iter().map(|one| one.count).sum::<u64>();
    let heard = events(&listeners);
    let end = start + Duration::from_secs(seconds);
    while Instant::now() < end {
        read_all(&poll, &mut listeners)?;
    }
    let spent = server.processor_time()?.saturating_sub(before);
    let heard = events(&listeners) - heard;
    // An event that is published while streams end would reach those that have not ended yet.
    let last: u64 =
        String::from_utf8(Client::connect(server.address)?.get("/hush")?.body)?.parse()?;
    let limit = Instant::now() + Duration::from_secs(30);
    while listeners.iter().any(|one| one.last != Some(last)) && Instant::now() < limit {
        read_all(&poll, &mut listeners)?;
    }
    server.ask_to_stop()?;
    let limit = Instant::now() + Duration::from_secs(30);
    while listeners.iter().any(|one| !one.closed) && Instant::now() < limit {
        read_all(&poll, &mut listeners)?;
    }
    server.wait()?;
    let least = listeners.iter().map(|one| one.count).min().unwrap_or(0);
    let unended = listeners.iter().filter(|one| !one.ended).count();
    let behind = listeners
        .iter()
        .filter(|one| one.last != Some(last))
        .count();
    say(format_args!(
        "{clients} clients, {heard} events in {seconds} s, at least {least} each and none missed; \
         {:.1} µs of processor time for each",
        spent.as_secs_f64() * 1e6 / heard.max(1) as f64
    ));
    match (unended, behind, least + 2 >= seconds) {
        (0, 0, true) => Ok(()),
        _ => Err(format!("{unended} saw no proper end, {behind} not the last event").into()),
    }
}

/// Reads what has come, for at most a tenth of a second.
fn read_all(poll: impl rustix::fd::AsFd, listeners: &mut [Listener]) -> Outcome {
    let mut events = Vec::with_capacity(1024);
    let time = rustix::event::Timespec {
        tv_sec: 0,
        tv_nsec: 100_000_000,
    };
    match epoll::wait(
        poll.as_fd(),
        rustix::buffer::spare_capacity(&mut events),
        Some(&time),
    ) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(errno) => return Err(errno.into()),
    }
    for event in &events {
        if let Some(listener) = listeners.get_mut(event.data.u64() as usize) {
            listener.read()?;
        }
    }
    Ok(())
}

impl Listener {
    fn read(&mut self) -> Outcome {
        let mut bytes = [0; 4096];
        while !self.closed {
            match self.client.stream.read(&mut bytes) {
                Ok(0) => self.closed = true,
                Ok(count) => self.take(&bytes[..count])?,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Every chunk is one event.
    fn take(&mut self, bytes: &[u8]) -> Outcome {
        self.rest.extend_from_slice(bytes);
        while let Some(at) = self.rest.windows(2).position(|pair| pair == b"\r\n") {
            let size = std::str::from_utf8(&self.rest[..at])?;
            let size = usize::from_str_radix(size, 16)?;
            let Some(chunk) = self.rest.get(at + 2..at + 4 + size) else {
                return Ok(());
            };
            let text = std::str::from_utf8(chunk)?;
            self.ended |= size == 0;
            if let Some(id) = text.lines().find_map(|line| line.strip_prefix("id: ")) {
                let id: u64 = id.parse()?;
                if self.last.is_some_and(|last| last + 1 != id) {
                    return Err(format!("event {id} came after {:?}", self.last).into());
                }
                self.last = Some(id);
                self.count += 1;
            }
            self.rest.drain(..at + 4 + size);
        }
        Ok(())
    }
}
