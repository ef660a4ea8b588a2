//! What a person is told over a contact of record: that something happened to what stands between their name and a stranger;
//! or the code by which they show that the contact is theirs.

mod limits;
pub mod ports;
mod row;

pub use limits::{Bucket, NoticeLimits, NoticePolicy};
pub use row::{NOTICES_RETENTION, Notice, NoticeEnd, NoticeFailure};

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::second_factor::FactorKind;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::time::Timestamp;

/// How long a code may be on its way. Whoever made it lets it count no longer.
pub const CONTACT_CODE_TTL: Duration = Duration::from_mins(10);
/// How long everything else is tried.
const TRIED: Duration = Duration::from_hours(24);

/// What is said. Everything but the code may be read by whoever finds the phone: no reason, no name, no number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoticeContent {
    /// The code that shows that the contact is the person's, before a first factor is bound to them.
    EnrolmentCode {
        /// Digits.
        code: SecretText,
        /// The registered name of the operator whose player they want to be.
        operator: String,
    },
    /// The code that shows that the contact is the person's, before what they lost is replaced.
    RecoveryCode {
        /// Digits.
        code: SecretText,
    },
    /// The code that shows that the contact is the person's, before a self-restriction is taken back.
    TakeBackCode {
        /// Digits.
        code: SecretText,
    },
    /// A first factor waits before it counts.
    EnrolmentHeld {
        /// Until then.
        until: Timestamp,
        /// Where to say that it was somebody else.
        not_me: Url,
    },
    /// A factor was bound to them.
    FactorAdded {
        /// Which.
        factor: FactorKind,
        /// Where to say that it was somebody else, while that can be done.
        not_me: Option<Url>,
    },
    /// A factor was taken away.
    FactorRemoved {
        /// Which.
        factor: FactorKind,
    },
    /// Staff took all factors away.
    FactorsForgotten,
    /// Somebody who lost every factor asked for new ones.
    RecoveryHeld {
        /// Until then.
        until: Timestamp,
        /// Where to say that it was somebody else.
        not_me: Url,
    },
    /// That was stopped: one of the old factors was shown, or somebody objected.
    RecoveryCancelled,
    /// The old factors are gone, and a new one may be made.
    RecoveryCompleted,
    /// They restricted themselves.
    SelfRestricted {
        /// Until then.
        until: Timestamp,
        /// Where it can be taken back, while it can.
        take_back: Option<Url>,
    },
    /// That was taken back.
    SelfRestrictionTakenBack,
}

/// Which of [`NoticeContent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// [`NoticeContent::EnrolmentCode`].
    EnrolmentCode,
    /// [`NoticeContent::RecoveryCode`].
    RecoveryCode,
    /// [`NoticeContent::TakeBackCode`].
    TakeBackCode,
    /// [`NoticeContent::EnrolmentHeld`].
    EnrolmentHeld,
    /// [`NoticeContent::FactorAdded`].
    FactorAdded,
    /// [`NoticeContent::FactorRemoved`].
    FactorRemoved,
    /// [`NoticeContent::FactorsForgotten`].
    FactorsForgotten,
    /// [`NoticeContent::RecoveryHeld`].
    RecoveryHeld,
    /// [`NoticeContent::RecoveryCancelled`].
    RecoveryCancelled,
    /// [`NoticeContent::RecoveryCompleted`].
    RecoveryCompleted,
    /// [`NoticeContent::SelfRestricted`].
    SelfRestricted,
    /// [`NoticeContent::SelfRestrictionTakenBack`].
    SelfRestrictionTakenBack,
}

