//! What takes two of the staff besides lifting a refusal: one asks and says why, another says yes.

mod identity_check;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::staff::{Act, Login, Role};
use crate::domain::kernel::id::{CaseId, MeasureId, StaffId};
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::{NewCredential, NewOperator, OperatorChange, OperatorId};
use crate::domain::review::case_work::{Settlement, WorkFault};

pub use identity_check::{IdentityCheck, IdentityCheckFault, MAX_CHECK, MIN_CHECK};

/// Nobody says yes after so long: who still wants it asks again.
pub const PROPOSAL_TTL: Duration = Duration::from_hours(7 * 24);
/// Who asked has so long to do what they were allowed.
pub const APPROVAL_TTL: Duration = Duration::from_hours(24);

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ControlledAction {
    /// The key of a case's evidence is destroyed.
    EraseEvidence {
        /// Which.
        case: CaseId,
    },
    /// A case's evidence leaves the house.
    ExportEvidence {
        /// Which.
        case: CaseId,
    },
    /// The person of a case may try again at once.
    UnlockPerson {
        /// Which.
        case: CaseId,
    },
    /// The person of a case has no second factor any more, and makes one anew.
    ForgetFactors {
        /// Which.
        case: CaseId,
    },
    /// The self-restriction of a case's person falls that somebody declared in their place, at the visit of a first factor.
    TakeBackSelfRestriction {
        /// Which.
        case: CaseId,
    },
    /// What a source sent, and what looked wrong, counts.
    ReleaseVersion {
        /// Whose.
        source: String,
        /// Which.
        version: u32,
    },
    /// What a source sent, and what waits, is dropped with all whom it would restrict.
    DiscardVersion {
        /// Whose.
        source: String,
        /// Which.
        version: u32,
    },
    /// What a source said before counts again: whom the version since restricted is free.
    RollBackSource {
        /// Whose.
        source: String,
        /// Which counts and will not any more.
        from: u32,
        /// Which counts again.
        version: u32,
    },
    /// An operator is registered.
    AddOperator {
        /// As what.
        operator: Box<NewOperator>,
    },
    /// An operator's answers go elsewhere, others may prove that they are it, or it may ask for more.
    ChangeOperator {
        /// Which.
        operator: OperatorId,
        /// How; what is not named stays.
        change: Box<OperatorChange>,
    },
    /// An operator that was stopped may ask again.
    EnableOperator {
        /// Which.
        operator: OperatorId,
    },
    /// An operator's messages go there.
    SetWebhook {
        /// Whose.
        operator: OperatorId,
        /// Where.
        url: Url,
    },
    /// An operator's messages are signed with another secret.
    RotateWebhook {
        /// Whose.
        operator: OperatorId,
    },
    /// Somebody joins who will decide, or say yes to what others decide.
    InviteStaff {
        /// What they sign in with.
        login: Login,
        /// How others know them.
        name: String,
        /// What they will be there for.
        roles: BTreeSet<Role>,
    },
    /// Such a one makes a new passkey.
    ReinviteStaff {
        /// Who.
        login: Login,
    },
    /// Somebody becomes such a one, or may act again.
    ChangeStaff {
        /// Who.
        login: Login,
        /// What they will be there for; as before when left out.
        roles: Option<BTreeSet<Role>>,
        /// Whether they may do nothing.
        disabled: Option<bool>,
    },
}

impl ControlledAction {
    /// Every [kind](Self::kind).
    pub const KINDS: [&str; 16] = [
        "erase_evidence",
        "export_evidence",
        "unlock_person",
        "forget_factors",
        "take_back_self_restriction",
        "release_version",
        "discard_version",
        "roll_back_source",
        "add_operator",
        "change_operator",
        "enable_operator",
        "set_webhook",
        "rotate_webhook",
        "invite_staff",
        "reinvite_staff",
        "change_staff",
    ];

