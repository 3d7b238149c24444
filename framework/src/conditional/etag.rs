use std::borrow::Cow;
use std::fmt;

/// An entity tag: a name for one state of something (RFC 9110 §8.8.3).
///
/// ```
/// use brrtrouter::conditional::ETag;
///
/// let tag = ETag::strong("v7")?;
/// assert_eq!(tag.to_string(), "\"v7\"");
/// assert_eq!(ETag::weak("v7")?.to_string(), "W/\"v7\"");
/// # Ok::<(), brrtrouter::conditional::InvalidETag>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag {
    /// As on the wire.
    wire: Cow<'static, str>,
}

/// A text that cannot be an entity tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot be an entity tag: it holds a quote, a space or a control character")]
pub struct InvalidETag(String);

impl ETag {
    /// A tag that changes with every byte of the content.
    ///
    /// # Errors
    ///
    /// [`InvalidETag`] if it is not visible ASCII without quotes.
    pub fn strong(name: &str) -> Result<Self, InvalidETag> {
        Self::new("", name)
    }

    /// A tag that changes with the meaning of the content; parts of it cannot be asked for by such a
    /// one.
    ///
    /// # Errors
    ///
    /// [`InvalidETag`] if it is not visible ASCII without quotes.
    pub fn weak(name: &str) -> Result<Self, InvalidETag> {
        Self::new("W/", name)
    }

    /// The strong tag of this content: 128 bits of its BLAKE3 hash.
    pub fn of(content: &[u8]) -> Self {
        let hash = blake3::hash(content).to_hex();
        let name = hash.get(..32).unwrap_or(&hash);
        Self {
            wire: format!("\"{name}\"").into(),
        }
    }

    fn new(prefix: &str, name: &str) -> Result<Self, InvalidETag> {
        if !name
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"')
        {
            return Err(InvalidETag(name.to_owned()));
        }
        Ok(Self {
            wire: format!("{prefix}\"{name}\"").into(),
        })
    }

    /// The tag as it is sent.
    pub fn as_str(&self) -> &str {
        &self.wire
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.wire)
    }
}

/// Whether both are strong and the same (RFC 9110 §8.8.3.2).
pub(super) fn is_same_strongly(a: &str, b: &str) -> bool {
    a == b && !a.starts_with("W/")
}

/// Whether both are the same, weak or not.
fn is_same_weakly(a: &str, b: &str) -> bool {
    let name = |tag| str::strip_prefix(tag, "W/").unwrap_or(tag);
    name(a) == name(b)
}

/// Whether `list`, the value of `If-Match`, holds that tag; `*` holds any.
pub(super) fn matches_strongly(list: &str, tag: Option<&str>) -> bool {
    list.trim() == "*"
        || tag.is_some_and(|tag| tags(list).any(|listed| is_same_strongly(listed, tag)))
}

/// Whether `list`, the value of `If-None-Match`, holds that tag; `*` holds any.
pub(super) fn matches_weakly(list: &str, tag: Option<&str>) -> bool {
    list.trim() == "*"
        || tag.is_some_and(|tag| tags(list).any(|listed| is_same_weakly(listed, tag)))
}

/// The tags of a list; it ends where one cannot be read.
fn tags(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = list;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let prefix = if rest.starts_with("W/") { 2 } else { 0 };
        let name = rest.get(prefix..)?.strip_prefix('"')?;
        let end = prefix + 1 + name.find('"')? + 1;
        let (tag, next) = rest.split_at_checked(end)?;
        rest = next;
        Some(tag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_up_to_what_is_no_tag() {
        let listed: Vec<&str> = tags(r#" "a", W/"b,c" ,,"" , d, "e""#).collect();
        assert_eq!(listed, [r#""a""#, r#"W/"b,c""#, r#""""#]);
        assert_eq!(tags("W/").count(), 0);
        assert_eq!(tags("\"open").count(), 0);
    }

    #[test]
    fn weak_tags_are_the_same_weakly_only() {
        assert!(matches_weakly(r#"W/"a""#, Some(r#""a""#)));
        assert!(!matches_strongly(r#"W/"a""#, Some(r#"W/"a""#)));
        assert!(matches_strongly(r#""b", "a""#, Some(r#""a""#)));
        assert!(!matches_strongly(r#""a""#, None));
        assert!(matches_strongly("*", None));
    }
}
