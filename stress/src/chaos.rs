use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{Client, get};
use crate::process::Server;
use crate::random::Random;
use crate::serve::{FILLING, LARGE, SHORTEST_DEADLINE};
use crate::{Outcome, say};

/// How many clients there are at a time.
const CLIENTS: u64 = 24;

/// How much the memory may grow from the second third of the time to the last, in KiB.
const GROWTH: usize = 6 * 1024;

/// What all clients share.
struct Arena {
    address: SocketAddr,
    over: AtomicBool,
    answers: AtomicU64,
    /// Connections that went wrong since this machine let their client wait for too long.
    held_up: AtomicU64,
}

/// A client that was kept from its work for so long may have missed a deadline of the server's.
const HELD_UP: Duration = SHORTEST_DEADLINE.saturating_sub(Duration::from_millis(500));

pub(crate) fn run(seconds: u64) -> Outcome {
    let mut server = Server::start(10_000)?;
    let arena = Arena {
        address: server.address,
        over: AtomicBool::new(false),
        answers: AtomicU64::new(0),
        held_up: AtomicU64::new(0),
    };
    let (start, length) = (Instant::now(), Duration::from_secs(seconds));
    let mut peaks = [0; 3];
    let outcome = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|seed| {
                let arena = &arena;
                scope.spawn(move || {
                    let outcome = play(arena, Random::new(seed + 1));
                    if outcome.is_err() {
                        arena.over.store(true, Ordering::Relaxed);
                    }
                    outcome
                })
            })
            .collect();
        let watched = (|| {
            while start.elapsed() < length && !arena.over.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(100));
                server.check()?;
                let third = (start.elapsed().as_millis() * 3 / length.as_millis()).min(2) as usize;
                peaks[third] = server.memory()?.max(peaks[third]);
            }
            Outcome::Ok(())
        })();
        arena.over.store(true, Ordering::Relaxed);
        clients
            .into_iter()
            .map(|client| {
                client
                    .join()
                    .unwrap_or_else(|_| Err("a client panicked".into()))
            })
            .fold(watched, |sum, outcome| sum.and(outcome))
    });
    if let Err(error) = outcome {
        // If it is gone, that is the news.
        thread::sleep(Duration::from_secs(1));
        server.check()?;
        return Err(error);
    }
    let answers = arena.answers.load(Ordering::Relaxed);
    say(format_args!(
        "{answers} answers in {seconds} s, none lost, doubled or wrong; memory at most {peaks:?} KiB"
    ));
    let held_up = arena.held_up.load(Ordering::Relaxed);
    let mut last = Client::connect(server.address)?;
    let counts = String::from_utf8(last.get("/counters")?.body)?;
    say(format_args!(
        "{held_up} connections were held up by this machine and not judged; the server counted {counts}"
    ));
    let limit = Instant::now() + Duration::from_secs(30);
    while last.get("/open")?.body != b"1" {
        if Instant::now() > limit {
            return Err("connections are left over".into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    drop(last);
    server.ask_to_stop()?;
    server.wait()?;
    match peaks[2] > peaks[1] + GROWTH {
        true => Err("the memory grows".into()),
        false => Ok(()),
    }
}

/// One client after the other, until it is over.
fn play(arena: &Arena, mut random: Random) -> Outcome {
    while !arena.over.load(Ordering::Relaxed) {
        let part = random.below(PARTS.len());
        let (name, play) = PARTS[part];
        let mut client = Client::connect(arena.address)?;
        match play(&mut client, &mut random) {
            Ok(answers) => arena.answers.fetch_add(answers, Ordering::Relaxed),
            // The server keeps its deadlines, and is right to.
            Err(_) if client.longest_pause() > HELD_UP => {
                arena.held_up.fetch_add(1, Ordering::Relaxed)
            }
            Err(error) => {
                let pause = client.longest_pause();
                return Err(format!("{name}: {error}; its longest pause was {pause:?}").into());
            }
        };
    }
    Ok(())
}

/// What a client does with its connection; how many answers it has checked.
type Play = fn(&mut Client, &mut Random) -> Outcome<u64>;

const PARTS: [(&str, Play); 12] = [
    ("keep-alive", keep_alive),
    ("pipeline", pipeline),
    ("bodies", bodies),
    ("chunks", chunks),
    ("large", large),
    ("streams", streams),
    ("half-close", half_close),
    ("drip", drip),
    ("nonsense", nonsense),
    ("reset", reset),
    ("slow head", slow_head),
    ("events", events),
];

fn expect(got: &[u8], wanted: &[u8]) -> Outcome {
    match got == wanted {
        true => Ok(()),
        false => Err(format!("{} bytes instead of {}", got.len(), wanted.len()).into()),
    }
}

fn name(random: &mut Random) -> String {
    format!("/{}-{}", random.below(1 << 30), random.below(1 << 30))
}

fn keep_alive(client: &mut Client, random: &mut Random) -> Outcome<u64> {
    let rounds = random.below(200) as u64;
    for _ in 0..rounds {
        let target = name(random);
        expect(&client.get(&target)?.body, target.as_bytes())?;
    }
    Ok(rounds)
}

fn pipeline(client: &mut Client, random: &mut Random) -> Outcome<u64> {
    let targets: Vec<String> = (0..1 + random.below(64)).map(|_| name(random)).collect();
    let batch: String = targets.iter().map(|target| get(target)).collect();
    // In pieces that end anywhere.
    let mut rest = batch.as_bytes();
    while !rest.is_empty() {
        let (piece, tail) = rest.split_at((1 + random.below(2_000)).min(rest.len()));
        client.send(piece)?;
        rest = tail;
    }
    for target in &targets {
        expect(&client.answer()?.body, target.as_bytes())?;
    }
    client.finish_sending()?;
    client.expect_end()?;
    Ok(targets.len() as u64)
}

fn content(random: &mut Random) -> Vec<u8> {
    let length = random.below(100_000);
    (0..length).map(|_| random.below(256) as u8).collect()
}

fn bodies(client: &mut Client, random: &mut Random) -> Outcome<u64> {
    for _ in 0..5 {
        let body = content(random);
        let length = body.len();
        client.send(format!(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
        ))?;
        let (first, second) = body.split_at(random.below(length + 1));
        client.send(first)?;
        client.send(second)?;
        expect(&client.answer()?.body, &body)?;
    }
    Ok(5)
}

fn chunks(client: &mut Client, random: &mut Random) -> Outcome<u64> {
    let body = content(random);
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    let mut rest = &body[..];
    while !rest.is_empty() {
        let (chunk, tail) = rest.split_at((1 + random.below(9_000)).min(rest.len()));
        client.send(format!("{:x};a=b\r\n", chunk.len()))?;
        client.send(chunk)?;
        client.send("\r\n")?;
        rest = tail;
    }
    client.send("0\r\nX: y\r\n\r\n")?;
    expect(&client.answer()?.body, &body)?;
    Ok(1)
}

fn large(client: &mut Client, random: &mut Random) -> Outcome<u64> {
    if random.below(2) == 0 {
        // A reader that has to be waited for.
        client.send(get("/large"))?;
        thread::sleep(Duration::from_millis(random.below(100) as u64));
        expect(&client.answer()?.body, &vec![FILLING; LARGE])?;
        return Ok(1);
    }
    let answer = client.get("/file")?;
    expect(&answer.body, &std::fs::read(std::env::current_exe()?)?)?;
    Ok(1)
}

fn streams(client: &mut Client, _: &mut Random) -> Outcome<u64> {
    for _ in 0..3 {
        expect(&client.get("/stream")?.body, &[FILLING; 50_000])?;
    }
    Ok(3)
}

fn half_close(client: &mut Client, random: &mut Random) -> Outcome<u64> {
    let target = name(random);
    client.send(get(&target))?;
    client.finish_sending()?;
    expect(&client.answer()?.body, target.as_bytes())?;
    client.expect_end()?;
    Ok(1)
}

fn drip(client: &mut Client, random: &mut Random) -> Outcome<u64> {
    let target = name(random);
    for byte in get(&target).bytes() {
        client.send([byte])?;
    }
    expect(&client.answer()?.body, target.as_bytes())?;
    Ok(1)
}

fn nonsense(client: &mut Client, random: &mut Random) -> Outcome<u64> {
    let mut head = get(&name(random)).into_bytes();
    let at = random.below(head.len());
    head[at] = b'\0';
    client.send(head)?;
    match client.answer()?.status {
        400 => client.expect_end().map(|()| 1),
        status => Err(format!("{status} for a head that holds NUL").into()),
    }
}

fn reset(client: &mut Client, random: &mut Random) -> Outcome<u64> {
    let whole = match random.below(4) {
        0 => get("/large"),
        1 => get("/events"),
        2 => "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n12345".to_owned(),
        _ => get("/stream"),
    };
    let length = random.below(whole.len() + 1);
    client.send(&whole[..length])?;
    if random.below(2) == 0 {
        thread::sleep(Duration::from_millis(random.below(20) as u64));
    }
    client.reset()?;
    Ok(0)
}

fn slow_head(client: &mut Client, random: &mut Random) -> Outcome<u64> {
    // Seldom, since it takes as long as it takes.
    if random.below(20) > 0 {
        return Ok(0);
    }
    client.send("GET / HTTP/1.1\r\n")?;
    match client.answer()?.status {
        408 => client.expect_end().map(|()| 1),
        status => Err(format!("{status} for a head that never comes").into()),
    }
}

fn events(client: &mut Client, random: &mut Random) -> Outcome<u64> {
    client.send(get("/events"))?;
    client.head()?;
    let count = random.below(3);
    for _ in 0..count {
        client.chunk()?;
    }
    Ok(count as u64)
}
