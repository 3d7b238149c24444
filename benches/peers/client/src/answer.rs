//! Answers off the wire, each with a length.

use std::io::Read;

/// What has been read, and how much of it has been given out.
#[derive(Default)]
pub(crate) struct Answers {
    read: Vec<u8>,
    used: usize,
}

impl Answers {
    /// The body of the next answer, which must be a 200.
    pub(crate) fn next(&mut self, from: &mut impl Read) -> Result<&[u8], String> {
        let (body, end) = loop {
            if let Some((head, length)) = whole(&self.read[self.used..])? {
                break (self.used + head, self.used + head + length);
            }
            self.fill(from)?;
        };
        self.used = end;
        Ok(&self.read[body..end])
    }

    fn fill(&mut self, from: &mut impl Read) -> Result<(), String> {
        self.read.drain(..self.used);
        self.used = 0;
        let mut part = [0; 16 * 1024];
        match from.read(&mut part) {
            Ok(0) => Err("the connection ended".to_owned()),
            Ok(length) => {
                self.read.extend_from_slice(&part[..length]);
                Ok(())
            }
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The lengths of head and body of the first answer, if all of it is there.
fn whole(text: &[u8]) -> Result<Option<(usize, usize)>, String> {
    let Some(end) = text.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = String::from_utf8_lossy(&text[..end]).to_ascii_lowercase();
    if !head.starts_with("http/1.1 200 ") {
        return Err(format!("the answer was {head:?}"));
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|length| length.trim().parse::<usize>().ok())
        .ok_or_else(|| format!("no length in {head:?}"))?;
    let head = end + 4;
    Ok((text.len() >= head + length).then_some((head, length)))
}
