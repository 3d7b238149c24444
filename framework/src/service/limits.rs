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
    /// The most fields of a form; 1,000 unless said otherwise.
    pub form_fields: usize,
    /// The most parts of a multipart body; 256 unless said otherwise.
    pub parts: usize,
    /// The longest head of a part in bytes; 8 KiB unless said otherwise, and never more than 15 KiB.
    pub part_head: usize,
    /// The largest file of a multipart body in bytes; as the body unless said otherwise.
    pub part: u64,
    /// The largest part in bytes that is no file and so is held in memory; 256 KiB unless said
    /// otherwise.
    pub part_text: u64,
    /// The largest file in bytes that is held in memory; 64 KiB unless said otherwise. Larger ones
    /// are written to the system's folder for temporary files.
    pub part_memory: usize,
}

impl Limits {
    /// The limits that hold unless said otherwise.
    pub const fn new() -> Self {
        Self {
            body: 1024 * 1024,
            json_depth: 64,
            form_fields: 1_000,
            parts: 256,
            part_head: 8 * 1024,
            part: u64::MAX,
            part_text: 256 * 1024,
            part_memory: 64 * 1024,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}
