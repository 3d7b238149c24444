use std::str::FromStr;

/// A header field as it is typed: `Name: value`.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(super) name: String,
    pub(super) value: String,
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some((name, value)) if !name.trim().is_empty() => Ok(Self {
                name: name.trim().into(),
                value: value.trim().into(),
            }),
            _ => Err("it is no `Name: value`".into()),
        }
    }
}
