//! What strangers tried.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::time::Timestamp;
use crate::domain::tries::{Tried, TriedBy};

type Result<T> = std::result::Result<T, StoreError>;

/// Counts of tries, each of one period.
#[async_trait]
pub trait Tries {
    /// How many there were in the period that began at `period`.
    async fn tries(&mut self, by: TriedBy, what: Tried, period: Timestamp) -> Result<u32>;
    /// Counts one more and returns how many there are; others that count the same wait until this transaction ends.
    /// Browsers are counted before addresses, both before persons and devices are held and an event is appended.
    async fn count_try(&mut self, by: TriedBy, what: Tried, period: Timestamp) -> Result<u32>;
    /// Takes one back, if there is any.
    async fn take_back_try(&mut self, by: TriedBy, what: Tried, period: Timestamp) -> Result<()>;
    /// Deletes at most `limit` counts of periods that began before `before`; returns how many.
    async fn delete_tries(&mut self, before: Timestamp, limit: u32) -> Result<u64>;
}
