/// What one request may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest body in bytes, where the operation has no limit of its own; 1 MiB unless said
    /// otherwise.
    pub body: u64,
    /// How deep the arrays and objects of a JSON body may be nested; 64 unless said otherwise, which
    /// fits the smallest stack that a transport may give a connection.
    pub json_depth: usize,
}

impl Limits {
    /// The limits that hold unless said otherwise.
    pub const fn new() -> Self {
        Self {
            body: 1024 * 1024,
            json_depth: 64,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}
