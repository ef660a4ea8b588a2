//! The store: one unit of work is one transaction, and a decision and its audit event share it.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;

use super::case_evidence::CaseEvidence;
use super::case_work::CaseQueue;
use super::enrolments::{ContactCodes, HeldEnrolments};
use super::factor_life::FactorLife;
use super::figures::Figures;
use super::notices::{Notices, RecordedContacts};
use super::proposals::Proposals;
use super::restricted_grants::RestrictedGrants;
use super::restrictions::{RegistryKeys, RestrictionVersions};
use super::staff::Staff;
use super::tries::Tries;
use super::webhooks::{WebhookEndpoints, WebhookMessages};
use crate::domain::audit::{AuditEvent, ChainHead, NewAuditEvent};
use crate::domain::audit_tree::{Hash, Stretch};
use crate::domain::authorization::{AuthorizationCode, CodesDrawn, HandleHash, PushedRequest, Redemption};
use crate::domain::check::{Asked, Enquiry};
use crate::domain::comparison::{ModelHash, Template};
use crate::domain::face_lockout::{FaceLockout, LockSubject};
use crate::domain::face_search::{Sighting, SightingKey};
use crate::domain::grant::{Grant, NewRefreshToken, ShownRefreshToken};
use crate::domain::id::{AnswerId, CaseId, GrantId, PasskeyId, PlayerId, SightingId, VerificationId};
use crate::domain::idempotency::{Claim, IdempotencyKey, KeptAnswer, RequestFingerprint};
use crate::domain::liveness::fingerprint::FrameFingerprint;
use crate::domain::liveness::replay::CaptureFilm;
use crate::domain::operator::{Operator, OperatorId};
use crate::domain::person::{Citizen, Iin};
use crate::domain::reason::ReasonCode;
use crate::domain::restrictions::{PersonKey, Restriction, Source};
use crate::domain::review::Case;
use crate::domain::second_factor::Binding;
use crate::domain::second_factor::lockout::Lockout;
use crate::domain::second_factor::passkey::{CeremonyKind, StoredPasskey};
use crate::domain::second_factor::recovery_code::RecoveryCodes;
use crate::domain::second_factor::totp::TotpEnrolment;
use crate::domain::secret::SecretBytes;
use crate::domain::self_restriction::SelfRestriction;
use crate::domain::status_list::StatusPlace;
use crate::domain::time::Timestamp;
use crate::domain::verification::Verification;
use uuid::Uuid;

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
    async fn grant_at(&self, place: StatusPlace) -> Result<Option<Grant>>;

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
    + Send
{
    /// Makes everything since [`Store::begin`] last, or nothing of it.
    async fn commit(self: Box<Self>) -> Result<()>;
}

