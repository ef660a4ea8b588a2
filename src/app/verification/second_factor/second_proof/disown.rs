//! "This was not me": by the link in a notice, or by whoever passed the face step while an enrolment waits. Either ends it and
//! opens a case for staff; whom it locks out enrols anew. A recovery ends by its link alone: whoever passes the face step and has an
//! old factor shows it.

use super::hold::disown_hold;
use crate::app::notices::tell::{reachable, tell};
use crate::app::verification::record_case::open_case;
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::face::scores::FaceScores;
use crate::domain::kernel::handle::{HandleHash, hash_handle, is_handle};
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NoticeContent;
use crate::domain::ports::UnitOfWork;
use crate::domain::reason::ReasonCode;
use crate::domain::review::case::{Case, CaseStatus};
use crate::domain::second_factor::enrolment::{HeldEnrolment, HoldKind};
use crate::domain::second_factor::ports::HeldEnrolments;

/// What a link leads to. Looking changes nothing: programs that look at links before people do must not decide.
///
/// # Errors
/// [`PlayerError::LinkUnknown`] for a link that is unknown, used up or too old.
pub async fn view_held_enrolment(services: &Services, token: &str) -> Result<HeldEnrolment, PlayerError> {
    let mut unit = services.store.read().await?;
    find(unit.as_mut(), token, services.clock.now()).await
}

/// Ends the enrolment or the recovery that the link is about.
///
/// # Errors
/// As [`view_held_enrolment`].
pub async fn disown_by_link(services: &Services, token: &str) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.read().await?;
    let hold = find(unit.as_mut(), token, now).await?;
    drop(unit);
    let contacts = if hold.is_recovery() { reachable(services, hold.player).await? } else { Vec::new() };
    let mut unit = services.store.begin().await?;
    unit.lock_player(hold.player).await?;
    // Under the lock: what it was about may have been carried out meanwhile.
    let hold = find(unit.as_mut(), token, now).await?;
    if !disown(services, unit.as_mut(), &hold, "link", now).await? {
        return Err(PlayerError::LinkUnknown);
    }
    if hold.is_recovery() {
        // In whose language they read is not known here.
        let (told, content) = ((hold.player, contacts.as_slice()), NoticeContent::RecoveryCancelled);
        tell(services, unit.as_mut(), told, &content, Locale::default(), now).await?;
    }
    unit.commit().await?;
    Ok(())
}

/// Ends the enrolment that waits for the player of this session, who passed the face step. The session stays at its step.
///
/// # Errors
/// [`PlayerError::NothingHeld`] when none waits.
pub async fn disown_by_face(services: &Services, session: HandleHash) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let player = open(unit.as_mut(), session).await?.expect_contact(now)?;
    unit.lock_player(player).await?;
    let hold = unit.open_hold(player).await?.filter(|hold| hold.is_pending(now) && !hold.is_recovery());
    let hold = hold.ok_or(PlayerError::NothingHeld)?;
    if !disown(services, unit.as_mut(), &hold, "face", now).await? {
        return Err(PlayerError::NothingHeld);
    }
    unit.commit().await?;
    Ok(())
}

async fn find(
    unit: &mut (impl HeldEnrolments + ?Sized),
    token: &str,
    now: Timestamp,
) -> Result<HeldEnrolment, PlayerError> {
    if !is_handle(token) {
        return Err(PlayerError::LinkUnknown);
    }
    let hold = unit.find_hold(hash_handle(token)).await?;
    hold.filter(|hold| hold.may_be_disowned(now)).ok_or(PlayerError::LinkUnknown)
}

async fn disown(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    hold: &HeldEnrolment,
    by: &'static str,
    now: Timestamp,
) -> Result<bool, PlayerError> {
    if !disown_hold(services, unit, hold, by, now).await? {
        return Ok(false);
    }
    let Some(verification) = unit.find_verification(hold.verification).await? else { return Ok(true) };
    let case = Case {
        id: CaseId::new(now, services.randomness.as_ref()),
        verification: verification.id,
        operator: verification.operator,
        player: Some(hold.player),
        opened_at: now,
        status: CaseStatus::Open,
        reasons: vec![match hold.kind {
            HoldKind::First => ReasonCode::EnrolmentDisowned,
            HoldKind::Recovery => ReasonCode::RecoveryDisowned,
        }],
        scores: FaceScores::default(),
        face_hits: Vec::new(),
        frame: None,
        contest: None,
        attempt: None,
    };
    open_case(services, unit, &case, None).await?;
    Ok(true)
}
