//! What takes two of the staff besides lifting a refusal: one asks and says why, another says yes.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::case_work::{Settlement, WorkFault};
use super::id::{CaseId, MeasureId, StaffId};
use super::staff::{Act, Login, Role};
use super::time::Timestamp;

/// Nobody says yes after so long: who still wants it asks again.
pub const WAITS: Duration = Duration::from_hours(7 * 24);
/// Who asked has so long to do what they were allowed.
pub const ALLOWED: Duration = Duration::from_hours(24);

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Measure {
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
    /// What a source sent, and what looked wrong, counts.
    ReleaseVersion {
        /// Whose.
        source: String,
        /// Which.
        version: u32,
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

impl Measure {
    /// The kind, as columns and interfaces write it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::EraseEvidence { .. } => "erase_evidence",
            Self::ExportEvidence { .. } => "export_evidence",
            Self::UnlockPerson { .. } => "unlock_person",
            Self::ReleaseVersion { .. } => "release_version",
            Self::InviteStaff { .. } => "invite_staff",
            Self::ReinviteStaff { .. } => "reinvite_staff",
            Self::ChangeStaff { .. } => "change_staff",
        }
    }

    /// What it is about: a case, a source or a login.
    pub fn subject(&self) -> String {
        match self {
            Self::EraseEvidence { case } | Self::ExportEvidence { case } | Self::UnlockPerson { case } => {
                case.to_string()
            }
            Self::ReleaseVersion { source, .. } => source.clone(),
            Self::InviteStaff { login, .. } | Self::ReinviteStaff { login } | Self::ChangeStaff { login, .. } => {
                login.to_string()
            }
        }
    }

    /// What it takes to ask for it.
    pub fn asked_by(&self) -> Act {
        match self {
            Self::EraseEvidence { .. } | Self::ExportEvidence { .. } | Self::UnlockPerson { .. } => Act::Decide,
            Self::ReleaseVersion { .. } => Act::ManageSources,
            Self::InviteStaff { .. } | Self::ReinviteStaff { .. } | Self::ChangeStaff { .. } => Act::ManageStaff,
        }
    }

    /// What the log has of it: no names.
    pub fn details(&self) -> Value {
        match self {
            Self::ReleaseVersion { version, .. } => json!({ "kind": self.kind(), "version": version }),
            Self::InviteStaff { roles, .. } => json!({ "kind": self.kind(), "roles": roles }),
            Self::ChangeStaff { roles, disabled, .. } => {
                json!({ "kind": self.kind(), "roles": roles, "disabled": disabled })
            }
            _ => json!({ "kind": self.kind() }),
        }
    }

    /// Whether something is handed to who asked, who fetches it; all else is done with the yes.
    pub fn is_fetched(&self) -> bool {
        matches!(self, Self::ExportEvidence { .. } | Self::InviteStaff { .. } | Self::ReinviteStaff { .. })
    }

    /// Whether it is fetched once only.
    pub fn is_fetched_once(&self) -> bool {
        matches!(self, Self::InviteStaff { .. } | Self::ReinviteStaff { .. })
    }
}

/// Whether somebody with these roles is a pair of eyes: whoever makes such people alone has four.
pub fn are_eyes(roles: &BTreeSet<Role>) -> bool {
    roles.iter().any(|role| role.may(Act::Decide) || role.may(Act::Approve))
}

