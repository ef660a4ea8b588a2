//! The queue of cases, and what staff do with them.

use async_trait::async_trait;

use crate::domain::face::liveness::cues::Finding;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{CaseId, PlayerId, StaffId, VerificationId};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::reason::ReasonCode;
use crate::domain::review::case::{Case, CaseStatus, Risk};
use crate::domain::review::case_work::{CaseDecision, CaseWork};

type Result<T> = std::result::Result<T, StoreError>;

/// Whose a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseHolder {
    /// Nobody's.
    Nobody,
    /// This one's.
    Of(StaffId),
}

/// Which cases; what is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Where they stand.
    pub status: Option<CaseStatus>,
    /// Whose they are.
    pub holder: Option<CaseHolder>,
    /// One of their reasons.
    pub reason: Option<ReasonCode>,
    /// What a cue saw.
    pub finding: Option<Finding>,
    /// How much is at stake.
    pub risk: Option<Risk>,
    /// Opened from then on.
    pub from: Option<Timestamp>,
    /// Opened before then.
    pub until: Option<Timestamp>,
    /// For which operator.
    pub operator: Option<OperatorId>,
    /// About whom.
    pub player: Option<PlayerId>,
    /// From this browser.
    pub device: Option<HandleHash>,
    /// Opened after this one.
    pub after: Option<CaseId>,
    /// Opened before this one.
    pub before: Option<CaseId>,
    /// The oldest first; otherwise the newest.
    pub oldest_first: bool,
}

/// A case in the queue, without its picture, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuedCase {
    /// The case.
    pub case: Case,
    /// Where it stands.
    pub work: CaseWork,
}

/// Work on cases.
#[async_trait]
pub trait CaseQueue: Send {
    /// At most `limit` of those that fit.
    async fn queue_cases(&mut self, filter: &CaseFilter, limit: u32) -> Result<Vec<QueuedCase>>;
    /// How many are in each status; none is left out.
    async fn count_cases(&mut self) -> Result<Vec<(CaseStatus, u64)>>;
    /// One of them.
    async fn find_queued_case(&mut self, case: CaseId) -> Result<Option<QueuedCase>>;
    /// Writes a change of the revision that was read and raises it; [`StoreError::Conflict`] when someone was faster.
    async fn update_case_work(&mut self, work: &mut CaseWork) -> Result<()>;
    /// Keeps a decision.
    async fn insert_case_decision(&mut self, decision: &CaseDecision) -> Result<()>;
    /// Keeps what another said to it; [`StoreError::Conflict`] when somebody said something before.
    async fn settle_case_decision(&mut self, decision: &CaseDecision) -> Result<()>;
    /// All of a case, the oldest first.
    async fn list_case_decisions(&mut self, case: CaseId) -> Result<Vec<CaseDecision>>;
    /// What staff wrote to the player of a verification, the newest note of a decided case.
    async fn note_to_player(
        &mut self,
        verification: VerificationId,
    ) -> Result<Option<crate::domain::kernel::secret::SecretText>>;
    /// The player of a case may go on without the camera: once, on this device, until then.
    async fn grant_face_waiver(&mut self, case: CaseId, device: HandleHash, until: Timestamp) -> Result<()>;
    /// Uses such a leave up; the case that it came of, if there is one for this operator.
    async fn consume_face_waiver(
        &mut self,
        player: PlayerId,
        operator: &OperatorId,
        device: HandleHash,
        now: Timestamp,
    ) -> Result<Option<CaseId>>;
}
