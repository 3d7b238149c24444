//! Media types, as far as choosing among declared ones goes (RFC 9110 §8.3).

/// Type and subtype of a `Content-Type` value, without parameters; `None` if it is not a media type.
pub(crate) fn essence(value: &str) -> Option<&str> {
    let essence = without_parameters(value);
    let slash = essence.bytes().position(|byte| byte == b'/')?;
    let (kind, subtype) = essence.split_at(slash);
    (is_token(kind) && is_token(subtype.get(1..)?)).then_some(essence)
}

/// What comes before the first semicolon, without white space around it.
fn without_parameters(value: &str) -> &str {
    let end = value.bytes().position(|byte| byte == b';');
    let essence = end.and_then(|end| value.get(..end)).unwrap_or(value);
    essence.trim_matches([' ', '\t'])
}

/// `token` of RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| IN_TOKEN[usize::from(byte)])
}

static IN_TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(
            byte as u8,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`'
                | b'|' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z'
        );
        byte += 1;
    }
    table
};

/// Whether content of this type is JSON: `application/json`, and what ends in `+json` (RFC 6839).
pub(crate) fn is_json(essence: &str) -> bool {
    let suffix = essence.len().saturating_sub("+json".len());
    essence.eq_ignore_ascii_case("application/json")
        || essence.eq_ignore_ascii_case("text/json")
        || essence
            .get(suffix..)
            .is_some_and(|end| end.eq_ignore_ascii_case("+json"))
}

/// Whether content of this type is a form in one line of fields.
pub(crate) fn is_form(essence: &str) -> bool {
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Whether content of this type is a form in parts.
pub(crate) fn is_multipart(essence: &str) -> bool {
    essence.eq_ignore_ascii_case("multipart/form-data")
}

/// Whether content of this type, or of all types in this range, is text.
pub(crate) fn is_text(essence: &str) -> bool {
    let kind = essence.get(.."text/".len());
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case("text/"))
}

/// The value of a parameter, such as `charset`, without its quotes (RFC 9110 §5.6.6).
pub(crate) fn parameter<'v>(value: &'v str, name: &str) -> Option<&'v str> {
    let mut rest = value;
    loop {
        rest = rest.get(end_of(rest)? + 1..)?;
        let one = rest.get(..end_of(rest).unwrap_or(rest.len()))?;
        let Some((own, value)) = one.split_once('=') else {
            continue;
        };
        if !own.trim().eq_ignore_ascii_case(name) {
            continue;
        }
        let value = value.trim();
        let quoted = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        return Some(quoted.unwrap_or(value));
    }
}

/// Where the next semicolon is that does not stand in quotes.
fn end_of(text: &str) -> Option<usize> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b';' => return !is_quoted,
            _ => {}
        }
        false
    })
}

/// Whether text of this `Content-Type` can be read as UTF-8, of which ASCII is a part.
pub(crate) fn is_utf8(content_type: &str) -> bool {
    parameter(content_type, "charset").is_none_or(|charset| {
        ["utf-8", "utf8", "us-ascii"]
            .iter()
            .any(|known| charset.eq_ignore_ascii_case(known))
    })
}

/// Whether content that matches this declared type or range could be JSON.
pub(crate) fn may_be_json(declared: &str) -> bool {
    let declared = without_parameters(declared);
    declared == "*/*" || declared.eq_ignore_ascii_case("application/*") || is_json(declared)
}

/// How closely a declared type or range fits an essence: 3 exactly, 2 `type/*`, 1 `*/*`.
pub(crate) fn fit(declared: &str, essence: &str) -> Option<u8> {
    let declared = without_parameters(declared);
    if declared.eq_ignore_ascii_case(essence) {
        return Some(3);
    }
    if declared == "*/*" {
        return Some(1);
    }
    let kind = declared.strip_suffix("/*")?;
    let (actual, _) = essence.split_once('/')?;
    kind.eq_ignore_ascii_case(actual).then_some(2)
}
