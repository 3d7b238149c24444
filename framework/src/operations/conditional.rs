use brrtrouter_transport::{Request, Response, Status};

/// Whether one of the entity tags in `list` is `tag`, or the list is `*`; weak ones count as strong
/// (RFC 9110 §8.8.3.2, weak comparison).
pub(crate) fn lists(list: &[u8], tag: &str) -> bool {
    let Ok(list) = std::str::from_utf8(list) else {
        return false;
    };
    let strong = |one: &str| one.trim().trim_start_matches("W/").to_owned();
    let tag = strong(tag);
    list.trim() == "*" || list.split(',').any(|one| strong(one) == tag)
}

/// Says the entity tag; answers 304 where the client has just that already, and says so.
pub(crate) fn is_fresh(request: &Request<'_>, tag: &str, response: &mut Response) -> bool {
    // Tags are made of hexadecimal digits and quotes.
    let _ = response.headers_mut().set("etag", tag);
    let is_fresh = request
        .fields_named("if-none-match")
        .any(|list| lists(list, tag));
    if is_fresh {
        response.set_status(Status::NOT_MODIFIED);
    }
    is_fresh
}

/// An entity tag of content.
pub(crate) fn tag_of(content: &[u8]) -> String {
    let hash = blake3::hash(content).to_hex();
    let short = hash.get(..32).unwrap_or_default();
    format!("\"{short}\"")
}
