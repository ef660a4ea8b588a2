//! Why somebody may not bet.

use serde::{Deserialize, Serialize};

use crate::domain::reason::ReasonCode;

/// Why the law keeps a person from betting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// In the unified register of debtors.
    Debtor,
    /// Restricted by a court.
    CourtDecision,
    /// A civil servant.
    CivilServant,
    /// A member of the military.
    Military,
    /// A member of a law-enforcement body.
    LawEnforcement,
    /// A member of the special services.
    SpecialServices,
    /// Restricted by their own application.
    SelfRestriction,
    /// Paused for a while, by an operator or by themselves.
    CoolOff,
    /// Registered as deceased: whoever comes is somebody else.
    Deceased,
    /// The identity document does not hold: lost, taken back or out of date.
    DocumentInvalid,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Self; 10] = [
        Self::Debtor,
        Self::CourtDecision,
        Self::CivilServant,
        Self::Military,
        Self::LawEnforcement,
        Self::SpecialServices,
        Self::SelfRestriction,
        Self::CoolOff,
        Self::Deceased,
        Self::DocumentInvalid,
    ];

    /// The ground as registry files and columns write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debtor => "debtor",
            Self::CourtDecision => "court_decision",
            Self::CivilServant => "civil_servant",
            Self::Military => "military",
            Self::LawEnforcement => "law_enforcement",
            Self::SpecialServices => "special_services",
            Self::SelfRestriction => "self_restriction",
            Self::CoolOff => "cool_off",
            Self::Deceased => "deceased",
            Self::DocumentInvalid => "document_invalid",
        }
    }

    /// Reads [`Ground::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.as_str() == name)
    }

    /// The reason that the player is told.
    pub fn reason(self) -> ReasonCode {
        match self {
            Self::Debtor => ReasonCode::RestrictedDebtor,
            Self::CourtDecision => ReasonCode::RestrictedCourt,
            Self::CivilServant => ReasonCode::RestrictedCivilServant,
            Self::Military => ReasonCode::RestrictedMilitary,
            Self::LawEnforcement => ReasonCode::RestrictedLawEnforcement,
            Self::SpecialServices => ReasonCode::RestrictedSpecialServices,
            Self::SelfRestriction => ReasonCode::RestrictedSelf,
            Self::CoolOff => ReasonCode::RestrictedCoolOff,
            Self::Deceased => ReasonCode::RestrictedDeceased,
            Self::DocumentInvalid => ReasonCode::RestrictedDocument,
        }
    }
}
