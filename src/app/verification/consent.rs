//! The player agrees to what is done with their data.

use serde_json::json;

use super::session::{audit, open};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::kernel::handle::HandleHash;

/// The version of the consent text that the pages show.
pub const CONSENT_VERSION: &str = "2026-11";

/// Records consent to this very text, and uses up the request by which the verification began: of several browsers that the link
/// was opened in, the first to consent goes on (FAPI 2.0 Security Profile section 5.3.2.2, note 3).
pub async fn give_consent(
    services: &Services,
    session: HandleHash,
    accepted: bool,
    version: &str,
) -> Result<(), PlayerError> {
    if !accepted || version != CONSENT_VERSION {
        return Err(PlayerError::ConsentNeeded);
    }
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    verification.give_consent(version, now)?;
    if !unit.use_request(verification.id).await? {
        return Err(PlayerError::RequestTaken);
    }
    unit.update_verification(&mut verification).await?;
    audit(unit.as_mut(), &verification, AuditKind::ConsentGiven, json!({ "version": version }), now).await?;
    unit.commit().await?;
    Ok(())
}