impl NoticeKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::EnrolmentCode,
        Self::RecoveryCode,
        Self::TakeBackCode,
        Self::EnrolmentHeld,
        Self::FactorAdded,
        Self::FactorRemoved,
        Self::FactorsForgotten,
        Self::RecoveryHeld,
        Self::RecoveryCancelled,
        Self::RecoveryCompleted,
        Self::SelfRestricted,
        Self::SelfRestrictionTakenBack,
    ];

    /// The kind as columns, the log and figures write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EnrolmentCode => "enrolment_code",
            Self::RecoveryCode => "recovery_code",
            Self::TakeBackCode => "take_back_code",
            Self::EnrolmentHeld => "enrolment_held",
            Self::FactorAdded => "factor_added",
            Self::FactorRemoved => "factor_removed",
            Self::FactorsForgotten => "factors_forgotten",
            Self::RecoveryHeld => "recovery_held",
            Self::RecoveryCancelled => "recovery_cancelled",
            Self::RecoveryCompleted => "recovery_completed",
            Self::SelfRestricted => "self_restricted",
            Self::SelfRestrictionTakenBack => "self_restriction_taken_back",
        }
    }

    /// Reads [`NoticeKind::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether it brings a code.
    pub fn is_code(self) -> bool {
        matches!(self, Self::EnrolmentCode | Self::RecoveryCode | Self::TakeBackCode)
    }

    /// Whether what it tells of may not happen unless everybody on record is told: nobody can object to what they do not hear of.
    pub fn must_reach_all(self) -> bool {
        matches!(self, Self::EnrolmentHeld | Self::RecoveryHeld)
    }

    /// How long after it was queued it is still worth a try.
    pub fn life(self) -> Duration {
        if self.is_code() { CONTACT_CODE_TTL } else { TRIED }
    }
}

impl NoticeContent {
    /// Which.
    pub fn kind(&self) -> NoticeKind {
        match self {
            Self::EnrolmentCode { .. } => NoticeKind::EnrolmentCode,
            Self::RecoveryCode { .. } => NoticeKind::RecoveryCode,
            Self::TakeBackCode { .. } => NoticeKind::TakeBackCode,
            Self::EnrolmentHeld { .. } => NoticeKind::EnrolmentHeld,
            Self::FactorAdded { .. } => NoticeKind::FactorAdded,
            Self::FactorRemoved { .. } => NoticeKind::FactorRemoved,
            Self::FactorsForgotten => NoticeKind::FactorsForgotten,
            Self::RecoveryHeld { .. } => NoticeKind::RecoveryHeld,
            Self::RecoveryCancelled => NoticeKind::RecoveryCancelled,
            Self::RecoveryCompleted => NoticeKind::RecoveryCompleted,
            Self::SelfRestricted { .. } => NoticeKind::SelfRestricted,
            Self::SelfRestrictionTakenBack => NoticeKind::SelfRestrictionTakenBack,
        }
    }

    /// The code, in a notice that has one.
    pub fn code(&self) -> Option<&SecretText> {
        match self {
            Self::EnrolmentCode { code, .. } | Self::RecoveryCode { code } | Self::TakeBackCode { code } => Some(code),
            _ => None,
        }
    }

    /// Where the person can object.
    pub fn link(&self) -> Option<&Url> {
        match self {
            Self::EnrolmentHeld { not_me, .. } | Self::RecoveryHeld { not_me, .. } => Some(not_me),
            Self::FactorAdded { not_me, .. } => not_me.as_ref(),
            Self::SelfRestricted { take_back, .. } => take_back.as_ref(),
            _ => None,
        }
    }
}

/// A notice in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeWords {
    /// A few words; where a channel has a place for them.
    pub subject: String,
    /// All of it. Holds the code, where there is one.
    pub text: SecretText,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back() {
        for kind in NoticeKind::ALL {
            assert_eq!(NoticeKind::from_name(kind.as_str()), Some(kind));
        }
        assert_eq!(NoticeKind::from_name("code"), None);
    }

    #[test]
    fn what_waits_for_an_objection_must_reach_all() {
        let must: Vec<_> = NoticeKind::ALL.into_iter().filter(|kind| kind.must_reach_all()).collect();
        assert_eq!(must, [NoticeKind::EnrolmentHeld, NoticeKind::RecoveryHeld]);
    }

    #[test]
    fn content_reads_back_and_prints_no_code() {
        let code = NoticeContent::EnrolmentCode { code: SecretText::new("123456"), operator: "Demo Bet".to_owned() };
        assert!(!format!("{code:?}").contains("123456"));
        let not_me: Url = "https://rastau.example/not-me/?token=x".parse().unwrap();
        let held = NoticeContent::EnrolmentHeld { until: Timestamp::from_seconds(9), not_me };
        let recovery = NoticeContent::RecoveryCode { code: SecretText::new("654321") };
        assert!(!format!("{recovery:?}").contains("654321"));
        for content in [code, held, recovery, NoticeContent::FactorsForgotten] {
            assert_eq!(content.code().is_some(), content.kind().is_code());
            let json = serde_json::to_string(&content).unwrap();
            assert_eq!(serde_json::from_str::<NoticeContent>(&json).unwrap(), content);
            assert_eq!(serde_json::to_value(&content).unwrap()["kind"], content.kind().as_str());
        }
    }
}
