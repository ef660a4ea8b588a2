//! How a verification ends, and why.

use serde::{Deserialize, Serialize};

use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;
use crate::domain::restrictions::{Permission, Restriction};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// May play.
    Approved,
    /// May not.
    Refused,
    /// A person will look; until then: may not.
    UnderReview,
    /// The player turned back.
    Cancelled,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 4] = [Self::Approved, Self::Refused, Self::UnderReview, Self::Cancelled];

    /// Reads [`Verdict::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == name)
    }

    /// The verdict as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::UnderReview => "under_review",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One reason, as the player is told it. Never for the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The code.
    pub code: ReasonCode,
    /// The law or decision.
    pub legal_basis: Option<String>,
    /// Who says so.
    pub source: Option<String>,
    /// Until when.
    pub until: Option<Timestamp>,
}

impl From<ReasonCode> for Reason {
    fn from(code: ReasonCode) -> Self {
        Self { code, legal_basis: None, source: None, until: None }
    }
}

impl From<&Restriction> for Reason {
    fn from(restriction: &Restriction) -> Self {
        Self {
            code: restriction.ground.reason(),
            legal_basis: Some(restriction.legal_basis.clone()),
            source: Some(restriction.source.clone()),
            until: restriction.ends_at,
        }
    }
}

/// The end of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What came of it.
    pub verdict: Verdict,
    /// Why, when it is not approved.
    pub reasons: Vec<Reason>,
}

impl Outcome {
    /// A verdict with plain reason codes.
    pub fn new(verdict: Verdict, reasons: impl IntoIterator<Item = ReasonCode>) -> Self {
        Self { verdict, reasons: reasons.into_iter().map(Reason::from).collect() }
    }

    /// A refusal because the factor counts from `until` on: no ground is told, since nobody was asked for any.
    pub fn held(until: Timestamp) -> Self {
        let reason = Reason { until: Some(until), ..ReasonCode::EnrolmentHeld.into() };
        Self { verdict: Verdict::Refused, reasons: vec![reason] }
    }

    /// A refusal because what was lost can be replaced from `until` on.
    pub fn recovery_held(until: Timestamp) -> Self {
        let reason = Reason { until: Some(until), ..ReasonCode::RecoveryHeld.into() };
        Self { verdict: Verdict::Refused, reasons: vec![reason] }
    }

    /// The same end where it would have been an approval, for a class that the operator wants and this person did not reach.
    #[must_use]
    pub fn of_class(self, met: bool) -> Self {
        if met || self.verdict != Verdict::Approved {
            self
        } else {
            Self::new(Verdict::Refused, [ReasonCode::ClassUnmet])
        }
    }

    /// The reason codes alone.
    pub fn codes(&self) -> Vec<ReasonCode> {
        self.reasons.iter().map(|reason| reason.code).collect()
    }

    /// The last question, asked when face and second factor have succeeded: of age, and free of restrictions? Every
    /// ground is named; not knowing is a refusal.
    pub fn of_permission(of_age: bool, permission: &Permission) -> Self {
        let mut reasons: Vec<Reason> = Vec::new();
        if !of_age {
            reasons.push(ReasonCode::UnderAge.into());
        }
        match permission {
            Permission::Allowed => {}
            Permission::Restricted(restrictions) => reasons.extend(restrictions.iter().map(Reason::from)),
            Permission::Unknown => reasons.push(ReasonCode::RestrictionsUnknown.into()),
        }
        let verdict = if reasons.is_empty() { Verdict::Approved } else { Verdict::Refused };
        Self { verdict, reasons }
    }
}
