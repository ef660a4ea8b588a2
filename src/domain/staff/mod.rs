//! Compliance staff: who they are, what their roles let them do, and how long a session lasts.

pub mod confirmation;
pub mod ports;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{StaffId, StaffPasskeyId};
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;

/// A session that nobody used for so long is over.
pub const IDLE_TIMEOUT: Duration = Duration::from_mins(15);
/// However much it is used: a working day.
pub const MAX_SESSION: Duration = Duration::from_hours(8);
/// A sensitive act needs a passkey shown this lately.
pub const STEP_UP: Duration = Duration::from_mins(5);
/// An invitation is good for so long, once.
pub const INVITATION: Duration = Duration::from_hours(72);
/// A ceremony that is not finished within this time is void.
pub const CEREMONY: Duration = Duration::from_mins(2);
/// Who could say yes as the second is remembered for so long after they were stopped or lost the role.
pub const SECOND_REMEMBERED: Duration = Duration::from_hours(7 * 24);
/// Longest name, in characters.
pub const MAX_NAME: usize = 100;

/// What somebody is on the staff for. One person may be there for several things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks at attempts and says what they were.
    Reviewer,
    /// The second pair of eyes.
    Supervisor,
    /// Sees what was done, and does nothing.
    Auditor,
    /// Looks after operators.
    OperatorManager,
    /// Looks after staff, sources and keys.
    Administrator,
}

/// What can be done at the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// See figures, of nobody in particular.
    ReadOverview,
    /// See the queue and cases, without faces.
    ReadCases,
    /// See faces, IINs and what was measured; a reason is asked for and kept.
    SeeEvidence,
    /// Take cases, hand them over, and say what they were.
    Decide,
    /// Say yes to what another person decided, where it takes two.
    Approve,
    /// Vouch for the passkey of somebody who came in, and whom another asked for.
    Confirm,
    /// See staff.
    ReadStaff,
    /// Invite, change and stop staff.
    ManageStaff,
    /// See what takes two.
    ReadProposals,
    /// See operators, sources and keys.
    ReadSettings,
    /// Add, change and stop operators.
    ManageOperators,
    /// Drop what a source sent, go back a step, ask for what waits to count.
    ManageSources,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 12] = [
        Self::ReadOverview,
        Self::ReadCases,
        Self::SeeEvidence,
        Self::Decide,
        Self::Approve,
        Self::Confirm,
        Self::ReadStaff,
        Self::ManageStaff,
        Self::ReadProposals,
        Self::ReadSettings,
        Self::ManageOperators,
        Self::ManageSources,
    ];

    /// The act as interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadOverview => "read_overview",
            Self::ReadCases => "read_cases",
            Self::SeeEvidence => "see_evidence",
            Self::Decide => "decide",
            Self::Approve => "approve",
            Self::Confirm => "confirm",
            Self::ReadStaff => "read_staff",
            Self::ManageStaff => "manage_staff",
            Self::ReadProposals => "read_proposals",
            Self::ReadSettings => "read_settings",
            Self::ManageOperators => "manage_operators",
            Self::ManageSources => "manage_sources",
        }
    }

    /// Whether the passkey must have been shown lately.
    pub fn needs_step_up(self) -> bool {
        matches!(self, Self::Approve | Self::Confirm | Self::ManageStaff | Self::ManageOperators | Self::ManageSources)
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Reviewer, Self::Supervisor, Self::Auditor, Self::OperatorManager, Self::Administrator];

    /// The role as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reviewer => "reviewer",
            Self::Supervisor => "supervisor",
            Self::Auditor => "auditor",
            Self::OperatorManager => "operator_manager",
            Self::Administrator => "administrator",
        }
    }

    /// Whether it is for this.
    pub fn may(self, act: Act) -> bool {
        match self {
            Self::Reviewer => {
                matches!(act, Act::ReadCases | Act::SeeEvidence | Act::Decide | Act::ReadProposals)
            }
            Self::Supervisor => matches!(
                act,
                Act::ReadOverview
                    | Act::ReadCases
                    | Act::SeeEvidence
                    | Act::Decide
                    | Act::Approve
                    | Act::Confirm
                    | Act::ReadProposals
                    | Act::ReadSettings
            ),
            Self::Auditor => matches!(
                act,
                Act::ReadOverview | Act::ReadCases | Act::ReadStaff | Act::ReadProposals | Act::ReadSettings
            ),
            Self::OperatorManager => {
                matches!(act, Act::ReadOverview | Act::ReadProposals | Act::ReadSettings | Act::ManageOperators)
            }
            Self::Administrator => matches!(
                act,
                Act::ReadOverview
                    | Act::Confirm
                    | Act::ReadStaff
                    | Act::ManageStaff
                    | Act::ReadProposals
                    | Act::ReadSettings
                    | Act::ManageSources
            ),
        }
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::as_str).join(", ");
        Self::ALL.into_iter().find(|role| role.as_str() == name).ok_or_else(|| format!("a role is one of {}", known()))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What people sign in with: 2 to 64 characters of a-z, 0-9, '.', '-' and '_'.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Login(String);

