//! URIs by which documents and schemas are called (RFC 3986); none is ever asked for.

/// Whether a URI reference has a scheme or an authority.
pub(crate) fn is_absolute(reference: &str) -> bool {
    if reference.starts_with("//") {
        return true;
    }
    reference.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|other| other.is_ascii_alphanumeric() || "+.-".contains(other))
    })
}

/// Resolves a URI reference against a base (RFC 3986 §5.2), without looking at queries apart.
pub(crate) fn resolve(base: &str, reference: &str) -> String {
    let has_scheme = is_absolute(reference) && !reference.starts_with("//");
    if base.is_empty() || has_scheme {
        return reference.to_owned();
    }
    let (scheme, rest) = match base.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), base),
    };
    if let Some(authority) = reference.strip_prefix("//") {
        return format!("{scheme}{authority}");
    }
    let (authority, path) = if scheme.is_empty() {
        ("", rest)
    } else {
        rest.split_at(rest.find('/').unwrap_or(rest.len()))
    };
    if reference.starts_with('/') {
        return format!("{scheme}{authority}{reference}");
    }
    let folder = path
        .rfind('/')
        .map_or("", |end| path.get(..=end).unwrap_or_default());
    let mut parts: Vec<&str> = Vec::new();
    let merged = format!("{folder}{reference}");
    for part in merged.split('/') {
        match part {
            "." => {}
            ".." => {
                if parts.len() > 1 {
                    parts.pop();
                }
            }
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    let slash = if scheme.is_empty() || path.starts_with('/') {
        ""
    } else {
        "/"
    };
    format!("{scheme}{authority}{slash}{path}")
}

/// The way from the folder of `base` down to `uri`; `None` if it does not lie there.
pub(crate) fn below<'u>(base: &str, uri: &'u str) -> Option<&'u str> {
    let (folder, _) = base.rsplit_once('/')?;
    let rest = uri.strip_prefix(folder)?.strip_prefix('/')?;
    (!folder.ends_with('/') && !rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::{below, resolve};

    #[test]
    fn references_are_resolved_against_their_resource() {
        for (base, reference, resolved) in [
            ("", "pet.json", "pet.json"),
            ("https://a.b/c/d.json", "e.json", "https://a.b/c/e.json"),
            ("https://a.b/c/d.json", "../e.json", "https://a.b/e.json"),
            ("https://a.b/c/d.json", "/e.json", "https://a.b/e.json"),
            ("https://a.b", "e.json", "https://a.b/e.json"),
            ("https://a.b/c", "urn:x", "urn:x"),
            ("c/d.json", "e.json", "c/e.json"),
        ] {
            assert_eq!(resolve(base, reference), resolved, "{base} {reference}");
        }
    }

    #[test]
    fn what_lies_in_the_folder_of_a_base_is_below_it() {
        for (base, uri, way) in [
            (
                "https://a.b/c/d.yaml",
                "https://a.b/c/e.yaml",
                Some("e.yaml"),
            ),
            (
                "https://a.b/c/d.yaml",
                "https://a.b/c/e/f.yaml",
                Some("e/f.yaml"),
            ),
            ("https://a.b/c/d.yaml", "https://a.b/e.yaml", None),
            ("https://a.b/c/d.yaml", "https://a.b/cc/e.yaml", None),
            ("https://a.b", "https://a.c", None),
            ("urn:a", "urn:b", None),
        ] {
            assert_eq!(below(base, uri), way, "{base} {uri}");
        }
    }
}
