//! A first factor is made: bound at once to whom the code of their contact proved, held for everybody else.

use serde_json::json;

use super::attempt::FactorAttempt;
use super::contacts::contacts_of_player;
use super::enrolled::expect_none;
use super::recovery::recoveries;
use super::second_proof::hold::{begin_hold, overrule_hold};
use crate::app::notices::queue::queue_notice;
use crate::app::verification::session::{audit, open};
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::audit::ports::AuditLog;
use crate::domain::identity::contact::Contact;
use crate::domain::identity::ports::Players;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NoticeContent;
use crate::domain::second_factor::enrolment::{HeldEnrolment, HoldKind};
use crate::domain::second_factor::ports::HeldEnrolments;
use crate::domain::second_factor::recovery_code::RecoveryCodes;
use crate::domain::second_factor::{Binding, BoundBy, FactorKind};
use crate::domain::verification::StepError;

/// Makes room for what is about to be made: what waits of an earlier visit goes, where this one has the better proof. Takes the
/// player's lock.
///
/// # Errors
/// [`PlayerError::EnrolmentPending`] where something waits and this visit has no better proof; [`StepError::OutOfTurn`] where its
/// proof is a code that is not believed any more.
pub(super) async fn make_room(
    unit: &mut (impl AuditLog + HeldEnrolments + Players + ?Sized),
    player: PlayerId,
    proof: BoundBy,
    now: Timestamp,
) -> Result<(), PlayerError> {
    unit.lock_player(player).await?;
    if proof == BoundBy::Contact {
        if recoveries(unit, player, now).await?.contact_is_doubted(now) {
            return Err(StepError::OutOfTurn.into());
        }
        return Ok(overrule_hold(unit, player, now).await?);
    }
    if unit.open_hold(player).await?.is_some() { Err(PlayerError::EnrolmentPending) } else { Ok(()) }
}

/// An enrolment under way, with its transaction open, the player's lock held, and the binding that its factor gets.
pub(super) struct Enrolling {
    pub(in crate::app) attempt: FactorAttempt,
    pub(super) binding: Binding,
    /// What waits, and the token by which it is disowned.
    hold: Option<(HeldEnrolment, SecretText)>,
    contacts: Vec<Contact>,
}

impl Enrolling {
    /// Asks for the person's contacts, then begins as every attempt does. What waits of an earlier visit goes, where this one has
    /// the better proof.
    ///
    /// # Errors
    /// [`PlayerError::FactorEnrolled`] where a factor counts, [`PlayerError::EnrolmentPending`] where one waits and this visit has no
    /// better proof; [`PlayerError::Contacts`] when whom to tell of a held one cannot be said.
    pub(in crate::app) async fn begin(services: &Services, session: HandleHash) -> Result<Self, PlayerError> {
        let now = services.clock.now();
        let mut unit = services.store.read().await?;
        let (player, proof) = open(unit.as_mut(), session).await?.expect_enrolment(now)?;
        let contacts = match contacts_of_player(services, unit, player).await {
            // The contact was proven a moment ago: that it is told once more must not undo it.
            Err(PlayerError::Contacts(why)) if proof == BoundBy::Contact => {
                tracing::warn!(%why, "nobody was told of a new factor");
                Vec::new()
            }
            other => other?,
        };
        let mut attempt = FactorAttempt::begin(services, session).await?;
        let (player, proof) = attempt.verification.expect_enrolment(attempt.now)?;
        let unit = attempt.unit.as_mut();
        expect_none(unit, player, attempt.now).await?;
        make_room(unit, player, proof, attempt.now).await?;
        let (binding, hold) = match proof {
            BoundBy::Contact => {
                let recovered = recoveries(unit, player, attempt.now).await?;
                let recovered = recovered.carried_out(attempt.now).next().map(Binding::recovered);
                (recovered.unwrap_or(Binding::at_once(proof)), None)
            }
            BoundBy::Wait | BoundBy::Face => {
                let of = (&attempt.verification, player);
                let (hold, token) = begin_hold(services, unit, of, HoldKind::First, attempt.now).await?;
                (Binding::held(&hold), Some((hold, token)))
            }
        };
        Ok(Self { attempt, binding, hold, contacts })
    }

    /// The factor was stored: with its recovery codes, the event and a notice to every contact the verification is decided.
    ///
    /// # Errors
    /// [`PlayerError::CodeTooSoon`] when not everybody on record can be told now of one that waits: then nothing is kept.
    pub(in crate::app) async fn finish(
        mut self,
        services: &Services,
        factor: FactorKind,
        codes: &RecoveryCodes,
        mut details: serde_json::Value,
        locale: Locale,
    ) -> Result<(), PlayerError> {
        let (player, now) = (self.attempt.player, self.attempt.now);
        let unit = self.attempt.unit.as_mut();
        unit.put_recovery_codes(player, codes).await?;
        details["factor"] = json!(factor.as_str());
        details["bound_by"] = json!(self.binding.by.as_str());
        if let Some((hold, _)) = &self.hold {
            details["counts_from"] = json!(hold.until.rfc3339());
        }
        let notice = match &self.hold {
            Some((hold, token)) => {
                NoticeContent::EnrolmentHeld { until: hold.until, not_me: services.policy.not_me(token) }
            }
            None => NoticeContent::FactorAdded { factor, not_me: None },
        };
        queue_notice(services, unit, player, &self.contacts, &notice, locale, now).await?;
        audit(unit, &self.attempt.verification, AuditKind::FactorEnrolled, details, now).await?;
        match &self.hold {
            Some((hold, _)) => self.attempt.hold(services, factor, hold.until).await,
            None => self.attempt.enrolled(services, factor, json!({ "factor": factor.as_str() })).await,
        }
    }
}
