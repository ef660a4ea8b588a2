//! The tamper-evident log.

use super::event::{AuditEvent, ChainHead, NewAuditEvent};
use super::tree::{Hash, Stretch};
use crate::domain::kernel::store_error::StoreError;
use async_trait::async_trait;

type Result<T> = std::result::Result<T, StoreError>;

/// The tamper-evident log.
#[async_trait]
pub trait AuditLog: Send {
    /// Appends in this transaction; other appenders wait until it ends.
    async fn append_audit(&mut self, event: &NewAuditEvent) -> Result<AuditEvent>;
    /// Appends several, in their order.
    async fn append_audits(&mut self, events: &[NewAuditEvent]) -> Result<()>;
    /// At most `limit` events from number `from` on, in order of their numbers.
    async fn list_audit(&mut self, from: i64, limit: u32) -> Result<Vec<AuditEvent>>;
    /// The recorded head.
    async fn audit_head(&mut self) -> Result<ChainHead>;
    /// What is said about these but for the tokens that they were issued, in order; at most `limit` of the newest.
    async fn audit_trail(&mut self, subjects: &[String], limit: u32) -> Result<Vec<AuditEvent>>;
    /// Hashes of the log's tree: of leaves at level 0, of kept roots above.
    async fn audit_hashes(&mut self, stretch: Stretch) -> Result<Vec<Hash>>;
    /// How many roots of this level are kept.
    async fn audit_tiles(&mut self, level: u32) -> Result<u64>;
    /// Keeps roots from this place on; those that are there stay.
    async fn put_audit_tiles(&mut self, level: u32, from: u64, roots: &[Hash]) -> Result<()>;
}
