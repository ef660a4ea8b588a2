//! Cases: failed and doubtful attempts, kept with their evidence for compliance staff.

use serde::{Deserialize, Serialize};

use super::face_search::FaceHit;
use super::id::{CaseId, PlayerId, VerificationId};
use super::liveness::cues::Evidence;
use super::operator::OperatorId;
use super::reason::ReasonCode;
use super::secret::SecretBytes;
use super::time::Timestamp;

/// The scores behind a face decision. For staff only; neither player nor operator ever sees them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FaceScores {
    /// Cosine similarity of live face and ID photo, -1 to 1.
    pub similarity: Option<f32>,
    /// Median of the frames' least PAD score, 0 (attack) to 1 (bona fide).
    pub presentation: Option<f32>,
    /// How many frames were kept.
    pub frames: usize,
    /// Unified quality of the best frame, 0 to 1.
    pub quality: Option<f32>,
    /// What each cue of liveness says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cues: Vec<Evidence>,
}

/// Whether someone has looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// Nobody has decided yet.
    Open,
    /// Kept for the record: the refusal was clear.
    Recorded,
}

impl CaseStatus {
    /// The status as the column writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Recorded => "recorded",
        }
    }

    /// Reads [`CaseStatus::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Recorded].into_iter().find(|status| status.as_str() == name)
    }
}

/// One attempt as staff see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The verification it came from.
    pub verification: VerificationId,
    /// For which operator.
    pub operator: OperatorId,
    /// Who, when they had named themselves.
    pub player: Option<PlayerId>,
    /// When.
    pub opened_at: Timestamp,
    /// Open when in doubt, recorded when the refusal was clear.
    pub status: CaseStatus,
    /// Why.
    pub reasons: Vec<ReasonCode>,
    /// What was measured.
    pub scores: FaceScores,
    /// Whom the live face was like, the most alike first.
    pub face_hits: Vec<FaceHit>,
    /// The best frame, if there was one: JPEG as captured. Not loaded in lists.
    pub frame: Option<SecretBytes>,
}
