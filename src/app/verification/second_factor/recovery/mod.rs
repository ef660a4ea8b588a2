//! A person who lost every factor gets another without staff: a code of the contact of record, a held time, and the code once
//! more.

pub mod cancel;
pub mod send;
pub mod verify;
pub mod view;

use super::contacts::contacts_of_player;
use crate::app::Services;
use crate::app::verification::error::PlayerError;
use crate::app::verification::session::open;
use crate::domain::identity::contact::Contact;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::enrolment::ProofWanted;
use crate::domain::second_factor::ports::HeldEnrolments;
use crate::domain::second_factor::recovery::{REST, Recoveries, RecoveryState};

/// The player's recoveries, as far back as they matter.
pub(in crate::app) async fn recoveries(
    unit: &mut (impl HeldEnrolments + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<Recoveries, StoreError> {
    Ok(Recoveries::of(unit.recoveries(player, now.minus(REST)).await?))
}

/// Where a code may go and everybody is told, of the player of a session that is at the second step; asked outside any writing
/// transaction. None where the deployer takes no code of a contact as a proof.
async fn contacts(services: &Services, session: HandleHash, now: Timestamp) -> Result<Vec<Contact>, PlayerError> {
    let mut unit = services.store.read().await?;
    let player = open(unit.as_mut(), session).await?.expect_recovery(now)?;
    if services.policy.enrolment.proof == ProofWanted::Wait {
        return Ok(Vec::new());
    }
    contacts_of_player(services, unit, player).await
}

/// Whether a code does anything now.
fn expect_code_wanted(state: &RecoveryState) -> Result<(), PlayerError> {
    match state {
        RecoveryState::Open | RecoveryState::Due(_) => Ok(()),
        RecoveryState::Waits(_) => Err(PlayerError::RecoveryPending),
        RecoveryState::Closed(_) => Err(PlayerError::RecoveryClosed),
    }
}
