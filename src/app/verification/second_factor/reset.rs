//! Staff take all second factors of a person away who has lost them, or from whom they were taken: the person makes them anew.

use serde_json::{Value, json};

use super::end_reached::{Reached, end_reached};
use super::recovery::recoveries;
use super::second_proof::hold::{overrule, overrule_hold};
use crate::app::notices::tell::{reachable, tell};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::identity::contact::Contact;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NoticeContent;
use crate::domain::oauth::grant::EndOfGrant;
use crate::domain::ports::UnitOfWork;
use crate::domain::second_factor::Enrolled;

/// Why nothing was forgotten.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForgetError {
    /// Nobody with this IIN was ever here.
    #[error("nobody with this IIN has begun a verification here")]
    Unknown,
    /// There is nothing to forget, nor any doubt of the contact to end.
    #[error("this person has no second factor")]
    NothingThere,
    /// What follows from it was not done.
    #[error(transparent)]
    Effect(#[from] PlayerError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Forgets every factor of the person with this IIN. `by`: who decided, never empty.
pub async fn forget_factors(services: &Services, iin: &Iin, by: &str) -> Result<(), ForgetError> {
    let now = services.clock.now();
    let player = services.store.read().await?.find_player(iin).await?.ok_or(ForgetError::Unknown)?;
    let contacts = reachable(services, player).await?;
    let mut unit = services.store.begin().await?;
    forget_player_factors(services, unit.as_mut(), (player, &contacts), json!({ "by": by }), now).await?;
    unit.commit().await?;
    Ok(())
}

/// The same of somebody who is known, within a transaction; `details` say who decided.
///
/// With the factors goes what was reached with them: grants end, an approval that gave no grant yet is none, and whoever stands
/// before the second step begins anew, lest somebody who got as far as that with the face enrols a factor of their own. What was said
/// of recoveries goes, too: the person may enrol by a code.
pub async fn forget_player_factors(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    (player, contacts): (PlayerId, &[Contact]),
    mut details: Value,
    now: Timestamp,
) -> Result<(), ForgetError> {
    unit.lock_player(player).await?;
    let there = unit.delete_factors(player).await?;
    let recoveries = recoveries(unit, player, now).await?;
    if there == Enrolled::default() && !recoveries.contact_is_doubted(now) {
        return Err(ForgetError::NothingThere);
    }
    overrule_hold(unit, player, now).await?;
    // Whoever has the link of a recovery that was carried out may be whom it is taken from. And staff made sure of who the person is:
    // a code of their contact is believed again.
    for hold in recoveries.carried_out(now).chain(recoveries.disowned(now)) {
        overrule(unit, hold, now).await?;
    }
    let reached = Reached { factor: None, except: None, why: EndOfGrant::FactorsForgotten };
    let ended = end_reached(services, unit, player, reached, now).await?;
    details["passkeys"] = json!(there.passkeys);
    details["totp"] = json!(there.totp);
    details["grants_ended"] = json!(ended);
    let kind = AuditKind::FactorsForgotten;
    unit.append_audit(&NewAuditEvent { kind, at: now, subject: player.to_string(), details }).await?;
    // In whose language they read is not known here.
    tell(services, unit, (player, contacts), &NoticeContent::FactorsForgotten, Locale::default(), now).await?;
    Ok(())
}
