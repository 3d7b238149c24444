//! All that is unsafe here: what `may_minihttp` and the kernel ask us to promise.
//!
//! | what | the promise | who keeps it |
//! |---|---|---|
//! | [`duplicate`], [`hang_up`] | the number is an open descriptor | `may_minihttp` passes `HttpServiceFactory::new_service` the descriptor of a stream that it owns for the length of that call |
//! | [`FieldLines`] | text that is lent as `&'static str` outlives its last reader | see the type |
//! | [`flow`], [`descriptor_limit`] | the kernel gets room for what it writes | the length comes from the type |
//! | [`start_at`] | a coroutine keeps no reference into thread-local storage across a yield and does not outgrow its stack | what is started yields nowhere and does one call |
//! | [`cancel`] | what the coroutine holds may be dropped at its next yield | it is the accept loop, which holds a listener and the factory |
#![allow(unsafe_code)]

use std::io;
use std::mem::size_of;
use std::net::Shutdown;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

use may::coroutine::{Builder, JoinHandle};
use socket2::{SockRef, Socket};

/// A descriptor of our own for the socket of a connection that was just accepted.
///
/// Only to be called in `HttpServiceFactory::new_service`, with the number it was given.
pub(crate) fn duplicate(id: usize) -> io::Result<Socket> {
    let fd = raw(id)?;
    // SAFETY: `may_minihttp` holds the stream of this descriptor while `new_service` runs.
    let stream = unsafe { BorrowedFd::borrow_raw(fd) };
    Ok(Socket::from(stream.try_clone_to_owned()?))
}

/// Shuts down the connection that was just accepted, where [`duplicate`] failed.
pub(crate) fn hang_up(id: usize) {
    let Ok(fd) = raw(id) else { return };
    // SAFETY: as in `duplicate`.
    let stream = unsafe { BorrowedFd::borrow_raw(fd) };
    let _ = SockRef::from(&stream).shutdown(Shutdown::Both);
}

fn raw(id: usize) -> io::Result<RawFd> {
    RawFd::try_from(id).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))
}

/// The field lines of one answer, kept until `may_minihttp` has encoded it.
///
/// `may_minihttp` takes field lines as `&'static str` only. Version 0.1.11, to which this crate is
/// pinned, reads them in one place, `response::encode`, which runs after `HttpService::call` has
/// returned and before the service is called again or dropped; then the `Response` is dropped, and
/// nothing of it survives.
///
/// *Invariant:* once lent, `wire` is not changed before the next call begins. [`lend`](Self::lend)
/// refuses a second time until [`begin`](Self::begin), which `Connection::call` runs first of all;
/// and the value lives in the service, which outlives the encoding.
#[derive(Default)]
pub(crate) struct FieldLines {
    wire: String,
    lent: bool,
}

impl FieldLines {
    /// A call begins: the `Response` of the one before is gone, and with it what was lent.
    pub(crate) fn begin(&mut self) {
        self.lent = false;
    }

    /// Puts the lines of `fields` and `extra` into the answer: `name: value\r\n` each.
    ///
    /// All lines go as one string, so the crate's room for 16 is never used up. Only the first use
    /// in a call has an effect. Returns how many bytes the lines add to the message.
    pub(crate) fn lend(
        &mut self,
        response: &mut may_minihttp::Response<'_>,
        fields: &str,
        extra: &str,
    ) -> usize {
        if self.lent || (fields.is_empty() && extra.is_empty()) {
            return 0;
        }
        self.wire.clear();
        self.wire.push_str(fields);
        self.wire.push_str(extra);
        // The crate writes a line end before each string and the one that ends the head itself.
        let lines = self.wire.strip_suffix("\r\n").unwrap_or(&self.wire);
        // SAFETY: the invariant of the type: `wire` stays as it is until `response` is gone.
        let lines: &'static str = unsafe { &*std::ptr::from_ref(lines) };
        self.lent = true;
        response.header(lines);
        lines.len() + 2
    }
}

/// How many bytes of a connection's two streams have come through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flow {
    /// Bytes that the peer has acknowledged.
    pub(crate) acknowledged: u64,
    /// Bytes from the peer that were taken out of the socket.
    pub(crate) taken: u64,
}

/// Where `struct tcp_info` holds `tcpi_bytes_acked` and `tcpi_bytes_received`: an interface of the
/// kernel, since Linux 4.1, that only ever grows at its end. In words of eight bytes.
const ACKNOWLEDGED: usize = 15;
const RECEIVED: usize = 16;

/// What the kernel knows of a connection; `None` where it does not say.
#[cfg(target_os = "linux")]
pub(crate) fn flow(socket: &Socket) -> Option<Flow> {
    let mut info = [0u64; 32];
    let mut length = size_of::<[u64; 32]>() as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` bytes to `info`, which is that long, and any bytes
    // make valid integers.
    let failed = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            info.as_mut_ptr().cast(),
            &mut length,
        )
    };
    if failed != 0 || (length as usize) < (RECEIVED + 1) * size_of::<u64>() {
        return None;
    }
    let mut queued: libc::c_int = 0;
    // SAFETY: the kernel writes one `c_int`.
    let failed = unsafe { libc::ioctl(socket.as_raw_fd(), libc::FIONREAD, &mut queued) };
    if failed != 0 {
        return None;
    }
    Some(Flow {
        acknowledged: *info.get(ACKNOWLEDGED)?,
        taken: info
            .get(RECEIVED)?
            .saturating_sub(u64::try_from(queued).ok()?),
    })
}

/// What the kernel knows of a connection; `None` where it does not say.
#[cfg(not(target_os = "linux"))]
pub(crate) fn flow(_: &Socket) -> Option<Flow> {
    None
}

/// How many descriptors this process may have.
pub(crate) fn descriptor_limit() -> Option<u64> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the kernel writes one `rlimit`.
    let failed = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) };
    (failed == 0).then_some(limit.rlim_cur)
}

/// Ends the accept loop, and so closes its listener.
pub(crate) fn cancel(acceptor: &JoinHandle<()>) {
    // SAFETY: the loop waits in `accept`, where a cancel unwinds it; all it holds is a listener and
    // the factory, whose parts are reference-counted and fit to be dropped anywhere.
    unsafe { acceptor.coroutine().cancel() }
}

/// Runs `errand`, which must not yield, on the worker that owns descriptor `id`.
pub(crate) fn start_at(id: usize, errand: impl FnOnce() + Send + 'static) -> io::Result<()> {
    // SAFETY: it does not yield, and needs hardly any stack.
    unsafe { Builder::new().id(id).spawn(errand) }.map(drop)
}
