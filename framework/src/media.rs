//! Media types, as far as choosing among declared ones goes (RFC 9110 §8.3).

/// Type and subtype of a `Content-Type` value, without parameters; `None` if it is not a media type.
pub(crate) fn essence(value: &str) -> Option<&str> {
    let essence = value.split(';').next().unwrap_or_default().trim();
    let (kind, subtype) = essence.split_once('/')?;
    let is_token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    (is_token(kind) && is_token(subtype)).then_some(essence)
}

/// Whether content of this type is JSON: `application/json`, and what ends in `+json` (RFC 6839).
pub(crate) fn is_json(essence: &str) -> bool {
    let suffix = essence.len().saturating_sub("+json".len());
    essence.eq_ignore_ascii_case("application/json")
        || essence.eq_ignore_ascii_case("text/json")
        || essence
            .get(suffix..)
            .is_some_and(|end| end.eq_ignore_ascii_case("+json"))
}

/// Whether content that matches this declared type or range could be JSON.
pub(crate) fn may_be_json(declared: &str) -> bool {
    let declared = declared.split(';').next().unwrap_or_default().trim();
    declared == "*/*" || declared.eq_ignore_ascii_case("application/*") || is_json(declared)
}

/// How closely a declared type or range fits an essence: 3 exactly, 2 `type/*`, 1 `*/*`.
pub(crate) fn fit(declared: &str, essence: &str) -> Option<u8> {
    let declared = declared.split(';').next().unwrap_or_default().trim();
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
