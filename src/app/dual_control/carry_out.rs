//! What a yes lets happen.

use serde_json::{Value, json};

use super::DualControlError;
use super::propose::player_of;
use crate::app::Services;
use crate::app::notices::tell::tell;
use crate::app::operators::add::add;
use crate::app::operators::change::{change, switch};
use crate::app::restrictions::registry::manage::{discard_version, release_version, roll_back_version};
use crate::app::review::evidence::erase::erase_evidence;
use crate::app::staff::Asker;
use crate::app::staff::manage::{StaffChange, change_within};
use crate::app::verification::face::unlock::unlock_player;
use crate::app::verification::second_factor::reset::forget_player_factors;
use crate::app::verification::self_service::take_back::{staff_proof, take_back_all};
use crate::domain::dual_control::ControlledAction;
use crate::domain::identity::contact::Contact;
use crate::domain::kernel::id::{MeasureId, StaffId};
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::NoticeContent;
use crate::domain::ports::UnitOfWork;

/// Who did something together.
pub(super) struct Two {
    pub(super) asker: StaffId,
    pub(super) first: String,
    pub(super) second: String,
    pub(super) proposal: MeasureId,
}

impl Two {
    fn details(&self) -> Value {
        json!({ "by": self.first, "second": self.second, "proposal": self.proposal })
    }

    /// As the log names them in one word.
    fn named(&self) -> String {
        format!("staff {} with {}", self.first, self.second)
    }
}

pub(super) async fn carry_out(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    measure: &ControlledAction,
    contacts: &[Contact],
    two: &Two,
    now: Timestamp,
) -> Result<(), DualControlError> {
    match measure {
        ControlledAction::EraseEvidence { case } => erase_evidence(unit, *case, two.details(), now).await?,
        ControlledAction::UnlockPerson { case } => {
            let player = player_of(unit, *case).await?;
            unlock_player(unit, player, two.details(), now).await?;
        }
        ControlledAction::ForgetFactors { case } => {
            let player = player_of(unit, *case).await?;
            forget_player_factors(services, unit, (player, contacts), two.details(), now).await?;
        }
        ControlledAction::TakeBackSelfRestriction { case } => {
            let player = player_of(unit, *case).await?;
            unit.lock_player(player).await?;
            let proof = staff_proof(unit, player).await?;
            take_back_all(unit, player, &proof, &two.details(), now).await?;
            let content = NoticeContent::SelfRestrictionTakenBack;
            tell(services, unit, (player, contacts), &content, Locale::default(), now).await?;
        }
        ControlledAction::ReleaseVersion { source, version } => {
            release_version(unit, source, Some(*version), two.details(), now).await?;
        }
        ControlledAction::DiscardVersion { source, version } => {
            discard_version(unit, source, Some(*version), two.details(), now).await?;
        }
        ControlledAction::RollBackSource { source, from, version } => {
            roll_back_version(unit, source, Some((*from, *version)), two.details(), now).await?;
        }
        ControlledAction::ChangeStaff { login, roles, disabled } => {
            let wanted = StaffChange { roles: roles.clone(), disabled: *disabled, ..StaffChange::default() };
            let by = Asker { staff: Some(two.asker), named: two.named() };
            change_within(unit, login, wanted, &by, now).await?;
        }
        ControlledAction::AddOperator { operator } => {
            if !measure.is_fetched() {
                add(unit, services.randomness.as_ref(), now, operator.as_ref().clone(), &two.named()).await?;
            }
        }
        ControlledAction::ChangeOperator { operator, change: wanted } => {
            let id = operator.as_str();
            change(unit, (now, services.randomness.as_ref()), id, wanted.as_ref().clone(), &two.named()).await?;
        }
        ControlledAction::EnableOperator { operator } => {
            switch(unit, (now, services.randomness.as_ref()), operator.as_str(), false, &two.named()).await?;
        }
        // Fetched by who asked.
        ControlledAction::ExportEvidence { .. }
        | ControlledAction::InviteStaff { .. }
        | ControlledAction::ReinviteStaff { .. }
        | ControlledAction::SetWebhook { .. }
        | ControlledAction::RotateWebhook { .. } => {}
    }
    Ok(())
}
