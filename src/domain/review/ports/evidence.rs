//! The sealed evidence of cases.

use async_trait::async_trait;

use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::review::evidence::retention::Hold;

type Result<T> = std::result::Result<T, StoreError>;

/// What is sealed.
#[derive(Clone, Debug)]
pub struct SealedEvidence {
    /// What stands for the record in the log.
    pub digest: [u8; 32],
    /// The record.
    pub record: SecretBytes,
    /// Its pictures, by number.
    pub pictures: Vec<SecretBytes>,
    /// The number of the one that stands for the case.
    pub best: Option<usize>,
}

/// What is known of a case's evidence without opening it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptEvidence {
    /// What stands for the record in the log; `None` for cases that were opened before there were records.
    pub digest: Option<[u8; 32]>,
    /// Who keeps it beyond its term.
    pub hold: Option<Hold>,
    /// When its key was destroyed.
    pub erased_at: Option<Timestamp>,
}

/// Evidence, under a key for each case.
#[async_trait]
pub trait CaseEvidence: Send {
    /// Seals it under a fresh key; [`StoreError::Conflict`] when there is some.
    async fn seal_evidence(&mut self, case: CaseId, evidence: &SealedEvidence) -> Result<()>;
    /// What is known of it.
    async fn find_evidence(&mut self, case: CaseId) -> Result<KeptEvidence>;
    /// The record; `None` when there is none any more, or never was.
    async fn open_record(&mut self, case: CaseId) -> Result<Option<SecretBytes>>;
    /// One of its pictures.
    async fn open_picture(&mut self, case: CaseId, number: u32) -> Result<Option<SecretBytes>>;
    /// Other cases that have one of its pictures, byte for byte: the newest first.
    async fn cases_of_same_pictures(&mut self, case: CaseId, limit: u32) -> Result<Vec<CaseId>>;
    /// Keeps it beyond its term, or no longer.
    async fn hold_evidence(&mut self, case: CaseId, hold: Option<Hold>) -> Result<()>;
    /// Destroys its key, and deletes what the key had sealed and what else was measured or said;
    /// [`StoreError::Conflict`] when it is held or gone.
    async fn erase_evidence(&mut self, case: CaseId, at: Timestamp) -> Result<()>;
    /// Cases older than `before` that are over, not held and not erased, and clear refusals older than `unopened` of which the log has
    /// nothing but that they were recorded: the oldest first.
    async fn list_erasable(&mut self, before: CaseId, unopened: CaseId, limit: u32) -> Result<Vec<CaseId>>;
}
