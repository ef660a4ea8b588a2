//! The queue, and who has which case.

use serde_json::json;

use super::CaseWorkError;
use crate::app::Services;
use crate::app::staff::session::Admitted;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::id::{CaseId, StaffId};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;
use crate::domain::review::case::{Case, CaseStatus};
use crate::domain::review::case_work::{CaseDecision, CaseWork, WorkFault};
use crate::domain::review::ports::{CaseFilter, KeptEvidence, QueuedCase};
use crate::domain::staff::{Act, Login, StaffMember};

/// Most cases of one page.
pub const MAX_PAGE: u32 = 200;

/// A page of the queue, and how many cases there are in each status.
#[derive(Clone, Debug)]
pub struct QueuePage {
    /// The cases.
    pub cases: Vec<QueuedCase>,
    /// How many in each status, of all.
    pub counts: Vec<(CaseStatus, u64)>,
    /// Who is named in them.
    pub staff: Vec<StaffMember>,
}

/// Reads a page.
pub async fn read_queue(services: &Services, filter: &CaseFilter, limit: u32) -> Result<QueuePage, CaseWorkError> {
    let mut unit = services.store.read().await?;
    Ok(QueuePage {
        cases: unit.queue_cases(filter, limit.clamp(1, MAX_PAGE)).await?,
        counts: unit.count_cases().await?,
        staff: unit.list_staff().await?,
    })
}

/// A case as it stands, without evidence.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// The case; its picture and statement are left out.
    pub case: Case,
    /// Where it stands.
    pub work: CaseWork,
    /// What was decided, the oldest first.
    pub decisions: Vec<CaseDecision>,
    /// What became of its evidence.
    pub kept: KeptEvidence,
    /// Who is named in it.
    pub staff: Vec<StaffMember>,
}

/// Reads a case.
pub async fn read_case(services: &Services, id: CaseId) -> Result<CaseFile, CaseWorkError> {
    let mut unit = services.store.read().await?;
    let QueuedCase { case, work } = unit.find_queued_case(id).await?.ok_or(CaseWorkError::Unknown)?;
    let decisions = unit.list_case_decisions(id).await?;
    let kept = unit.find_evidence(id).await?;
    Ok(CaseFile { case, work, decisions, kept, staff: unit.list_staff().await? })
}

/// Who can take a case: whoever decides, and counts; by login.
pub async fn list_colleagues(store: &dyn Store) -> Result<Vec<StaffMember>, StoreError> {
    let mut all = store.read().await?.list_staff().await?;
    all.retain(|member| member.may(Act::Decide));
    Ok(all)
}

/// Takes a case.
pub async fn take_case(services: &Services, by: &Admitted, id: CaseId) -> Result<CaseWork, CaseWorkError> {
    assign(services, by, id, |work| work.take(by.member.id)).await
}

/// Lets a case go, to somebody when one is named.
pub async fn hand_over_case(
    services: &Services,
    by: &Admitted,
    id: CaseId,
    to: Option<&Login>,
) -> Result<CaseWork, CaseWorkError> {
    let to: Option<StaffId> = match to {
        Some(login) => {
            let found = services.store.read().await?.find_staff_by_login(login).await?;
            let there = found.filter(|member| member.may(Act::Decide));
            Some(there.ok_or(CaseWorkError::NobodyThere)?.id)
        }
        None => None,
    };
    let supervises = by.member.may(Act::Approve);
    assign(services, by, id, |work| work.hand_over(by.member.id, supervises, to)).await
}

async fn assign(
    services: &Services,
    by: &Admitted,
    id: CaseId,
    change: impl FnOnce(&mut CaseWork) -> Result<(), WorkFault>,
) -> Result<CaseWork, CaseWorkError> {
    let mut unit = services.store.begin().await?;
    let QueuedCase { mut work, .. } = unit.find_queued_case(id).await?.ok_or(CaseWorkError::Unknown)?;
    let before = work.clone();
    change(&mut work)?;
    if work != before {
        unit.update_case_work(&mut work).await?;
        let details = json!({ "by": by.member.login, "assignee": work.assignee });
        note(unit.as_mut(), services, AuditKind::CaseAssigned, id, details).await?;
        unit.commit().await?;
    }
    Ok(work)
}

/// What happened to a case, in the log.
pub(super) async fn note(
    unit: &mut (impl AuditLog + ?Sized),
    services: &Services,
    kind: AuditKind,
    case: CaseId,
    details: serde_json::Value,
) -> Result<(), CaseWorkError> {
    let event = NewAuditEvent { kind, at: services.clock.now(), subject: case.to_string(), details };
    Ok(unit.append_audit(&event).await.map(drop)?)
}
