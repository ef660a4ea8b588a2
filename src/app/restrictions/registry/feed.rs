//! Where a source's files come from by themselves.

use std::fs::File;

use async_trait::async_trait;

use super::file::Format;
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::{Position, VersionKind};

/// What a source has to say.
#[derive(Debug)]
pub enum News {
    /// Nothing: whether anything has changed is not known.
    Silent,
    /// That nothing has changed.
    Unchanged,
    /// This.
    FeedContent(FeedContent),
}

/// A file that is there as a whole.
#[derive(Debug)]
pub struct FeedContent {
    /// What people call it.
    pub name: String,
    /// Everything, or what has changed.
    pub kind: VersionKind,
    /// How rows are written.
    pub format: Format,
    /// When the source made it; `None` when that is not said.
    pub as_of: Option<Timestamp>,
    /// What to ask with next.
    pub position: Position,
    /// What its SHA-256 must be, hex.
    pub sha256: String,
    /// The file, at its beginning.
    pub file: File,
    /// Bytes.
    pub length: u64,
}

/// Why there is no answer. No text carries a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// It may pass by itself.
    #[error("the source does not answer: {0}")]
    Unavailable(String),
    /// It answers something else than was agreed.
    #[error("the source does not keep to what was agreed: {0}")]
    Disagreed(String),
}

/// One source's way here.
#[async_trait]
pub trait Feed: Send + Sync {
    /// What there is after `position`.
    async fn ask(&self, position: &Position) -> Result<News, FeedError>;

    /// Puts away what was said: it was taken in, or never will be; `report` is for people.
    async fn settle(&self, _name: &str, _taken: bool, _report: &str) -> Result<(), FeedError> {
        Ok(())
    }
}
