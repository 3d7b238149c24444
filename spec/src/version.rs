use serde_json::Value;

/// The versions of the specification, by what they allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    V30,
    V31,
    V32,
}

/// What a stated version means.
pub(crate) enum Stated {
    /// A version that is known, as the specification writes it.
    Known(Version),
    /// A version that can be taken as a known one.
    Odd(Version),
    /// None that is supported.
    Unsupported,
}

impl Version {
    /// The field in which a document states its version, and what it states.
    pub(crate) fn stated(root: &Value) -> Option<(&'static str, String)> {
        ["openapi", "swagger"]
            .into_iter()
            .find_map(|field| match root.get(field)? {
                Value::String(text) => Some((field, text.clone())),
                Value::Number(number) => Some((field, number.to_string())),
                _ => None,
            })
    }

    /// Reads the `openapi` field.
    pub(crate) fn read(stated: &str) -> Stated {
        let mut parts = stated.split('.');
        let is_number = |part: Option<&str>| {
            part.is_some_and(|part| {
                !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        if parts.next() != Some("3") {
            return Stated::Unsupported;
        }
        let minor = parts.next();
        let version = match minor {
            Some("0") => Self::V30,
            Some("1") => Self::V31,
            Some("2") => Self::V32,
            // A minor version adds and does not break.
            minor if is_number(minor) => return Stated::Odd(Self::V32),
            _ => return Stated::Unsupported,
        };
        let patch = parts
            .next()
            .map(|patch| patch.split('-').next().unwrap_or_default());
        if is_number(patch) && parts.next().is_none() {
            Stated::Known(version)
        } else {
            Stated::Odd(version)
        }
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::V30 => "3.0",
            Self::V31 => "3.1",
            Self::V32 => "3.2",
        }
    }
}
