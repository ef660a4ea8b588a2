//! The step between the face and a first second factor: a code to a contact of record, or a wait.

pub mod disown;
pub mod hold;
pub mod pretend;
pub mod send;
pub mod verify;
pub mod view;
pub mod wait;

use super::contacts::contacts_of_player;
use super::recovery::recoveries;
use crate::app::Services;
use crate::app::verification::error::PlayerError;
use crate::app::verification::session::open;
use crate::domain::identity::contact::Contact;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::contact_code::MAX_COUNT;
use crate::domain::second_factor::enrolment::ProofWanted;
use crate::domain::second_factor::ports::ContactCodes;

/// Whether a code proves something, and where it may go.
enum Codes {
    /// To these; none where none is on record, or the deployer wants no such proof.
    To(Vec<Contact>),
    /// It proves nothing: somebody said that a recovery was not theirs, for which one had been typed.
    Doubted,
}

impl Codes {
    fn contacts(&self) -> &[Contact] {
        match self {
            Self::To(contacts) => contacts,
            Self::Doubted => &[],
        }
    }
}

/// What can be done with codes by the player of a session that is at this step; asked outside any writing transaction.
async fn codes(services: &Services, session: HandleHash, now: Timestamp) -> Result<Codes, PlayerError> {
    let mut unit = services.store.read().await?;
    let player = open(unit.as_mut(), session).await?.expect_contact(now)?;
    if services.policy.enrolment.proof == ProofWanted::Wait {
        return Ok(Codes::To(Vec::new()));
    }
    if recoveries(unit.as_mut(), player, now).await?.contact_is_doubted(now) {
        return Ok(Codes::Doubted);
    }
    Ok(Codes::To(contacts_of_player(services, unit, player).await?))
}

/// When codes went to the player, as far back as they count.
pub(in crate::app) async fn sent(
    unit: &mut (impl ContactCodes + ?Sized),
    player: PlayerId,
    now: Timestamp,
) -> Result<Vec<Timestamp>, StoreError> {
    unit.contact_codes_sent(player, now.minus(MAX_COUNT)).await
}

/// Whether who is at this step may wait instead of typing a code. A doubted contact is on record all the same.
fn may_wait(services: &Services, codes: &Codes) -> bool {
    let none = matches!(codes, Codes::To(contacts) if contacts.is_empty());
    none || services.policy.enrolment.wait_without_access
}
