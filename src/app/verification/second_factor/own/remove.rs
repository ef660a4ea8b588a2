//! A factor that was lost, or is used no more, goes; the last one stays.

use serde_json::json;

use crate::app::notices::tell::tell;
use crate::app::verification::second_factor::confirm::{Confirmation, Confirmed, ShownFactor};
use crate::app::verification::second_factor::end_reached::{Reached, end_reached};
use crate::app::verification::session::audit;
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::locale::Locale;
use crate::domain::notices::NoticeContent;
use crate::domain::oauth::grant::EndOfGrant;
use crate::domain::second_factor::own::{FactorId, OwnFactorFault, expect_removable};

/// Removes it, and ends what was reached with factors of its kind at other visits: whoever has it now may have come before.
///
/// # Errors
/// [`PlayerError::OwnFactor`] when it is not there or the last; those of a second factor that does not hold.
pub async fn remove_factor(
    services: &Services,
    session: HandleHash,
    id: FactorId,
    shown: &ShownFactor,
    locale: Locale,
) -> Result<(), PlayerError> {
    let mut confirmation = Confirmation::begin(services, session, shown).await?;
    let factors = confirmation.unit.own_factors(confirmation.player).await?;
    expect_removable(&factors, id)?;
    let Confirmed { mut unit, verification, player, now, contacts, factor } =
        confirmation.expect(services, shown).await?;
    if !unit.delete_factor(player, id).await? {
        return Err(OwnFactorFault::Unknown.into());
    }
    let reached = Reached { factor: Some(id.kind()), except: Some(verification.id), why: EndOfGrant::FactorRemoved };
    let ended = end_reached(services, unit.as_mut(), player, reached, now).await?;
    let details = json!({ "factor": id.kind().as_str(), "id": id.to_string(), "confirmed_by": factor.as_str(),
        "grants_ended": ended });
    audit(unit.as_mut(), &verification, AuditKind::FactorRemoved, details, now).await?;
    let content = NoticeContent::FactorRemoved { factor: id.kind() };
    tell(services, unit.as_mut(), (player, &contacts), &content, locale, now).await?;
    unit.commit().await?;
    Ok(())
}
