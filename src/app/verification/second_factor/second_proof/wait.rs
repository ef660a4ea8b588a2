//! No code: what is enrolled now counts later. And who comes back before that is told so again.

use serde_json::json;

use super::{codes, may_wait};
use crate::app::verification::record_case::{CaseDraft, record_case};
use crate::app::verification::session::{audit, open, record_decision};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::kernel::handle::HandleHash;

/// Puts the second proof off, where the person has no contact on record or the deployer lets them. Where an enrolment of theirs
/// waits already, the visit ends with the time that it waits for: nothing that is shown hurries it.
///
/// # Errors
/// [`PlayerError::ContactNeeded`] where a code is wanted; [`PlayerError::Contacts`] when it cannot be told whether one can be sent.
pub async fn wait_instead(services: &Services, session: HandleHash) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let codes = codes(services, session, now).await?;
    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_contact(now)?;
    unit.lock_player(player).await?;
    if let Some(hold) = unit.open_hold(player).await?.filter(|hold| hold.is_pending(now)) {
        let outcome = verification.still_held(hold.until, now)?.clone();
        unit.update_verification(&mut verification).await?;
        let details = json!({ "hold": hold.id });
        record_decision(services, unit.as_mut(), &verification, &outcome, details, now).await?;
        let evidence = CaseDraft { reasons: outcome.codes(), ..CaseDraft::default() };
        record_case(services, unit.as_mut(), &verification, outcome.verdict, evidence, now).await?;
    } else if may_wait(services, &codes) {
        verification.wait_instead(now)?;
        unit.update_verification(&mut verification).await?;
        let details = json!({ "contacts": codes.contacts().len() });
        audit(unit.as_mut(), &verification, AuditKind::ContactPutOff, details, now).await?;
    } else {
        return Err(PlayerError::ContactNeeded);
    }
    unit.commit().await?;
    Ok(())
}
