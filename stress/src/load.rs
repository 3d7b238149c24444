//! Clients that ask at full speed, and how long each request took.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::client::{Answer, Client};
use crate::random::Random;

/// A server that ends a connection after a thousand requests is left before it does.
const EACH_CONNECTION: usize = 900;

/// What the clients share.
pub(crate) struct Load {
    address: SocketAddr,
    over: AtomicBool,
    answers: AtomicU64,
    /// In microseconds, since they were last taken.
    times: Mutex<Vec<u32>>,
}

impl Load {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            over: AtomicBool::new(false),
            answers: AtomicU64::new(0),
            times: Mutex::default(),
        }
    }

    /// Runs `act` while so many connections ask what `request` says, one request after the other, and
    /// `judge` finds nothing wrong with the answers.
    pub(crate) fn run(
        &self,
        connections: u64,
        request: impl Fn(&mut Random) -> String + Sync,
        judge: impl Fn(&Answer) -> Outcome + Sync,
        act: impl FnOnce() -> Outcome,
    ) -> Outcome {
        let (request, judge) = (&request, &judge);
        thread::scope(|scope| {
            let clients: Vec<_> = (1..=connections)
                .map(|seed| {
                    scope.spawn(move || {
                        let outcome = self.ask(&mut Random::new(seed), request, judge);
                        self.over.store(true, Ordering::Relaxed);
                        outcome
                    })
                })
                .collect();
            let acted = act();
            self.over.store(true, Ordering::Relaxed);
            clients
                .into_iter()
                .map(|client| {
                    let joined = client.join();
                    joined.unwrap_or_else(|_| Err("a client panicked".into()))
                })
                // What a client says comes first: it is why the rest failed.
                .fold(acted, |sum, outcome| outcome.and(sum))
        })
    }

    fn ask(
        &self,
        random: &mut Random,
        request: impl Fn(&mut Random) -> String,
        judge: impl Fn(&Answer) -> Outcome,
    ) -> Outcome {
        while !self.is_over() {
            let mut client = Client::connect(self.address)?;
            for _ in 0..EACH_CONNECTION {
                let request = request(random);
                let start = Instant::now();
                client.send(request)?;
                let answer = client.answer()?;
                let took = u32::try_from(start.elapsed().as_micros())?;
                judge(&answer)?;
                self.answers.fetch_add(1, Ordering::Relaxed);
                let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
                times.push(took);
                drop(times);
                if self.is_over() {
                    break;
                }
            }
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// How many answers there were.
    pub(crate) fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }

    /// The times of the requests that end while `act` runs, and until the window is over.
    pub(crate) fn look(
        &self,
        window: Duration,
        act: impl FnOnce() -> Outcome,
    ) -> Outcome<Vec<u32>> {
        let start = Instant::now();
        self.take();
        act()?;
        thread::sleep(window.saturating_sub(start.elapsed()));
        match self.is_over() {
            false => Ok(self.take()),
            true => Err("a client has given up".into()),
        }
    }

    fn take(&self) -> Vec<u32> {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut times)
    }
}

/// How long requests took, in several windows.
pub(crate) struct Times {
    /// Of all of them together, in microseconds.
    pub(crate) p99: f64,
    least: u32,
    most: u32,
    count: usize,
}

impl Times {
    pub(crate) fn of(mut windows: Vec<Vec<u32>>) -> Self {
        let p99 = |times: &mut Vec<u32>| {
            times.sort_unstable();
            times
                .get(times.len() * 99 / 100)
                .copied()
                .unwrap_or_default()
        };
        let each: Vec<u32> = windows.iter_mut().map(p99).collect();
        let mut all = windows.concat();
        Self {
            p99: f64::from(p99(&mut all)),
            least: each.iter().min().copied().unwrap_or_default(),
            most: each.iter().max().copied().unwrap_or_default(),
            count: all.len(),
        }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            p99,
            least,
            most,
            count,
        } = self;
        write!(
            f,
            "{p99} us of {count} requests, {least} to {most} in a second"
        )
    }
}
