//! A person restricts themselves, right after they have shown who they are, and confirms it with their second factor once more.

use serde_json::json;

use crate::app::notices::tell::tell;
use crate::app::oauth::issue::end;
use crate::app::verification::second_factor::confirm::{Confirmation, Confirmed, ShownFactor};
use crate::app::verification::session::audit;
use crate::app::webhooks::queue::queue_webhook;
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{PlayerId, SelfRestrictionId};
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NoticeContent;
use crate::domain::oauth::grant::EndOfGrant;
use crate::domain::oauth::ports::Grants;
use crate::domain::restrictions::self_restriction::{SelfRestriction, Term};
use crate::domain::second_factor::own::all_made_since;
use crate::domain::verification::Verification;
use crate::domain::webhooks::event::WebhookEvent;
use crate::domain::webhooks::ports::WebhookMessages;

/// Restricts the person for `term`: from this transaction on they may not play, and what was granted of them has ended.
///
/// # Errors
/// [`PlayerError::SelfRestriction`] when one stands that ends no earlier; those of a second factor that does not hold.
pub async fn restrict_self(
    services: &Services,
    session: HandleHash,
    term: Term,
    shown: &ShownFactor,
    locale: Locale,
) -> Result<(), PlayerError> {
    let mut confirmation = Confirmation::begin(services, session, shown).await?;
    let standing = confirmation.unit.self_restricted_until(confirmation.player).await?;
    let ends_at = SelfRestriction::end(term, standing, confirmation.now)?;
    let factors = confirmation.unit.own_factors(confirmation.player).await?;
    let Confirmed { mut unit, mut verification, player, now, contacts, factor } =
        confirmation.expect(services, shown).await?;
    let id = SelfRestrictionId::new(now, services.randomness.as_ref());
    // Whoever has nothing but what was made in this visit may be somebody else with the person's face.
    let first_visit = all_made_since(&factors, verification.face_at);
    let revocable_until = SelfRestriction::revocable_until(first_visit, now);
    let restriction = SelfRestriction {
        id,
        player,
        verification: verification.id,
        factor,
        starts_at: now,
        ends_at,
        revocable_until,
        taken_back_at: None,
        declared_over: unit.proven_over(verification.id).await?,
    };
    unit.insert_self_restriction(&restriction).await?;
    let details = json!({ "self_restriction": id.to_string(), "months": term.months(), "until": ends_at.rfc3339(),
        "factor": factor.as_str(), "revocable_until": revocable_until.map(Timestamp::rfc3339) });
    audit(unit.as_mut(), &verification, AuditKind::SelfRestricted, details, now).await?;
    let content = NoticeContent::SelfRestricted { until: ends_at, take_back: None };
    tell(services, unit.as_mut(), (player, &contacts), &content, locale, now).await?;
    let was_approved = verification.restrict(&restriction.restriction());
    unit.update_verification(&mut verification).await?;
    end_grants(services, unit.as_mut(), &verification, (player, was_approved), now).await?;
    unit.commit().await?;
    Ok(())
}

/// Ends what every operator was granted of the player. The operator of this verification was told that it was approved: it is
/// told in any case.
async fn end_grants(
    services: &Services,
    unit: &mut (impl AuditLog + Grants + WebhookMessages + ?Sized),
    verification: &Verification,
    (player, was_approved): (PlayerId, bool),
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut told = !was_approved;
    for grant in unit.active_grants(player, now).await? {
        if end(services, unit, &grant, EndOfGrant::Restricted, now).await? {
            told |= grant.operator == verification.operator;
        }
    }
    if !told {
        let event = WebhookEvent::player_restricted(services.policy.subject(&verification.operator, player));
        queue_webhook(unit, &verification.operator, &event, now, services.randomness.as_ref()).await?;
    }
    Ok(())
}
