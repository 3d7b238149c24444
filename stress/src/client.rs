//! A client that sends exactly the bytes it is given and reads answers strictly.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::Outcome;

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    received: Vec<u8>,
    /// When it last connected, sent or received.
    active: Instant,
    /// The longest time between two of these that was its own doing, or its machine's.
    pause: Duration,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::new(),
            active: Instant::now(),
            pause: Duration::ZERO,
        })
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.act();
        let sent = self.stream.write_all(bytes.as_ref());
        self.active = Instant::now();
        sent
    }

    fn act(&mut self) {
        self.pause = self.pause.max(self.active.elapsed());
    }

    /// The longest that it has left the server without a sign of itself. On a busy machine that may be
    /// longer than it meant to.
    pub(crate) fn longest_pause(&self) -> Duration {
        self.pause
    }

    pub(crate) fn finish_sending(&self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)
    }

    /// Ends the connection with a reset.
    pub(crate) fn reset(&self) -> io::Result<()> {
        SockRef::from(&self.stream).set_linger(Some(Duration::ZERO))
    }

    pub(crate) fn get(&mut self, target: &str) -> Outcome<Answer> {
        self.send(get(target))?;
        self.answer()
    }

    /// Receives something more; `false` at the end.
    pub(crate) fn receive(&mut self) -> Outcome<bool> {
        let mut bytes = [0; 16 * 1024];
        self.act();
        // A process that was stopped for a while is told so when it goes on.
        let read = loop {
            match self.stream.read(&mut bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.active = Instant::now();
        let count = read?;
        self.received.extend_from_slice(&bytes[..count]);
        Ok(count > 0)
    }

    fn line(&mut self) -> Outcome<String> {
        loop {
            if let Some(at) = self.received.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.received.drain(..at + 2).collect();
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            if !self.receive()? {
                return Err(format!("the answer ends in {:?}", self.received).into());
            }
        }
    }

    fn exactly(&mut self, count: usize) -> Outcome<Vec<u8>> {
        while self.received.len() < count {
            if !self.receive()? {
                return Err(format!("{} bytes of {count}", self.received.len()).into());
            }
        }
        Ok(self.received.drain(..count).collect())
    }

    /// Reads a head: the status, the length if it is told, and whether there are chunks.
    pub(crate) fn head(&mut self) -> Outcome<(u16, Option<usize>, bool)> {
        let line = self.line()?;
        let status = line
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3));
        let status = status.ok_or_else(|| format!("{line:?} is no status line"))?;
        let (mut length, mut chunked) = (None, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                return Ok((status.parse()?, length, chunked));
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = Some(value.parse()?);
            }
            chunked |= line == "transfer-encoding: chunked";
        }
    }

    /// Reads a chunk; nothing for the last.
    pub(crate) fn chunk(&mut self) -> Outcome<Vec<u8>> {
        let size = self.line()?;
        let size = usize::from_str_radix(&size, 16).map_err(|_| format!("{size:?} is no size"))?;
        let mut bytes = self.exactly(size + 2)?;
        if !bytes.ends_with(b"\r\n") {
            return Err("a chunk without its end".into());
        }
        bytes.truncate(size);
        Ok(bytes)
    }

    pub(crate) fn answer(&mut self) -> Outcome<Answer> {
        let (status, length, chunked) = self.head()?;
        let mut body = Vec::new();
        if let Some(length) = length {
            body = self.exactly(length)?;
        } else if chunked {
            loop {
                let chunk = self.chunk()?;
                if chunk.is_empty() {
                    break;
                }
                body.extend(chunk);
            }
        }
        Ok(Answer { status, body })
    }

    /// Nothing may follow but the end.
    pub(crate) fn expect_end(&mut self) -> Outcome {
        while self.receive()? {}
        match self.received.is_empty() {
            true => Ok(()),
            false => Err(format!("{} bytes too many", self.received.len()).into()),
        }
    }
}

pub(crate) fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")
}
