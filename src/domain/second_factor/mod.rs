//! The second step: passkey, else TOTP, else a recovery code.

mod binding;
pub mod ceremony;
pub mod contact_code;
pub mod enrolment;
pub mod lockout;
pub mod own;
pub mod passkey;
pub mod ports;
pub mod recovery;
pub mod recovery_code;
pub mod totp;

pub use binding::{Binding, BoundBy};
use serde::{Deserialize, Serialize};

/// Which second factor was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorKind {
    /// WebAuthn.
    Passkey,
    /// RFC 6238.
    Totp,
    /// One of ten, once each.
    RecoveryCode,
}

impl FactorKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Passkey, Self::Totp, Self::RecoveryCode];

    /// The kind as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
        }
    }

    /// Reads [`FactorKind::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a player has enrolled that counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enrolled {
    /// How many passkeys.
    pub passkeys: usize,
    /// Whether TOTP is confirmed.
    pub totp: bool,
    /// How many recovery codes are left.
    pub recovery_codes: usize,
    /// The least that one of passkeys and TOTP is bound by: what a recovery code stands on.
    pub bound_by: Option<BoundBy>,
}

impl Enrolled {
    /// Whether there is a second factor to demand. Recovery codes alone are none: they come with one.
    pub fn any(self) -> bool {
        self.passkeys > 0 || self.totp
    }

    /// The methods to offer, best first.
    pub fn methods(self) -> Vec<FactorKind> {
        let offered = [
            (FactorKind::Passkey, self.passkeys > 0),
            (FactorKind::Totp, self.totp),
            (FactorKind::RecoveryCode, self.any() && self.recovery_codes > 0),
        ];
        offered.into_iter().filter_map(|(kind, there)| there.then_some(kind)).collect()
    }
}
