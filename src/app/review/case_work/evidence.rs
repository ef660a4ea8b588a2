//! Faces, IINs and what was measured: each look says why, and is in the log before anything is shown.

use serde_json::json;

use super::CaseWorkError;
use super::queue::note;
use super::source_records::{SourceRecords, read_source_records};
use crate::app::Services;
use crate::app::review::cases::CaseSummary;
use crate::app::review::evidence::EvidenceError;
use crate::app::review::evidence::replay::open_dossier;
use crate::app::review::why::Why;
use crate::app::staff::session::Admitted;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::identity::person::Iin;
use crate::domain::identity::ports::Players;
use crate::domain::kernel::id::{CaseId, PlayerId};
use crate::domain::kernel::secret::SecretText;
use crate::domain::review::case::Case;
use crate::domain::review::evidence::dossier::{Dossier, JudgedCapture};
use crate::domain::review::ports::{CaseFilter, CaseQueue, QueuedCase};
use crate::domain::verification::Verification;

/// Most earlier attempts that are shown.
const EARLIER: u32 = 50;
/// Most likenesses of which cases are shown, and of each so many.
const LIKES: usize = 10;
const EACH: u32 = 10;

/// What a case has to show.
#[derive(Debug)]
pub struct OpenedEvidence {
    /// What was measured and what the player contests.
    pub summary: CaseSummary,
    /// Who it is said to be.
    pub iin: Option<Iin>,
    /// The attempt.
    pub verification: Option<Verification>,
    /// Whether there is a live picture.
    pub has_frame: bool,
    /// Other cases of the person, the newest first.
    pub earlier: Vec<QueuedCase>,
    /// Cases of other people from the same browser, the newest first.
    pub same_device: Vec<QueuedCase>,
    /// Cases of people whose face is like this one.
    pub same_face: Vec<QueuedCase>,
    /// Cases with a frame of this one, byte for byte.
    pub same_frames: Vec<QueuedCase>,
    /// Whether there is a capture to look at.
    pub has_capture: bool,
    /// What sources say now of what the player contests.
    pub records: Option<SourceRecords>,
}

/// Opens the evidence of a case.
pub async fn view_evidence(
    services: &Services,
    by: &Admitted,
    id: CaseId,
    why: &Why,
) -> Result<OpenedEvidence, CaseWorkError> {
    let mut unit = services.store.begin().await?;
    let case = unit.find_case(id).await?.ok_or(CaseWorkError::Unknown)?;
    let details = json!({ "viewer": by.member.login, "why": why.as_str(), "what": "evidence" });
    note(unit.as_mut(), services, AuditKind::CaseViewed, id, details).await?;
    let iin = iin_of(unit.as_mut(), &case).await?;
    let filter = CaseFilter { player: case.player, ..CaseFilter::default() };
    let mut earlier = match case.player {
        Some(_) => unit.queue_cases(&filter, EARLIER).await?,
        None => Vec::new(),
    };
    earlier.retain(|other| other.case.id != id);
    let verification = unit.find_verification(case.verification).await?;
    let device = verification.as_ref().and_then(|verification| verification.device);
    let mut same_device = match device {
        Some(_) => unit.queue_cases(&CaseFilter { device, ..CaseFilter::default() }, EARLIER).await?,
        None => Vec::new(),
    };
    same_device.retain(|other| other.case.player != case.player);
    let same_face = cases_of_likes(unit.as_mut(), &case).await?;
    let mut same_frames = Vec::new();
    for other in unit.cases_of_same_pictures(id, EARLIER).await? {
        same_frames.extend(unit.find_queued_case(other).await?);
    }
    let has_capture = unit.open_picture(id, 0).await?.is_some();
    unit.commit().await?;
    let contested = case.contest.as_ref().map(|contest| contest.reason);
    let records = match (&iin, contested) {
        (Some(iin), Some(reason)) => read_source_records(services, iin, reason).await?,
        _ => None,
    };
    Ok(OpenedEvidence {
        summary: CaseSummary::from(&case),
        iin,
        verification,
        has_frame: case.frame.is_some(),
        earlier,
        same_device,
        same_face,
        same_frames,
        has_capture,
        records,
    })
}

/// Cases of people, and of attackers, whose face this one is like.
async fn cases_of_likes(unit: &mut (impl CaseQueue + ?Sized), case: &Case) -> Result<Vec<QueuedCase>, CaseWorkError> {
    let mut found: Vec<QueuedCase> = Vec::new();
    for hit in case.face_hits.iter().take(LIKES) {
        if let Some(player) = hit.player.filter(|player| Some(*player) != case.player) {
            found.extend(unit.queue_cases(&CaseFilter { player: Some(player), ..CaseFilter::default() }, EACH).await?);
        }
        // An attacker is known by the case that showed them.
        found.extend(unit.find_queued_case(CaseId::from(hit.subject)).await?);
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.case.id));
    found.dedup_by_key(|one| one.case.id);
    found.retain(|one| one.case.id != case.id);
    Ok(found)
}

pub(super) async fn iin_of(unit: &mut (impl Players + ?Sized), case: &Case) -> Result<Option<Iin>, CaseWorkError> {
    match case.player {
        Some(player) => Ok(unit.find_iin(player).await?),
        None => Ok(None),
    }
}

/// Opens the capture of a case, frame by frame.
pub async fn view_capture(
    services: &Services,
    by: &Admitted,
    id: CaseId,
    why: &Why,
) -> Result<(Dossier, JudgedCapture), EvidenceError> {
    let mut unit = services.store.begin().await?;
    let (dossier, _) = open_dossier(unit.as_mut(), id).await?;
    let capture = dossier.capture.clone().ok_or(EvidenceError::NoCapture)?;
    let event = NewAuditEvent {
        kind: AuditKind::CaseViewed,
        at: services.clock.now(),
        subject: id.to_string(),
        details: json!({ "viewer": by.member.login, "why": why.as_str(), "what": "capture" }),
    };
    unit.append_audit(&event).await?;
    unit.commit().await?;
    Ok((dossier, capture))
}

/// The player with this IIN, whose cases somebody looks for. What was looked for is not in the log, but whom it found is.
pub async fn look_for(
    services: &Services,
    by: &Admitted,
    iin: &SecretText,
    why: &Why,
) -> Result<Option<PlayerId>, CaseWorkError> {
    let mut unit = services.store.begin().await?;
    let found = match Iin::parse(iin.expose()) {
        Ok(iin) => unit.find_player(&iin).await?,
        Err(_) => None,
    };
    let event = NewAuditEvent {
        kind: AuditKind::PersonLookedFor,
        at: services.clock.now(),
        subject: found.map_or_else(|| "nobody".to_owned(), |player| player.to_string()),
        details: json!({ "viewer": by.member.login, "why": why.as_str() }),
    };
    unit.append_audit(&event).await?;
    unit.commit().await?;
    Ok(found)
}
