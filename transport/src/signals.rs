//! SIGINT and SIGTERM, waited for on a thread of their own.

use std::io;
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Runs `drain` on a thread of its own at the first SIGINT or SIGTERM; the second ends the process
/// with status 128 plus its number.
pub(crate) fn on_termination(drain: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            let mut arrived = signals.forever();
            if arrived.next().is_none() {
                return;
            }
            let draining = thread::Builder::new().name("drain".to_owned()).spawn(drain);
            if draining.is_err() {
                std::process::exit(1);
            }
            if let Some(signal) = arrived.next() {
                std::process::exit(128 + signal);
            }
        })?;
    Ok(())
}