/// Operators and their assertions.
#[async_trait]
pub trait Operators {
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
pub trait IdempotentRequests {
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

/// Requests and codes.
#[async_trait]
pub trait Authorizations {
    /// Keeps a pushed request under the hash of its `request_uri`.
    async fn insert_request(&mut self, handle: HandleHash, request: &PushedRequest) -> Result<()>;
    /// A request that nobody has consented to yet; whether it has expired is the caller's to judge.
    async fn find_request(&mut self, handle: HandleHash) -> Result<Option<PushedRequest>>;
    /// Notes by which request a verification began, and counts that; false, with nothing noted, where it was opened `most` times.
    async fn open_request(&mut self, handle: HandleHash, verification: VerificationId, most: u32) -> Result<bool>;
    /// Uses up the request that a verification began by; false when another one did so before.
    async fn use_request(&mut self, verification: VerificationId) -> Result<bool>;
    /// Deletes, at most `limit`, requests that expired before `before`; returns how many.
    async fn delete_pushed_requests(&mut self, before: Timestamp, limit: u32) -> Result<u64>;
    /// Keeps a code.
    async fn insert_code(&mut self, code: &AuthorizationCode) -> Result<()>;
    /// The IIN of whom a code of this operator stands for, while it was not used.
    async fn person_of_code(&mut self, hash: HandleHash, operator: &OperatorId) -> Result<Option<Iin>>;
    /// The codes of a verification.
    async fn codes_drawn(&mut self, verification: VerificationId) -> Result<CodesDrawn>;
    /// Uses a code up, by compare-and-set: at most one of a verification. [`StoreError::Conflict`] when two are shown at the same
    /// moment; the other is then superseded.
    async fn redeem_code(&mut self, hash: HandleHash, now: Timestamp) -> Result<Redemption>;
}

/// Grants and what is handed out under them.
#[async_trait]
pub trait Grants {
    /// Keeps a grant and the code that it came from; [`StoreError::Conflict`] when the code gave one already, or its place
    /// in the status list is taken.
    async fn insert_grant(&mut self, grant: &Grant, code: HandleHash) -> Result<()>;
    /// By id.
    async fn find_grant(&mut self, id: GrantId) -> Result<Option<Grant>>;
    /// The one that a code gave.
    async fn grant_of_code(&mut self, code: HandleHash) -> Result<Option<Grant>>;
    /// By its place in the status lists.
    async fn grant_at(&mut self, place: StatusPlace) -> Result<Option<Grant>>;
    /// Those of a player that stand at `now`.
    async fn standing_grants(&mut self, player: PlayerId, now: Timestamp) -> Result<Vec<Grant>>;
    /// When the verifications were that a player's grants came of, after `since`.
    async fn verified_since(&mut self, player: PlayerId, since: Timestamp) -> Result<Vec<Timestamp>>;
    /// How many of an operator stand at `now`.
    async fn count_grants_of(&mut self, operator: &OperatorId, now: Timestamp) -> Result<u64>;
    /// Ends all of an operator that stand at `now`; returns how many.
    async fn end_grants_of(&mut self, operator: &OperatorId, now: Timestamp) -> Result<u64>;
    /// Ends one; false when it had ended before or is unknown.
    async fn end_grant(&mut self, id: GrantId, now: Timestamp) -> Result<bool>;
    /// Places of a status list whose grants have ended.
    async fn ended_places(&mut self, list: u32) -> Result<Vec<u32>>;
    /// Keeps refresh tokens, each of its grant; [`StoreError::Conflict`] when one is there already.
    async fn insert_refresh_tokens(&mut self, tokens: &[NewRefreshToken], now: Timestamp) -> Result<()>;
    /// When the refresh tokens of a grant were issued, the oldest first, each with its generation.
    async fn refresh_tokens_of(&mut self, grant: GrantId) -> Result<Vec<(u32, Timestamp)>>;
    /// What is known of refresh tokens, and marks those as used that were not yet. Unknown ones are left out.
    async fn use_refresh_tokens(
        &mut self,
        hashes: &[HandleHash],
        now: Timestamp,
    ) -> Result<HashMap<HandleHash, ShownRefreshToken>>;
    /// The grant of a refresh token, used or not.
    async fn grant_of_refresh_token(&mut self, hash: HandleHash) -> Result<Option<Grant>>;
    /// Remembers DPoP proofs until they expire; those that were not seen before. Forgets expired ones.
    async fn remember_proofs(
        &mut self,
        proofs: &[(HandleHash, Timestamp)],
        now: Timestamp,
    ) -> Result<HashSet<HandleHash>>;
}

/// Verifications.
#[async_trait]
pub trait Verifications {
    /// Adds a new one.
    async fn insert_verification(&mut self, verification: &Verification) -> Result<()>;
    /// By id.
    async fn find_verification(&mut self, id: VerificationId) -> Result<Option<Verification>>;
    /// By the hash of the browser session's handle.
    async fn find_session(&mut self, session: HandleHash) -> Result<Option<Verification>>;
    /// Those of a player that wait for a second proof or a second factor, or were approved and may still give a code or, decided after `since`,
    /// a grant; the oldest first.
    async fn unsettled_verifications(&mut self, player: PlayerId, since: Timestamp) -> Result<Vec<Verification>>;
    /// Whether somebody showed face and second factor in this browser, and they counted: `player`, or anybody.
    async fn has_proven(&mut self, device: HandleHash, player: Option<PlayerId>) -> Result<bool>;
    /// Writes a change of the revision that was read and raises `revision`; [`StoreError::Conflict`] when someone was
    /// faster.
    async fn update_verification(&mut self, verification: &mut Verification) -> Result<()>;
}

/// Players, found by a keyed hash of their IIN.
#[async_trait]
pub trait Players {
    /// The player with this IIN; makes one with `id` when there is none.
    async fn player_of(&mut self, iin: &Iin, id: PlayerId, now: Timestamp) -> Result<PlayerId>;
    /// The player with this IIN, if they named themselves before.
    async fn find_player(&mut self, iin: &Iin) -> Result<Option<PlayerId>>;
    /// The IIN of a player.
    async fn find_iin(&mut self, player: PlayerId) -> Result<Option<Iin>>;
    /// Holds other transactions off this player until this one ends, so that two guesses cannot race.
    async fn lock_player(&mut self, player: PlayerId) -> Result<()>;
}

/// How many players wait for a template of one model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateCount {
    /// Those with templates of other models alone, whose photo was not found unusable.
    pub due: u64,
    /// Those whose photo was found unusable with this model.
    pub unusable: u64,
}

/// The templates of ID photos. They outlive their models: each says which one made it.
#[async_trait]
pub trait IdTemplates {
    /// Keeps the template of the ID photo with this sha256, in place of older ones of the same model; the photo
    /// counts as usable from here on.
    async fn put_id_template(&mut self, player: PlayerId, photo: [u8; 32], template: &Template) -> Result<()>;
    /// The template of this very photo by this model.
    async fn find_id_template(
        &mut self,
        player: PlayerId,
        photo: [u8; 32],
        model: &ModelHash,
    ) -> Result<Option<Template>>;
    /// Players who have templates of other models alone and whose photo was not found unusable with this one, by id
    /// after `after`, at most `limit`.
    async fn list_template_due(
        &mut self,
        model: &ModelHash,
        after: Option<PlayerId>,
        limit: u32,
    ) -> Result<Vec<PlayerId>>;
    /// How many they are.
    async fn count_templates(&mut self, model: &ModelHash) -> Result<TemplateCount>;
    /// Remembers that this model makes no template of the player's photo.
    async fn refuse_id_template(
        &mut self,
        player: PlayerId,
        model: &ModelHash,
        reason: ReasonCode,
        now: Timestamp,
    ) -> Result<()>;
    /// Forgets all that was remembered of this model; says of how many players.
    async fn forget_template_refusals(&mut self, model: &ModelHash) -> Result<u64>;
    /// Deletes what other models made for players who have a template of this one, and what is remembered of other
    /// models; says how many templates.
    async fn prune_id_templates(&mut self, model: &ModelHash) -> Result<u64>;
}

/// Second factors, ceremonies under way, and lockouts.
#[async_trait]
pub trait Factors {
    /// Keeps ceremony state, in place of an earlier one of the same verification and kind.
    async fn put_ceremony(
        &mut self,
        verification: VerificationId,
        kind: CeremonyKind,
        state: &SecretBytes,
        expires_at: Timestamp,
    ) -> Result<()>;
    /// Takes ceremony state away, whatever follows; `None` when there is none or it has expired.
    async fn take_ceremony(
        &mut self,
        verification: VerificationId,
        kind: CeremonyKind,
        now: Timestamp,
    ) -> Result<Option<SecretBytes>>;
    /// Adds a passkey; [`StoreError::Conflict`] when the credential id is enrolled already.
    async fn insert_passkey(&mut self, passkey: &StoredPasskey) -> Result<()>;
    /// All passkeys of a player.
    async fn list_passkeys(&mut self, player: PlayerId) -> Result<Vec<StoredPasskey>>;
    /// Stores a passkey's new state after use.
    async fn update_passkey(&mut self, id: PasskeyId, content: &SecretBytes, now: Timestamp) -> Result<()>;
    /// Keeps a TOTP enrolment in place of an unconfirmed one; [`StoreError::Conflict`] when one is confirmed.
    async fn put_totp(&mut self, enrolment: &TotpEnrolment, now: Timestamp) -> Result<()>;
    /// The enrolment, confirmed or not.
    async fn find_totp(&mut self, player: PlayerId) -> Result<Option<TotpEnrolment>>;
    /// Sets the last accepted step, only if `step` is later than the stored one; false otherwise.
    async fn advance_totp(&mut self, player: PlayerId, step: i64) -> Result<bool>;
    /// Keeps the step of a code that was told to be of later.
    async fn note_told_step(&mut self, player: PlayerId, step: i64) -> Result<()>;
    /// Says by what the player's TOTP is bound, in the transaction that confirms it.
    async fn bind_totp(&mut self, player: PlayerId, binding: &Binding) -> Result<()>;
    /// Keeps a set in place of the earlier one.
    async fn put_recovery_codes(&mut self, player: PlayerId, codes: &RecoveryCodes) -> Result<()>;
    /// The player's set, used codes included.
    async fn find_recovery_codes(&mut self, player: PlayerId) -> Result<Option<RecoveryCodes>>;
    /// Marks a code used; false when it was used before.
    async fn use_recovery_code(&mut self, player: PlayerId, place: i64, now: Timestamp) -> Result<bool>;
    /// Failures so far.
    async fn find_lockout(&mut self, player: PlayerId) -> Result<Lockout>;
    /// Keeps failures.
    async fn put_lockout(&mut self, player: PlayerId, lockout: &Lockout) -> Result<()>;
}

/// Cases for compliance staff.
#[async_trait]
pub trait Cases {
    /// Keeps a case, its frame encrypted; [`StoreError::Conflict`] when the reason that it contests is contested already.
    async fn insert_case(&mut self, case: &Case) -> Result<()>;
    /// Reasons of a verification that the player contested.
    async fn contested_reasons(&mut self, verification: VerificationId) -> Result<Vec<ReasonCode>>;
    /// The newest first, without frames and statements; those older than `before` when given.
    async fn list_cases(&mut self, limit: u32, before: Option<CaseId>) -> Result<Vec<Case>>;
    /// One, with all that is kept of it.
    async fn find_case(&mut self, id: CaseId) -> Result<Option<Case>>;
}

/// Whom operators know by which subject, and who asked about whom.
#[async_trait]
pub trait Enquiries {
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

/// What people restricted themselves to. Nothing changes it or takes it back.
#[async_trait]
pub trait SelfRestrictions {
    /// Keeps one; it counts from this transaction on.
    async fn insert_self_restriction(&mut self, restriction: &SelfRestriction) -> Result<()>;
    /// Those of a player that could be taken back at `now`, the oldest first.
    async fn revocable_self_restrictions(&mut self, player: PlayerId, now: Timestamp) -> Result<Vec<SelfRestriction>>;
    /// Keeps that one was taken back; [`StoreError::Conflict`] when it was before, cannot be, or not any more.
    async fn end_self_restriction(&mut self, restriction: &SelfRestriction) -> Result<()>;
    /// Until when the player has restricted themselves, at the latest; a time that is past when they are free.
    async fn self_restricted_until(&mut self, player: PlayerId) -> Result<Option<Timestamp>>;
}

/// The tamper-evident log.
#[async_trait]
pub trait AuditLog {
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

/// The embedded population register.
#[async_trait]
pub trait Citizens {
    /// Adds or replaces people.
    async fn put_citizens(&mut self, citizens: &[Citizen], now: Timestamp) -> Result<()>;
    /// By IIN.
    async fn find_citizen(&mut self, iin: &Iin) -> Result<Option<Citizen>>;
    /// Removes a made-up person; false when there is none. Real people leave with their register alone.
    async fn remove_sandbox_citizen(&mut self, iin: &Iin) -> Result<bool>;
    /// Made-up people of the sandbox, oldest first.
    async fn list_sandbox_citizens(&mut self) -> Result<Vec<Citizen>>;
}

/// Faces that were seen, and likenesses that staff found innocent.
#[async_trait]
pub trait Sightings {
    /// Keeps a face in place of an older one of the same key; one without a template tells replicas to let go of it.
    async fn put_sighting(&mut self, sighting: &Sighting, model: &ModelHash) -> Result<()>;
    /// At most `limit` sightings of `model` with an id after `after`, in order of their ids.
    async fn list_sightings(&mut self, model: &ModelHash, after: SightingId, limit: u32) -> Result<Vec<Sighting>>;
    /// Those of `keys` that are kept, of `model`.
    async fn find_sightings(&mut self, model: &ModelHash, keys: &[SightingKey]) -> Result<Vec<Sighting>>;
    /// Deletes, at most `limit`, players' faces seen before `since` and traces of what was taken back before
    /// `taken_back`; returns how many.
    async fn delete_sightings(&mut self, since: Timestamp, taken_back: Timestamp, limit: u32) -> Result<u64>;
    /// Notes that the likeness of two is innocent; once is enough.
    async fn put_clearance(&mut self, one: Uuid, other: Uuid, case: CaseId, now: Timestamp) -> Result<()>;
    /// With whom `one` was cleared.
    async fn cleared_with(&mut self, one: Uuid) -> Result<Vec<Uuid>>;
}

/// Failed captures, and whom they lock.
#[async_trait]
pub trait FaceLockouts {
    /// What is known of the subject; nothing is a clean slate.
    async fn find_face_lockout(&mut self, subject: LockSubject) -> Result<FaceLockout>;
    /// The same, and other transactions that hold it wait until this one ends: two failures at once count as two. Persons
    /// are held before devices, and both before an event is appended.
    async fn hold_face_lockout(&mut self, subject: LockSubject) -> Result<FaceLockout>;
    /// Keeps it.
    async fn put_face_lockout(&mut self, subject: LockSubject, lockout: &FaceLockout) -> Result<()>;
    /// Sets the failures to nought, if there are any; locks stay.
    async fn clear_face_failures(&mut self, subject: LockSubject) -> Result<()>;
    /// Deletes, at most `limit`, what had no failure since `quiet_since` and locks nobody at `now`; returns how many.
    async fn delete_face_lockouts(&mut self, quiet_since: Timestamp, now: Timestamp, limit: u32) -> Result<u64>;
}

/// Frames of recent captures, to know recordings by.
#[async_trait]
pub trait FrameFingerprints {
    /// Keeps those of one capture, encrypted; [`StoreError::Conflict`] when that capture has some already.
    async fn put_fingerprints(&mut self, film: &CaptureFilm) -> Result<()>;
    /// Those of the player's captures since `since`, of the newest `captures` of them.
    async fn fingerprints_of(
        &mut self,
        player: PlayerId,
        since: Timestamp,
        captures: u32,
    ) -> Result<Vec<FrameFingerprint>>;
    /// Deletes, at most `limit`, captures' fingerprints of before `before`; returns of how many captures.
    async fn delete_fingerprints(&mut self, before: Timestamp, limit: u32) -> Result<u64>;
}
