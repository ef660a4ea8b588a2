//! The person takes back what somebody else declared in their name, at the visit of a first factor: with a code of another contact of
//! record than that visit had, once no factor of it stands.

pub mod send;
pub mod verify;
pub mod view;

use crate::app::verification::second_factor::contacts::contacts_of_player;
use crate::app::verification::second_factor::recovery::recoveries;
use crate::app::verification::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::identity::contact::{Channel, Contact};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::ports::SelfRestrictions;
use crate::domain::restrictions::self_restriction::SelfRestrictionError;
use crate::domain::restrictions::self_restriction::take_back::IndependentProof;
use crate::domain::second_factor::BoundBy;
use crate::domain::second_factor::enrolment::ProofWanted;
use crate::domain::second_factor::ports::{FactorLife, HeldEnrolments};
use crate::domain::verification::Verification;

/// What this visit proves, once a code of this contact was typed.
async fn proof(
    unit: &mut (impl FactorLife + ?Sized),
    verification: &Verification,
    player: PlayerId,
    contact: Option<Channel>,
) -> Result<IndependentProof, PlayerError> {
    let oldest_factor = unit.own_factors(player).await?.into_iter().map(|factor| factor.created_at).min();
    let face_at = verification.face_at.ok_or(SelfRestrictionError::NotIndependent)?;
    let bound_by_contact = verification.bound_by == Some(BoundBy::Contact);
    Ok(IndependentProof::Person { verification: verification.id, face_at, bound_by_contact, oldest_factor, contact })
}

/// Over which contacts a code would be enough for all that can be taken back.
///
/// # Errors
/// [`SelfRestrictionError::Irrevocable`] when nothing can be, [`SelfRestrictionError::NotIndependent`] when no code would be enough.
pub(in crate::app) async fn channels(
    services: &Services,
    unit: &mut (impl FactorLife + HeldEnrolments + SelfRestrictions + ?Sized),
    verification: &Verification,
    player: PlayerId,
    now: Timestamp,
) -> Result<Vec<Channel>, PlayerError> {
    let revocable = unit.revocable_self_restrictions(player, now).await?;
    if !revocable.iter().any(|one| one.is_revocable(now)) {
        return Err(SelfRestrictionError::Irrevocable.into());
    }
    let codes_prove = services.policy.enrolment.proof == ProofWanted::Contact
        && !recoveries(unit, player, now).await?.contact_is_doubted(now);
    let mut enough = Vec::new();
    for channel in Channel::ALL.into_iter().filter(|_| codes_prove) {
        let proof = proof(unit, verification, player, Some(channel)).await?;
        if revocable.iter().all(|one| one.clone().take_back(&proof, now).is_ok()) {
            enough.push(channel);
        }
    }
    if enough.is_empty() { Err(SelfRestrictionError::NotIndependent.into()) } else { Ok(enough) }
}

/// The contacts on record of the session's person that such a code may go to; asked outside any writing transaction.
///
/// # Errors
/// Those of [`channels`]; [`PlayerError::Contacts`] when it cannot be told what is on record.
async fn contacts(services: &Services, session: HandleHash, now: Timestamp) -> Result<Vec<Contact>, PlayerError> {
    let mut unit = services.store.read().await?;
    let verification = open(unit.as_mut(), session).await?;
    let player = verification.expect_self_service(now)?;
    let enough = channels(services, unit.as_mut(), &verification, player, now).await?;
    let mut contacts = contacts_of_player(services, unit, player).await?;
    contacts.retain(|contact| enough.contains(&contact.channel()));
    if contacts.is_empty() { Err(SelfRestrictionError::NotIndependent.into()) } else { Ok(contacts) }
}
