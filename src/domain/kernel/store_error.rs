//! Why the store did not do as asked, whichever engine it stands on.

/// Why the store did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database is gone, locked or slow.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// Someone else changed it first, or it exists already.
    #[error("the record was changed or exists already")]
    Conflict,
    /// What is stored cannot be read: wrong key, damage, or an edit from outside.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
}
