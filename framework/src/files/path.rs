/// The longest path that is looked for, in bytes, as Linux has it.
const LONGEST: usize = 4096;

/// The names in a path as it was sent, decoded once; `None` if no file may be named so: names that
/// start with a dot, `..` among them, hold a separator of any system or a control character, or are
/// no text. The last is empty for a folder with a slash behind it, and there are none if there is no path.
pub(super) fn names(sent: &str) -> Option<Vec<String>> {
    let Some(sent) = sent.strip_prefix('/') else {
        return sent.is_empty().then(Vec::new);
    };
    if sent.len() > LONGEST {
        return None;
    }
    let mut names = Vec::new();
    let mut parts = sent.split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let decoded = percent_encoding::percent_decode_str(part).decode_utf8();
        let name = decoded.ok()?.into_owned();
        let is_plain = |one: char| !one.is_control() && !matches!(one, '/' | '\\');
        let may_be = !name.starts_with('.') && name.chars().all(is_plain) && name.len() <= 255;
        if !may_be || (name.is_empty() && !is_last) {
            return None;
        }
        names.push(name);
    }
    Some(names)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_could_lead_elsewhere_is_no_path() {
        let long = "a/".repeat(3000);
        for bad in [
            "/../etc/passwd",
            "/a/../b",
            "/%2e%2e/b",
            "/%2E./b",
            "/..%2fb",
            "/a%2fb",
            "/a%5cb",
            "/..\\b",
            "/a\\..\\b",
            "/a%00.txt",
            "/.env",
            "/a/.git/config",
            "/%2eenv",
            "//etc/passwd",
            "/a//b",
            "/./a",
            "/a/.",
            "/%ff",
            "/a%0ab",
            &long,
        ] {
            assert_eq!(names(bad), None, "{bad}");
        }
        assert_eq!(names("/").unwrap(), [""]);
        assert_eq!(names("").unwrap(), [""; 0]);
        assert_eq!(names("/a%20b/c.txt").unwrap(), ["a b", "c.txt"]);
        // Decoded once: these are names, if odd ones.
        assert_eq!(names("/%252e%252e/x").unwrap(), ["%2e%2e", "x"]);
    }
}
