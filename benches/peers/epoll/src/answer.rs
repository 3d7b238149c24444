//! Answers as canned as they can be.

const PLAINTEXT: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!";
const JSON: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"message\":\"Hello, World!\"}";

/// Appends an answer for each whole request in `input`; how many bytes those took, and whether the
/// connection goes on.
pub(crate) fn write_all(input: &[u8], output: &mut Vec<u8>) -> (usize, bool) {
    let mut used = 0;
    while let Some(length) = head_length(&input[used..]) {
        let head = &input[used..used + length];
        let keep_alive = !head.ends_with(b"\r\nConnection: close\r\n\r\n");
        if head.starts_with(b"GET /p") {
            output.extend_from_slice(PLAINTEXT);
        } else if head.starts_with(b"GET /j") {
            output.extend_from_slice(JSON);
        } else if let Some(rest) = head.strip_prefix(b"GET /users/") {
            params(rest, output);
        } else {
            let body = used + length;
            let end = body + content_length(head);
            let Some(body) = input.get(body..end) else {
                return (used, true);
            };
            with_body(body, output);
            used = end - length;
        }
        used += length;
        if !keep_alive {
            return (used, false);
        }
    }
    (used, true)
}

fn head_length(input: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'\n', input)
        .find(|&at| input[..at].ends_with(b"\r\n\r"))
        .map(|at| at + 1)
}

fn number(text: &[u8]) -> (u64, &[u8]) {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(length);
    let number = digits.iter().fold(0_u64, |number, byte| {
        number.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'))
    });
    (number, rest)
}

fn content_length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"\r\nContent-Length: ";
    memchr::memmem::find(head, NAME).map_or(0, |at| number(&head[at + NAME.len()..]).0 as usize)
}

fn params(rest: &[u8], output: &mut Vec<u8>) {
    let (id, rest) = number(rest);
    let (post_id, _) = number(rest.strip_prefix(b"/posts/").unwrap_or_default());
    let (mut id_digits, mut post_id_digits) = (itoa::Buffer::new(), itoa::Buffer::new());
    let (id, post_id) = (id_digits.format(id), post_id_digits.format(post_id));
    let length = br#"{"id":,"post_id":}"#.len() + id.len() + post_id.len();
    head("application/json", length, output);
    for part in [r#"{"id":"#, id, r#","post_id":"#, post_id, "}"] {
        output.extend_from_slice(part.as_bytes());
    }
}

fn with_body(body: &[u8], output: &mut Vec<u8>) {
    head("application/octet-stream", body.len(), output);
    output.extend_from_slice(body);
}

fn head(media_type: &str, length: usize, output: &mut Vec<u8>) {
    let mut digits = itoa::Buffer::new();
    for part in [
        "HTTP/1.1 200 OK\r\nContent-Type: ",
        media_type,
        "\r\nContent-Length: ",
        digits.format(length),
        "\r\n\r\n",
    ] {
        output.extend_from_slice(part.as_bytes());
    }
}
