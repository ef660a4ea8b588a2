//! What the store keeps of operators and of what they ask.

use super::check::{Asked, Enquiry};
use super::idempotency::{Claim, IdempotencyKey, KeptAnswer, RequestFingerprint};
use super::operator::{Operator, OperatorId};
use crate::domain::identity::person::Iin;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{AnswerId, PlayerId};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use async_trait::async_trait;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;

/// Operators and their assertions.
#[async_trait]
pub trait Operators: Send {
    /// Adds one; [`StoreError::Conflict`] when the id is taken.
    async fn insert_operator(&mut self, operator: &Operator, now: Timestamp) -> Result<()>;
    /// Keeps it as it is now; [`StoreError::Conflict`] when there is none with this id.
    async fn update_operator(&mut self, operator: &Operator) -> Result<()>;
    /// Holds it, where there is one, until this transaction ends.
    async fn hold_operator(&mut self, id: &OperatorId) -> Result<()>;
    /// By id.
    async fn find_operator(&mut self, id: &OperatorId) -> Result<Option<Operator>>;
    /// All, by id.
    async fn list_operators(&mut self) -> Result<Vec<Operator>>;
    /// Remembers assertions, by the hash of their `jti`, until they expire; those that were not seen before. Forgets
    /// expired ones.
    async fn remember_assertions(
        &mut self,
        assertions: &[((OperatorId, HandleHash), Timestamp)],
        now: Timestamp,
    ) -> Result<HashSet<(OperatorId, HandleHash)>>;
}

/// Writes by the API, and what was answered.
#[async_trait]
pub trait IdempotentRequests: Send {
    /// Takes the key for this request, or tells what an earlier one was answered.
    async fn claim_request(
        &mut self,
        key: IdempotencyKey,
        request: RequestFingerprint,
        now: Timestamp,
    ) -> Result<Claim>;
    /// What the request of this key was answered, if it was.
    async fn answered_request(&mut self, key: IdempotencyKey) -> Result<Option<(RequestFingerprint, KeptAnswer)>>;
    /// Keeps the answer to a request whose key was claimed in this transaction.
    async fn keep_answer(&mut self, key: IdempotencyKey, answer: &KeptAnswer) -> Result<()>;
    /// Deletes what was asked before `before`.
    async fn delete_requests(&mut self, before: Timestamp) -> Result<u64>;
}

/// Whom operators know by which subject, and who asked about whom.
#[async_trait]
pub trait Enquiries: Send {
    /// Notes that an operator knows a player by this subject; noted before is the same.
    async fn put_subject(&mut self, operator: &OperatorId, subject: &str, player: PlayerId) -> Result<()>;
    /// Whom an operator knows by these; others are left out.
    async fn find_subjects(
        &mut self,
        operator: &OperatorId,
        subjects: &[String],
    ) -> Result<HashMap<String, (PlayerId, Iin)>>;
    /// Keeps that somebody asked.
    async fn insert_enquiries(&mut self, enquiries: &[Enquiry]) -> Result<()>;
    /// Who asked about a player, by checks and by verifications: the newest first, those before `before` when given.
    async fn list_enquiries(&mut self, player: PlayerId, before: Option<Uuid>, limit: u32) -> Result<Vec<Asked>>;
    /// Deletes at most `limit` checks older than `before`; returns how many.
    async fn delete_enquiries(&mut self, before: AnswerId, limit: u32) -> Result<u64>;
}
