/// How much a document describes; of the entry document, not of what it refers to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// The version that it states; empty if none.
    pub openapi: String,
    /// The members of `paths`, extensions among them; behind a reference too.
    pub paths: usize,
    /// The operations of those path items, behind references too.
    pub operations: usize,
    /// The entries of `components.schemas`.
    pub schemas: usize,
    /// The entries of `webhooks`, behind a reference too.
    pub webhooks: usize,
}
