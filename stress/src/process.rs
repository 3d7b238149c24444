//! The server's process, from outside.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal};

use crate::{Outcome, say};

/// A server that runs.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts this program as a server with so many connections at most.
    pub(crate) fn start(max_connections: usize) -> Outcome<Self> {
        let (server, _) =
            Self::spawn(&["serve", "--max-connections", &max_connections.to_string()])?;
        Ok(server)
    }

    /// Starts this program with these arguments, as a server that writes its address first; what it
    /// writes then.
    pub(crate) fn spawn(arguments: &[&str]) -> Outcome<(Self, BufReader<ChildStdout>)> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        let address = line.trim().parse()?;
        Ok((Self { child, address }, output))
    }

    /// What the process holds in memory, in KiB.
    pub(crate) fn memory(&self) -> Outcome<usize> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.ok_or("no VmRSS")?.parse()?)
    }

    /// How long the process has been on a processor.
    pub(crate) fn processor_time(&self) -> Outcome<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, fields) = stat.rsplit_once(')').ok_or("no stat")?;
        let ticks: u64 = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(str::parse::<u64>)
            .sum::<Result<u64, _>>()?;
        Ok(Duration::from_millis(ticks * 10))
    }

    /// Whether it has ended by itself.
    pub(crate) fn check(&mut self) -> Outcome {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(format!("the server ended: {status}").into()),
        }
    }

    /// Asks it to drain; it has to end with 0.
    pub(crate) fn ask_to_stop(&self) -> Outcome {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        rustix::process::kill_process(pid.ok_or("no process")?, Signal::TERM)?;
        Ok(())
    }

    /// Waits for its end, which has to be a good one.
    pub(crate) fn wait(mut self) -> Outcome {
        let limit = Instant::now() + Duration::from_secs(40);
        while Instant::now() < limit {
            if let Some(status) = self.child.try_wait()? {
                return match status.success() {
                    true => Ok(()),
                    false => Err(format!("the server ended with {status}").into()),
                };
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err("the server does not end".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Raises the limit of descriptors of this process, and of those that it starts, so that `wanted`
/// connections fit; how many do.
pub(crate) fn make_room(wanted: usize) -> usize {
    const OTHERS: u64 = 200;
    let need = wanted as u64 + OTHERS;
    let now = rustix::process::getrlimit(Resource::Nofile);
    let hard = now.maximum.unwrap_or(u64::MAX);
    for (current, maximum) in [(need, hard.max(need)), (need.min(hard), hard)] {
        if now.current.is_some_and(|current| current < need) {
            let limit = Rlimit {
                current: Some(current),
                maximum: Some(maximum),
            };
            let _ = rustix::process::setrlimit(Resource::Nofile, limit);
        }
        if rustix::process::getrlimit(Resource::Nofile)
            .current
            .is_none_or(|current| current >= need)
        {
            return wanted;
        }
    }
    let limit = rustix::process::getrlimit(Resource::Nofile).current;
    let fit = limit.unwrap_or(u64::MAX).saturating_sub(OTHERS);
    let fit = usize::try_from(fit).unwrap_or(wanted).min(wanted);
    say(format_args!(
        "descriptors suffice for {fit} connections, not for {wanted}"
    ));
    fit
}
