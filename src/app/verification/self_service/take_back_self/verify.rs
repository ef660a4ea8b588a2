//! The code comes back, and the self-restriction falls.

use serde_json::json;

use super::super::take_back::take_back_all;
use super::{channels, proof};
use crate::app::notices::tell::{reachable, tell};
use crate::app::verification::second_factor::second_proof::verify::take_code;
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::identity::contact::Channel;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::locale::Locale;
use crate::domain::notices::NoticeContent;
use crate::domain::second_factor::contact_code::CodePurpose;

/// Takes the code; with a right one all ends at this moment that can be taken back, and every contact is told. What the person was
/// refused in this visit stays refused: they may begin another.
///
/// # Errors
/// [`PlayerError::SelfRestriction`] where nothing can be taken back, or not so; those of a code of the contact step.
pub async fn take_back_self_restriction(
    services: &Services,
    session: HandleHash,
    typed: &str,
    locale: Locale,
) -> Result<(), PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.read().await?;
    let player = open(unit.as_mut(), session).await?.expect_self_service(now)?;
    drop(unit);
    let contacts = reachable(services, player).await?;
    let mut unit = services.store.begin().await?;
    unit.lock_player(player).await?;
    // Under the lock: somebody may have taken the factors away meanwhile, and all that rested on them.
    let verification = open(unit.as_mut(), session).await?;
    verification.expect_self_service(now)?;
    channels(services, unit.as_mut(), &verification, player, now).await?;
    let (mut unit, code) = take_code(unit, &verification, player, CodePurpose::TakeBack, typed, now).await?;
    let proof = proof(unit.as_mut(), &verification, player, code.channel).await?;
    let details = json!({ "by": "person", "visit": verification.id, "over": code.channel.map(Channel::as_str) });
    take_back_all(unit.as_mut(), player, &proof, &details, now).await?;
    let content = NoticeContent::SelfRestrictionTakenBack;
    tell(services, unit.as_mut(), (player, &contacts), &content, locale, now).await?;
    unit.commit().await?;
    Ok(())
}
