use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use crate::testing::answer::TestAnswer;
use crate::testing::events::{PATIENCE, TestEvents};

/// A connection to a server, made when it is needed and kept while the server keeps it.
#[derive(Debug)]
pub(super) struct Wire {
    address: SocketAddr,
    idle: Arc<Mutex<Option<Connection>>>,
}

type Connection = BufReader<TcpStream>;

/// What is sent.
pub(super) struct Message<'m> {
    pub(super) method: &'m str,
    pub(super) target: &'m str,
    pub(super) fields: &'m [(String, String)],
    pub(super) pieces: Vec<&'m [u8]>,
    pub(super) is_chunked: bool,
}

/// Content that is on its way.
pub(super) struct Content {
    connection: Connection,
    left: Left,
}

/// What is still to come (RFC 9112 §6.3).
#[derive(Debug, Clone, Copy, PartialEq)]
enum Left {
    Bytes(u64),
    Chunks,
    UntilTheEnd,
}

impl Wire {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            idle: Arc::default(),
        }
    }

    pub(super) fn send(&self, message: &Message<'_>) -> io::Result<TestAnswer> {
        // A server may have closed an idle connection; then nothing of an answer comes.
        let idle = self.idle().take();
        if let Some(connection) = idle
            && let Ok(answer) = self.exchange(connection, message)
        {
            return Ok(answer);
        }
        let stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        self.exchange(BufReader::new(stream), message)
    }

    fn exchange(
        &self,
        mut connection: Connection,
        message: &Message<'_>,
    ) -> io::Result<TestAnswer> {
        // A server may answer and close before all is sent.
        let sent = message.write_to(connection.get_mut());
        let (status, fields) = match head(&mut connection) {
            Ok(head) => head,
            Err(error) => return Err(sent.err().unwrap_or(error)),
        };
        let mut answer = TestAnswer {
            status,
            fields,
            content: Vec::new(),
            events: None,
        };
        let left = match (message.method, status) {
            ("HEAD", _) | (_, 204 | 304) => Left::Bytes(0),
            _ => Left::of(&answer)?,
        };
        let mut content = Content { connection, left };
        if answer
            .field("content-type")
            .starts_with("text/event-stream")
            && left != Left::Bytes(0)
        {
            answer.events = Some(TestEvents::read_from(content));
            return Ok(answer);
        }
        while let Some(piece) = content.piece()? {
            answer.content.extend(piece);
        }
        let closes = answer.field("connection").eq_ignore_ascii_case("close");
        if !closes && sent.is_ok() && left != Left::UntilTheEnd {
            *self.idle() = Some(content.connection);
        }
        Ok(answer)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Option<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Message<'_> {
    fn write_to(&self, out: &mut TcpStream) -> io::Result<()> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in self.fields {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        out.write_all(head.as_bytes())?;
        for piece in self.pieces.iter().filter(|piece| !piece.is_empty()) {
            if self.is_chunked {
                write!(out, "{:x}\r\n", piece.len())?;
                out.write_all(piece)?;
                out.write_all(b"\r\n")?;
            } else {
                out.write_all(piece)?;
            }
        }
        if self.is_chunked {
            out.write_all(b"0\r\n\r\n")?;
        }
        out.flush()
    }
}

/// Reads the head of an answer, past those that are informational.
fn head(connection: &mut Connection) -> io::Result<(u16, Vec<(String, String)>)> {
    loop {
        let first = line(connection)?;
        let code = first
            .strip_prefix("HTTP/1.")
            .and_then(|rest| rest.get(2..5));
        let status: u16 = code
            .and_then(|code| code.parse().ok())
            .ok_or_else(|| malformed(&first))?;
        let mut fields = Vec::new();
        loop {
            let field = line(connection)?;
            if field.is_empty() {
                break;
            }
            let (name, value) = field.split_once(':').ok_or_else(|| malformed(&field))?;
            fields.push((name.to_owned(), value.trim().to_owned()));
        }
        if status >= 200 {
            return Ok((status, fields));
        }
    }
}

/// A line without its end.
fn line(connection: &mut Connection) -> io::Result<String> {
    let mut line = String::new();
    if connection.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line)
}

fn malformed(line: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not HTTP: {line:?}"))
}

impl Left {
    fn of(answer: &TestAnswer) -> io::Result<Self> {
        if answer
            .field("transfer-encoding")
            .eq_ignore_ascii_case("chunked")
        {
            return Ok(Self::Chunks);
        }
        match answer.field("content-length") {
            "" => Ok(Self::UntilTheEnd),
            length => length
                .parse()
                .map(Self::Bytes)
                .map_err(|_| malformed(length)),
        }
    }
}

impl Content {
    /// The next bytes; `None` at the end.
    pub(super) fn piece(&mut self) -> io::Result<Option<Vec<u8>>> {
        match self.left {
            Left::Bytes(0) => Ok(None),
            Left::Bytes(length) => {
                self.left = Left::Bytes(0);
                self.exactly(length).map(Some)
            }
            Left::Chunks => {
                let size = line(&mut self.connection)?;
                let digits = size.split(';').next().unwrap_or_default().trim();
                let size = u64::from_str_radix(digits, 16).map_err(|_| malformed(&size))?;
                if size == 0 {
                    while !line(&mut self.connection)?.is_empty() {}
                    self.left = Left::Bytes(0);
                    return Ok(None);
                }
                let piece = self.exactly(size)?;
                line(&mut self.connection)?;
                Ok(Some(piece))
            }
            Left::UntilTheEnd => {
                let mut all = Vec::new();
                self.connection.read_to_end(&mut all)?;
                self.left = Left::Bytes(0);
                Ok(Some(all))
            }
        }
    }

    fn exactly(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = (&mut self.connection)
            .take(length)
            .read_to_end(&mut bytes)?;
        match read as u64 == length {
            true => Ok(bytes),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}
