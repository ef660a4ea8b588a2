//! The contact step without a phone: it holds for whom a scenario plays.

use serde_json::json;

use crate::app::scenario::played::expect_scenario;
use crate::app::verification::session::{audit, open};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::kernel::handle::HandleHash;

/// Accepts the step as if the code had come back.
///
/// # Errors
/// [`PlayerError::NoScenario`] for everybody whom no scenario plays, and outside a sandbox.
pub async fn pretend_contact(services: &Services, session: HandleHash) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    expect_scenario(services, unit.as_mut(), &verification).await?;
    verification.contact_proven(now)?;
    unit.update_verification(&mut verification).await?;
    let details = json!({ "pretended": true });
    audit(unit.as_mut(), &verification, AuditKind::ContactProven, details, now).await?;
    unit.commit().await?;
    Ok(())
}
