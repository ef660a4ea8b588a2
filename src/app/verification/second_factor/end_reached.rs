//! What was reached with a factor ends with it: grants, and approvals that gave none yet.

use serde_json::json;

use crate::app::oauth::issue::end;
use crate::app::verification::session::record_decision;
use crate::app::{PlayerError, Services};
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::id::{PlayerId, VerificationId};
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::authorization::CODE_TTL;
use crate::domain::oauth::grant::EndOfGrant;
use crate::domain::oauth::ports::Grants;
use crate::domain::operators::ports::Enquiries;
use crate::domain::second_factor::FactorKind;
use crate::domain::verification::Verification;
use crate::domain::verification::ports::Verifications;
use crate::domain::webhooks::ports::WebhookMessages;

/// Of what a person reached, what ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reached {
    /// What was reached with factors of this kind; all, and whoever stands before the second step, when not said.
    pub(in crate::app) factor: Option<FactorKind>,
    /// But for this verification.
    pub(super) except: Option<VerificationId>,
    /// Why.
    pub(in crate::app) why: EndOfGrant,
}

impl Reached {
    fn holds(self, verification: VerificationId, factor: Option<FactorKind>) -> bool {
        self.except != Some(verification) && self.factor.is_none_or(|kind| factor == Some(kind))
    }

    fn holds_of(self, verification: &Verification) -> bool {
        self.holds(verification.id, verification.factor)
    }
}

/// Ends it; says how many grants that were. The player's lock is held.
pub(super) async fn end_reached(
    services: &Services,
    unit: &mut (impl AuditLog + Enquiries + Grants + Verifications + WebhookMessages + ?Sized),
    player: PlayerId,
    reached: Reached,
    now: Timestamp,
) -> Result<u32, PlayerError> {
    for mut verification in unit.unsettled_verifications(player, now.minus(CODE_TTL)).await? {
        if !reached.holds_of(&verification) || !verification.void(now) {
            continue;
        }
        unit.update_verification(&mut verification).await?;
        if let Some(outcome) = verification.outcome.clone() {
            let details = json!({ "why": reached.why.as_str() });
            record_decision(services, unit, &verification, &outcome, details, now).await?;
        }
    }
    let mut ended = 0;
    for grant in unit.active_grants(player, now).await? {
        if reached.holds(grant.verification, Some(grant.factor)) {
            ended += u32::from(end(services, unit, &grant, reached.why, now).await?);
        }
    }
    Ok(ended)
}