    /// The kind, as columns and interfaces write it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::EraseEvidence { .. } => "erase_evidence",
            Self::ExportEvidence { .. } => "export_evidence",
            Self::UnlockPerson { .. } => "unlock_person",
            Self::ForgetFactors { .. } => "forget_factors",
            Self::TakeBackSelfRestriction { .. } => "take_back_self_restriction",
            Self::ReleaseVersion { .. } => "release_version",
            Self::DiscardVersion { .. } => "discard_version",
            Self::RollBackSource { .. } => "roll_back_source",
            Self::AddOperator { .. } => "add_operator",
            Self::ChangeOperator { .. } => "change_operator",
            Self::EnableOperator { .. } => "enable_operator",
            Self::SetWebhook { .. } => "set_webhook",
            Self::RotateWebhook { .. } => "rotate_webhook",
            Self::InviteStaff { .. } => "invite_staff",
            Self::ReinviteStaff { .. } => "reinvite_staff",
            Self::ChangeStaff { .. } => "change_staff",
        }
    }

    /// What it is about: a case, a source, an operator or a login.
    pub fn subject(&self) -> String {
        match self {
            Self::EraseEvidence { case }
            | Self::ExportEvidence { case }
            | Self::UnlockPerson { case }
            | Self::ForgetFactors { case }
            | Self::TakeBackSelfRestriction { case } => case.to_string(),
            Self::ReleaseVersion { source, .. }
            | Self::DiscardVersion { source, .. }
            | Self::RollBackSource { source, .. } => source.clone(),
            Self::AddOperator { operator } => operator.id.clone(),
            Self::ChangeOperator { operator, .. }
            | Self::EnableOperator { operator }
            | Self::SetWebhook { operator, .. }
            | Self::RotateWebhook { operator } => operator.to_string(),
            Self::InviteStaff { login, .. } | Self::ReinviteStaff { login } | Self::ChangeStaff { login, .. } => {
                login.to_string()
            }
        }
    }

    /// The source whose versions it changes.
    pub fn source(&self) -> Option<&str> {
        match self {
            Self::ReleaseVersion { source, .. }
            | Self::DiscardVersion { source, .. }
            | Self::RollBackSource { source, .. } => Some(source),
            _ => None,
        }
    }

    /// What it takes to ask for it.
    pub fn asked_by(&self) -> Act {
        match self {
            Self::EraseEvidence { .. }
            | Self::ExportEvidence { .. }
            | Self::UnlockPerson { .. }
            | Self::ForgetFactors { .. }
            | Self::TakeBackSelfRestriction { .. } => Act::Decide,
            Self::ReleaseVersion { .. } | Self::DiscardVersion { .. } | Self::RollBackSource { .. } => {
                Act::ManageSources
            }
            Self::AddOperator { .. }
            | Self::ChangeOperator { .. }
            | Self::EnableOperator { .. }
            | Self::SetWebhook { .. }
            | Self::RotateWebhook { .. } => Act::ManageOperators,
            Self::InviteStaff { .. } | Self::ReinviteStaff { .. } | Self::ChangeStaff { .. } => Act::ManageStaff,
        }
    }

    /// Whether who asks must write down how they made sure of whom they speak with.
    pub fn needs_identity_check(&self) -> bool {
        matches!(self, Self::ForgetFactors { .. } | Self::TakeBackSelfRestriction { .. })
    }

    /// What the log has of it: no names.
    pub fn details(&self) -> Value {
        match self {
            Self::ReleaseVersion { version, .. } | Self::DiscardVersion { version, .. } => {
                json!({ "kind": self.kind(), "version": version })
            }
            Self::RollBackSource { from, version, .. } => {
                json!({ "kind": self.kind(), "from": from, "version": version })
            }
            Self::ChangeOperator { change, .. } => json!({ "kind": self.kind(), "changed": change.changed() }),
            Self::SetWebhook { url, .. } => json!({ "kind": self.kind(), "url": url.as_str() }),
            Self::InviteStaff { roles, .. } => json!({ "kind": self.kind(), "roles": roles }),
            Self::ChangeStaff { roles, disabled, .. } => {
                json!({ "kind": self.kind(), "roles": roles, "disabled": disabled })
            }
            _ => json!({ "kind": self.kind() }),
        }
    }

    /// What is handed to who asked, who fetches it; all else is done with the yes.
    pub fn fetched(&self) -> Option<&'static str> {
        match self {
            Self::ExportEvidence { .. } => Some("bundle"),
            Self::InviteStaff { .. } | Self::ReinviteStaff { .. } => Some("invitation"),
            Self::SetWebhook { .. } | Self::RotateWebhook { .. } => Some("secret"),
            Self::AddOperator { operator } => (operator.credential == NewCredential::SandboxSecret).then_some("secret"),
            _ => None,
        }
    }

    /// Whether something is fetched.
    pub fn is_fetched(&self) -> bool {
        self.fetched().is_some()
    }

    /// Whether it is fetched once only.
    pub fn is_fetched_once(&self) -> bool {
        self.is_fetched() && !matches!(self, Self::ExportEvidence { .. })
    }
}

/// What makes a pair of eyes: to decide, to say yes to what others decided, to vouch for who comes in.
pub const EYES: [Act; 3] = [Act::Decide, Act::Approve, Act::Confirm];

/// Whether somebody with these roles is a pair of eyes: whoever makes such people alone has four.
pub fn can_approve(roles: &BTreeSet<Role>) -> bool {
    roles.iter().any(|role| EYES.into_iter().any(|act| role.may(act)))
}

/// Something that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: MeasureId,
    /// What.
    pub measure: ControlledAction,
    /// Why, in the words of who asked.
    pub why: String,
    /// How they made sure of whom they speak with, where that is needed.
    pub identity_check: Option<IdentityCheck>,
    /// Who asked.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// What another said.
    pub settlement: Option<Settlement>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
}

impl Proposal {
    /// Whether somebody may still say yes or no.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.settlement.is_none() && now >= self.at && now.since(self.at) < PROPOSAL_TTL
    }

    /// Another says yes or no.
    pub fn settle(&mut self, by: StaffId, yes: bool, now: Timestamp) -> Result<(), WorkFault> {
        if !self.waits(now) {
            return Err(WorkFault::NotDue);
        }
        if by == self.by {
            return Err(WorkFault::OwnDecision);
        }
        self.settlement = Some(Settlement { by, at: now, yes });
        if yes && !self.measure.is_fetched() {
            self.done_at = Some(now);
        }
        Ok(())
    }

    /// Who asked fetches what they were allowed.
    pub fn fetch(&mut self, by: StaffId, now: Timestamp) -> Result<(), WorkFault> {
        if by != self.by {
            return Err(WorkFault::NotYours);
        }
        let allowed = self.settlement.is_some_and(|settled| settled.yes && now.since(settled.at) < APPROVAL_TTL);
        let again = self.done_at.is_none() || !self.measure.is_fetched_once();
        if !(allowed && again && self.measure.is_fetched()) {
            return Err(WorkFault::NotDue);
        }
        self.done_at = self.done_at.or(Some(now));
        Ok(())
    }
}

pub mod ports;
#[cfg(test)]
mod tests;
