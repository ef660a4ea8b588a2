//! Cases for compliance staff: a list, and one case with its picture. Who looks leaves a trace.

use serde::Serialize;

use super::why::Why;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::face::scores::FaceScores;
use crate::domain::face::search::FaceHit;
use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;
use crate::domain::review::case::{Case, CaseStatus};

/// Most cases of one list.
pub const MAX_LIST: u32 = 200;

/// A case as staff read it; the picture travels apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseSummary {
    /// Its id.
    pub id: String,
    /// The verification it came from.
    pub verification: String,
    /// For which operator.
    pub operator: String,
    /// Who, as our own id; an IIN is never shown here.
    pub player: Option<String>,
    /// When, RFC 3339.
    pub opened_at: String,
    /// `open` or `recorded`.
    pub status: CaseStatus,
    /// Reason codes.
    pub reasons: Vec<&'static str>,
    /// What was measured.
    pub scores: FaceScores,
    /// Whom the live face was like.
    pub face_hits: Vec<FaceHit>,
    /// The reason that the player contests, when they opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contested: Option<&'static str>,
    /// Their own words; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<SecretText>,
}

impl From<&Case> for CaseSummary {
    fn from(case: &Case) -> Self {
        Self {
            id: case.id.to_string(),
            verification: case.verification.to_string(),
            operator: case.operator.to_string(),
            player: case.player.map(|player| player.to_string()),
            opened_at: case.opened_at.rfc3339(),
            status: case.status,
            reasons: case.reasons.iter().map(|reason| reason.code()).collect(),
            scores: case.scores.clone(),
            face_hits: case.face_hits.clone(),
            contested: case.contest.as_ref().map(|contest| contest.reason.code()),
            statement: case.contest.as_ref().and_then(|contest| contest.statement.clone()),
        }
    }
}

/// The newest cases first, at most [`MAX_LIST`]; those older than `before` when given.
pub async fn list_cases(store: &dyn Store, limit: u32, before: Option<CaseId>) -> Result<Vec<CaseSummary>, StoreError> {
    let mut unit = store.read().await?;
    let cases = unit.list_cases(limit.clamp(1, MAX_LIST), before).await?;
    Ok(cases.iter().map(CaseSummary::from).collect())
}

/// One case with its picture, for `viewer` (a door or a person, never empty), who says why where there is nobody to ask them. The
/// trace is written before anything is shown.
pub async fn view_case(
    store: &dyn Store,
    clock: &dyn Clock,
    id: CaseId,
    viewer: &str,
    why: Option<&Why>,
) -> Result<Option<Case>, StoreError> {
    let mut unit = store.begin().await?;
    let Some(case) = unit.find_case(id).await? else {
        return Ok(None);
    };
    let event = NewAuditEvent {
        kind: AuditKind::CaseViewed,
        at: clock.now(),
        subject: id.to_string(),
        details: match why {
            Some(why) => serde_json::json!({ "viewer": viewer, "why": why.as_str() }),
            None => serde_json::json!({ "viewer": viewer }),
        },
    };
    unit.append_audit(&event).await?;
    unit.commit().await?;
    Ok(Some(case))
}