impl Login {
    /// As the column holds it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Login {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Login> for String {
    fn from(login: Login) -> Self {
        login.0
    }
}

impl FromStr for Login {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let is_good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
        if (2..=64).contains(&text.len()) && text.chars().all(is_good) {
            Ok(Self(text.to_owned()))
        } else {
            Err("a login is 2 to 64 characters of a-z, 0-9, '.', '-' and '_'".to_owned())
        }
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    /// Their id.
    pub id: StaffId,
    /// What they sign in with.
    pub login: Login,
    /// How others know them.
    pub name: String,
    /// What they are there for, never nothing.
    pub roles: BTreeSet<Role>,
    /// Since when.
    pub added_at: Timestamp,
    /// Since when they may do nothing any more.
    pub disabled_at: Option<Timestamp>,
    /// Who asked for them to come in, or to be raised before they counted; nobody where that was whoever has the machine.
    pub asked_by: BTreeSet<StaffId>,
    /// Since when they count: another has confirmed the passkey that they sign in with.
    pub confirmed_at: Option<Timestamp>,
    /// When they were stopped, or lost the role, while they could say yes as the second.
    pub second_until: Option<Timestamp>,
}

/// Why somebody cannot be added as told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaffFault {
    /// Empty, too long, or not text.
    #[error("a name is text of 1 to {MAX_NAME} characters")]
    Name,
    /// They would be there for nothing.
    #[error("at least one role is needed")]
    Roles,
}

impl StaffMember {
    /// A new one, who does not count yet.
    pub fn new(
        id: StaffId,
        login: Login,
        name: &str,
        roles: BTreeSet<Role>,
        now: Timestamp,
    ) -> Result<Self, StaffFault> {
        let name = name.trim();
        if !(1..=MAX_NAME).contains(&name.chars().count()) || name.contains(char::is_control) {
            return Err(StaffFault::Name);
        }
        if roles.is_empty() {
            return Err(StaffFault::Roles);
        }
        let name = name.to_owned();
        let asked_by = BTreeSet::new();
        Ok(Self {
            id,
            login,
            name,
            roles,
            added_at: now,
            disabled_at: None,
            asked_by,
            confirmed_at: None,
            second_until: None,
        })
    }

    /// Whether one of their roles is for this, another has confirmed them, and they were not stopped.
    pub fn may(&self, act: Act) -> bool {
        let counts = self.disabled_at.is_none() && self.confirmed_at.is_some();
        counts && self.roles.iter().any(|role| role.may(act))
    }

    /// Whether they say yes as the second, or did lately: whoever stops the second does not become alone by it.
    pub fn is_second(&self, now: Timestamp) -> bool {
        self.may(Act::Approve) || self.second_until.is_some_and(|until| now.since(until) < SECOND_REMEMBERED)
    }
}

/// The login of one of them; the id of somebody who is not among them.
pub fn login_of(id: StaffId, staff: &[StaffMember]) -> String {
    staff.iter().find(|member| member.id == id).map_or_else(|| id.to_string(), |member| member.login.to_string())
}

