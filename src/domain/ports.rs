//! The store as a whole: one unit of work is one transaction over every capability, and a decision and its audit event
//! share it. What a capability keeps stands in its own `ports`.

use crate::domain::audit::ports::AuditLog;
use crate::domain::dual_control::ports::Proposals;
use crate::domain::face::ports::{FaceLockouts, FrameFingerprints, IdTemplates, Sightings};
use crate::domain::identity::person::Iin;
use crate::domain::identity::ports::{Citizens, Players, RecordedContacts};
use crate::domain::jobs::ports::Jobs;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::ports::Notices;
use crate::domain::oauth::grant::Grant;
use crate::domain::oauth::ports::{Authorizations, Grants, RestrictedGrants};
use crate::domain::oauth::status_list::StatusListIndex;
use crate::domain::operators::operator::{Operator, OperatorId};
use crate::domain::operators::ports::{Enquiries, IdempotentRequests, Operators};
use crate::domain::restrictions::ports::{RegistryKeys, RestrictionVersions, SelfRestrictions};
use crate::domain::restrictions::{PersonKey, Restriction, Source};
use crate::domain::review::ports::{CaseEvidence, CaseQueue, Cases, Figures};
use crate::domain::second_factor::ports::{ContactCodes, FactorLife, Factors, HeldEnrolments};
use crate::domain::staff::ports::Staff;
use crate::domain::verification::ports::{Tries, Verifications};
use crate::domain::webhooks::ports::{WebhookEndpoints, WebhookMessages};
use async_trait::async_trait;

type Result<T> = std::result::Result<T, StoreError>;

/// Opens units of work.
#[async_trait]
pub trait Store: Send + Sync {
    /// A transaction that may write. Dropped without [`UnitOfWork::commit`], it leaves nothing behind.
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>>;

    /// A transaction that only reads, and so waits for no writer.
    async fn read(&self) -> Result<Box<dyn UnitOfWork>>;

    /// An operator, without a transaction: as it stands at some moment between question and answer.
    async fn operator(&self, id: &OperatorId) -> Result<Option<Operator>>;

    /// The grant at a place in the status lists, in the same way.
    async fn grant_at(&self, place: StatusListIndex) -> Result<Option<Grant>>;

    /// The grant of a refresh token, used or not, and the IIN of its player, in the same way.
    async fn grant_of_refresh_token(&self, hash: HandleHash) -> Result<Option<(Grant, Iin)>>;

    /// Remembers a DPoP proof until it expires, in a transaction of its own: whatever becomes of the request, the proof is
    /// spent. False when it was seen before.
    async fn remember_proof(&self, hash: HandleHash, expires_at: Timestamp, now: Timestamp) -> Result<bool>;

    /// The same of a client assertion.
    async fn remember_assertion(
        &self,
        operator: &OperatorId,
        jti: &str,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool>;

    /// Every restriction of the person that counts, active or not, and every source of which a version counts: of one
    /// moment, without a transaction.
    async fn registry_answer(&self, iin: &Iin) -> Result<(Vec<Restriction>, Vec<Source>)>;

    /// The number of the newest key of the restrictions registry, 0 while there is but the first.
    fn key_generation(&self) -> u32;

    /// The person as the registry finds them under the keys up to `generation`.
    fn person_key(&self, iin: &Iin, generation: u32) -> Result<PersonKey>;

    /// What a person is found by under the keys up to `generation`, as it is under the newest.
    fn rekeyed(&self, person: PersonKey, generation: u32) -> Result<PersonKey>;

    /// Whether the database answers and its schema is ours.
    async fn check(&self) -> Result<()>;
}

/// One transaction over all repositories.
#[async_trait]
pub trait UnitOfWork:
    Operators
    + IdempotentRequests
    + Authorizations
    + Grants
    + RestrictedGrants
    + Verifications
    + Players
    + IdTemplates
    + Factors
    + HeldEnrolments
    + ContactCodes
    + FactorLife
    + RestrictionVersions
    + RegistryKeys
    + SelfRestrictions
    + Enquiries
    + Cases
    + CaseQueue
    + CaseEvidence
    + Proposals
    + Figures
    + AuditLog
    + Citizens
    + RecordedContacts
    + Notices
    + Sightings
    + FaceLockouts
    + FrameFingerprints
    + Tries
    + Staff
    + WebhookEndpoints
    + WebhookMessages
    + Jobs
    + Send
{
    /// Makes everything since [`Store::begin`] last, or nothing of it.
    async fn commit(self: Box<Self>) -> Result<()>;
}
