use brrtrouter_transport::{HeaderLine, Headers};

/// Says that the answer depends on a field of the request, unless it says so already (RFC 9110
/// §12.5.5). `line` is a `Vary` field of that one name.
#[inline]
pub(super) fn add(headers: &mut Headers, line: &HeaderLine) {
    if !headers.contains("vary") || !is_said(headers, line) {
        headers.push_line(line);
    }
}

#[cold]
fn is_said(headers: &Headers, line: &HeaderLine) -> bool {
    headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("vary"))
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.eq_ignore_ascii_case(line.value()))
}