/// A passkey of theirs. Its content is the engine's own serialised form and stays opaque here.
#[derive(Clone, Debug)]
pub struct StaffPasskey {
    /// Our id of it.
    pub id: StaffPasskeyId,
    /// Whose.
    pub staff: StaffId,
    /// The authenticator's credential id.
    pub credential_id: Vec<u8>,
    /// The engine's form: public key and signature counter.
    pub content: SecretBytes,
    /// When it was enrolled.
    pub created_at: Timestamp,
}

/// A browser in which somebody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffSession {
    /// Of its handle.
    pub hash: HandleHash,
    /// Who.
    pub staff: StaffId,
    /// Since when.
    pub began_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// When a passkey was last shown in it.
    pub proven_at: Timestamp,
}

impl StaffSession {
    /// One that begins with a passkey.
    pub fn begin(hash: HandleHash, staff: StaffId, now: Timestamp) -> Self {
        Self { hash, staff, began_at: now, seen_at: now, proven_at: now }
    }

    /// Whether it stands at `now`; one of a time that has not come does not.
    pub fn stands(&self, now: Timestamp) -> bool {
        let lately = now >= self.seen_at && now.since(self.seen_at) < IDLE_TIMEOUT;
        lately && now >= self.began_at && now.since(self.began_at) < MAX_SESSION
    }

    /// Whether the passkey was shown lately enough for a sensitive act.
    pub fn is_stepped_up(&self, now: Timestamp) -> bool {
        now >= self.proven_at && now.since(self.proven_at) < STEP_UP
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kernel::testing::SeededRandomness;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn member(roles: &[Role]) -> Result<StaffMember, StaffFault> {
        let id = StaffId::new(at(0), &SeededRandomness::new(1));
        StaffMember::new(id, "a.b".parse().unwrap(), " Айгерім Ә. ", roles.iter().copied().collect(), at(0))
    }

    #[test]
    fn nobody_is_there_for_everything_and_whoever_decides_manages_nobody() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert!(!Act::ALL.into_iter().all(|act| role.may(act)), "{role}");
            assert!(!(role.may(Act::Decide) && role.may(Act::ManageStaff)), "{role}");
            assert!(!role.may(Act::Approve) || role.may(Act::SeeEvidence), "{role} says yes to what it has not seen");
        }
        for act in Act::ALL {
            assert!(Role::ALL.into_iter().any(|role| role.may(act)), "{act:?} is nobody's");
        }
    }

    #[test]
    fn roles_add_up_and_end_with_who_has_them() {
        let mut both = member(&[Role::Reviewer, Role::Administrator]).unwrap();
        assert_eq!(both.name, "Айгерім Ә.");
        assert!(Act::ALL.into_iter().all(|act| !both.may(act)), "nobody has confirmed them");
        both.confirmed_at = Some(at(0));
        assert!(both.may(Act::Decide) && both.may(Act::ManageStaff) && !both.may(Act::Approve));
        both.disabled_at = Some(at(1));
        assert!(Act::ALL.into_iter().all(|act| !both.may(act)));
        assert_eq!(member(&[]), Err(StaffFault::Roles));
    }

    #[test]
    fn logins_are_plain() {
        for bad in ["", "a", "A.B", "a b", "a\n", "ұлан", &"a".repeat(65)] {
            assert!(Login::from_str(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_session_ends_when_it_rests_and_after_a_day_of_work() {
        let mut session = StaffSession::begin(HandleHash([0; 32]), member(&[Role::Auditor]).unwrap().id, at(1_000));
        assert!(session.stands(at(1_000)) && session.stands(at(1_899)));
        assert!(!session.stands(at(1_900)) && !session.stands(at(999)));
        assert!(
            session.is_stepped_up(at(1_299)) && !session.is_stepped_up(at(1_300)) && !session.is_stepped_up(at(999))
        );
        session.seen_at = at(1_000 + 8 * 3_600 - 1);
        assert!(session.stands(session.seen_at) && !session.stands(at(1_000 + 8 * 3_600)));
    }
}
