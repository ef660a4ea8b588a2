//! What the store keeps of faces.

use super::comparison::{ModelHash, Template};
use super::liveness::fingerprint::FrameFingerprint;
use super::liveness::replay::CaptureFilm;
use super::lockout::{FaceLockout, LockSubject};
use super::search::{Sighting, SightingKey};
use crate::domain::kernel::id::{CaseId, PlayerId, SightingId};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;
use async_trait::async_trait;
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;

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
pub trait IdTemplates: Send {
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

/// Faces that were seen, and likenesses that staff found innocent.
#[async_trait]
pub trait Sightings: Send {
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
pub trait FaceLockouts: Send {
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
pub trait FrameFingerprints: Send {
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