/// Something that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: MeasureId,
    /// What.
    pub measure: Measure,
    /// Why, in the words of who asked.
    pub why: String,
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
        self.settlement.is_none() && now >= self.at && now.since(self.at) < WAITS
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
        let allowed = self.settlement.is_some_and(|settled| settled.yes && now.since(settled.at) < ALLOWED);
        let again = self.done_at.is_none() || !self.measure.is_fetched_once();
        if !(allowed && again && self.measure.is_fetched()) {
            return Err(WorkFault::NotDue);
        }
        self.done_at = self.done_at.or(Some(now));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ports::testing::SeededRandomness;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn ids() -> [StaffId; 3] {
        let randomness = SeededRandomness::new(1);
        [0, 1, 2].map(|_| StaffId::new(at(0), &randomness))
    }

    fn measures() -> Vec<Measure> {
        let case = CaseId::new(at(0), &SeededRandomness::new(2));
        let login: Login = "a.b".parse().unwrap();
        let roles: BTreeSet<Role> = [Role::Supervisor].into();
        vec![
            Measure::EraseEvidence { case },
            Measure::ExportEvidence { case },
            Measure::UnlockPerson { case },
            Measure::ReleaseVersion { source: "debtors".into(), version: 3 },
            Measure::InviteStaff { login: login.clone(), name: "A".into(), roles: roles.clone() },
            Measure::ReinviteStaff { login: login.clone() },
            Measure::ChangeStaff { login, roles: Some(roles), disabled: None },
        ]
    }

    fn asked(measure: Measure, by: StaffId) -> Proposal {
        let id = MeasureId::new(at(0), &SeededRandomness::new(3));
        Proposal { id, measure, why: "because".into(), by, at: at(0), settlement: None, done_at: None }
    }

    #[test]
    fn measures_are_written_and_read_back() {
        for measure in measures() {
            let written = serde_json::to_value(&measure).unwrap();
            assert_eq!(written["kind"], measure.kind());
            assert_eq!(serde_json::from_value::<Measure>(written).unwrap(), measure);
            assert!(!measure.subject().is_empty());
            let logged = measure.details();
            assert_eq!(logged["kind"], measure.kind());
            assert!(logged.get("name").is_none(), "{logged}");
        }
    }

    #[test]
    fn a_login_is_read_as_strictly_as_ever() {
        assert!(serde_json::from_str::<Measure>(r#"{"kind":"reinvite_staff","login":"A B"}"#).is_err());
    }

    #[test]
    fn what_was_allowed_is_fetched_in_time_by_who_asked_and_an_invitation_once() {
        let [one, two, three] = ids();
        for measure in measures() {
            let (fetched, once) = (measure.is_fetched(), measure.is_fetched_once());
            let mut proposal = asked(measure, one);
            assert_eq!(proposal.fetch(one, at(1)), Err(WorkFault::NotDue), "nobody said yes");
            proposal.settle(two, true, at(1)).unwrap();
            assert_eq!(proposal.done_at.is_some(), !fetched);
            assert_eq!(proposal.fetch(two, at(2)), Err(WorkFault::NotYours));
            assert_eq!(proposal.fetch(three, at(2)), Err(WorkFault::NotYours));
            let mut late = proposal.clone();
            assert_eq!(late.fetch(one, at(1).plus(ALLOWED)), Err(WorkFault::NotDue));
            assert_eq!(proposal.fetch(one, at(2)).is_ok(), fetched);
            assert_eq!(proposal.fetch(one, at(3)).is_ok(), fetched && !once);
        }
    }

    #[test]
    fn eyes_are_who_decides_or_approves() {
        for role in Role::ALL {
            assert_eq!(are_eyes(&[role].into()), role.may(Act::Decide) || role.may(Act::Approve), "{role}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_done_without_the_yes_of_another(
            steps in prop::collection::vec((0_usize..3, any::<bool>(), any::<bool>(), 0_i64..900_000), 0..12), which in 0_usize..7,
        ) {
            let people = ids();
            let mut proposal = asked(measures().remove(which), people[0]);
            let mut now = 0;
            for (who, settles, yes, later) in steps {
                now += later;
                let before = proposal.clone();
                let done = if settles {
                    proposal.settle(people[who], yes, at(now))
                } else {
                    proposal.fetch(people[who], at(now))
                };
                if done.is_err() {
                    prop_assert_eq!(&proposal, &before);
                }
                if proposal.done_at.is_some() {
                    let settled = proposal.settlement.unwrap();
                    prop_assert!(settled.yes && settled.by != proposal.by);
                    prop_assert!(settled.at.since(proposal.at) < WAITS);
                }
            }
        }
    }
}
