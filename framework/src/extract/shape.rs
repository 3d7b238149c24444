/// What body an argument takes, as far as its type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyShape {
    /// None.
    None,
    /// One of this media type or range.
    Required(&'static str),
    /// One of this media type or range, or none.
    Optional(&'static str),
}

impl BodyShape {
    /// The body of two arguments, of which one takes it.
    pub(crate) const fn or(self, other: Self) -> Self {
        match self {
            Self::None => other,
            taken => taken,
        }
    }

    /// The same, where it may be missing.
    pub(crate) const fn optional(self) -> Self {
        match self {
            Self::Required(kind) => Self::Optional(kind),
            other => other,
        }
    }
}
