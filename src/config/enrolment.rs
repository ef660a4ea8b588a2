//! `[enrolment]`: what a first second factor is bound on.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::value::section::{Key, Problems, Section, in_range};
use crate::config::value::span::Span;
use crate::domain::second_factor::enrolment::{EnrolmentPolicy, ProofWanted};

const HOUR: Duration = Duration::from_hours(1);

/// What is wanted besides the face.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A code of a contact of record; who has none waits.
    #[default]
    Contact,
    /// Everybody waits.
    Wait,
}

/// `[enrolment]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Enrolment {
    /// What is wanted besides the face.
    pub proof: Proof,
    /// How long a held enrolment waits.
    pub hold: Span,
    /// How long whoever lost every factor waits before they may make a new one.
    pub recovery_hold: Span,
    /// Whether operators get a token, of the face alone, in the visit whose enrolment is held.
    pub token_while_held: bool,
    /// Whether who has no access to a contact on record may wait instead.
    pub wait_without_access: bool,
}

impl Default for Enrolment {
    fn default() -> Self {
        let policy = EnrolmentPolicy::default();
        Self {
            proof: Proof::Contact,
            hold: Span(policy.hold),
            recovery_hold: Span(policy.recovery_hold),
            token_while_held: policy.token_while_held,
            wait_without_access: policy.wait_without_access,
        }
    }
}

impl Enrolment {
    /// As the rules read it.
    pub fn policy(&self) -> EnrolmentPolicy {
        EnrolmentPolicy {
            proof: match self.proof {
                Proof::Contact => ProofWanted::Contact,
                Proof::Wait => ProofWanted::Wait,
            },
            hold: self.hold.0,
            recovery_hold: self.recovery_hold.0,
            token_while_held: self.token_while_held,
            wait_without_access: self.wait_without_access,
        }
    }
}

impl Section for Enrolment {
    const NAME: &'static str = "enrolment";
    const KEYS: &'static [Key] = &[
        Key { name: "proof", allowed: "\"contact\" (the default: a code to a contact of record) or \"wait\"" },
        Key { name: "hold", allowed: "1h to 720h (default \"24h\")" },
        Key { name: "recovery_hold", allowed: "1h to 720h (default \"24h\")" },
        Key { name: "token_while_held", allowed: "true or false (the default)" },
        Key { name: "wait_without_access", allowed: "true (the default) or false" },
    ];

    fn check(&self, problems: &mut Problems) {
        in_range("hold", &self.hold, Span(HOUR)..=Span(720 * HOUR), problems);
        in_range("recovery_hold", &self.recovery_hold, Span(HOUR)..=Span(720 * HOUR), problems);
    }
}
