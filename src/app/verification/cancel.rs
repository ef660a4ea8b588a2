//! The player turns back.

use serde_json::json;

use super::session::{open, record_decision};
use crate::app::{PlayerError, Services};
use crate::domain::decision::{Outcome, Verdict};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::reason::ReasonCode;

/// Ends the verification wherever it stands, and with it the request that it began by.
pub async fn cancel_verification(services: &Services, session: HandleHash) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    let outcome = Outcome::new(Verdict::Cancelled, [ReasonCode::Cancelled]);
    verification.end_early(outcome.clone(), now)?;
    unit.use_request(verification.id).await?;
    unit.update_verification(&mut verification).await?;
    record_decision(services, unit.as_mut(), &verification, &outcome, json!({}), now).await?;
    unit.commit().await?;
    Ok(())
}
