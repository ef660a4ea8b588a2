//! Work in the background: one job a file, done again and again while the service runs.
//!
//! A job may be cut off at any moment and done twice: what it does stands in transactions, each of which leaves a whole. Of
//! those that one replica does ([`Replicas::One`](crate::domain::jobs::Replicas)), the database says which one; if that dies,
//! another takes over when its lease is past.

pub mod face_index;
pub mod face_retention;
pub mod list;
pub mod notices;
pub mod restricted_grants;
pub mod restriction_sources;
pub mod retention;
pub mod runner;
pub mod scheduler;
pub mod superseded_restrictions;
pub mod templates;
pub mod webhooks;

use std::fmt;

use async_trait::async_trait;

use crate::domain::jobs::{MAX_FAILURE, Schedule};

/// Something that is done again and again.
#[async_trait]
pub trait Job: Send {
    /// Its stable name: lower-case words with hyphens, and after a colon what it is about where there are several.
    fn name(&self) -> &str;

    /// When and where it is done.
    fn schedule(&self) -> Schedule;

    /// Does what there is to do. Idempotent, and safe to drop at any `await`.
    ///
    /// # Errors
    /// What could not be done; the rest is done nevertheless.
    async fn run(&mut self) -> Result<(), JobFailure>;

    /// Waits for what a run left under way.
    async fn finish(&mut self) {}
}

/// Why a run did not do everything, in words for whoever operates the service; nothing of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFailure(String);

impl JobFailure {
    /// At most [`MAX_FAILURE`] characters of `why`.
    pub fn new(why: &str) -> Self {
        Self(why.chars().take(MAX_FAILURE).collect())
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for JobFailure {
    fn from(error: E) -> Self {
        Self::new(&error.to_string())
    }
}
