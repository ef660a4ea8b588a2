//! People whom a sandbox plays by itself: each IIN brings one branch of the flow about, and always the same one.
//!
//! Nobody alive has such an IIN: its births lie before 1900 or after 2090. A scenario says what the register, the face
//! engine and the registry would have said; what follows from that is decided by the rules that decide for everybody.

use std::time::Duration;

use serde::Serialize;

use super::reason::ReasonCode;
use super::restrictions::{Ground, Permission, RegistryAnswer, Restriction, Source, judge};
use crate::domain::decision::{Outcome, Verdict};
use crate::domain::face::judgement::FaceJudgement;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::time::Timestamp;

mod after_entry;
mod list;

pub use after_entry::{AfterEntry, REGISTER_DOWN_WHILE, RESTRICTED_AFTER, RESTRICTED_WHILE, SHORT_TOKEN};
pub use list::SCENARIOS;

/// How long the slow register takes.
pub const SLOW_ANSWER: Duration = Duration::from_secs(3);
/// The only source of a scenario's restrictions: what comes of it depends on no file.
const SOURCE: &str = "sandbox-scenarios";
/// What they rest on: a code that `messages` has words for.
const LEGAL_BASIS: &str = "sandbox_scenario";
const SOURCE_MAX_AGE: Duration = Duration::from_hours(24);
/// A restriction of a scenario ends this long after it is asked for.
const RESTRICTED_FOR: Duration = Duration::from_hours(24 * 365);

/// What the population register says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterPart {
    /// There is such a person.
    Known,
    /// There is, and it takes [`SLOW_ANSWER`] to say so.
    Slow,
    /// There is none.
    Unknown,
    /// Nothing: it is down.
    Down,
}

/// What the face engine says of a pretended capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FacePart {
    /// A live face, and the one on the ID photo.
    Match,
    /// A live face of somebody else.
    Mismatch,
    /// A live face that may be the one on the ID photo.
    Doubt,
}

/// What the restrictions registry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryPart {
    /// Nothing against the person.
    Clear,
    /// These grounds hold.
    Restricted(&'static [Ground]),
    /// Nothing, but its source was refreshed too long ago.
    Stale,
}

/// One person of the list.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Stable name, as interfaces and pages know it.
    pub code: &'static str,
    /// 12 digits with a valid control digit.
    pub iin: &'static str,
    /// What happens, for people who test.
    pub sentence: &'static str,
    /// The register.
    pub register: RegisterPart,
    /// The face.
    pub face: FacePart,
    /// The registry.
    pub registry: RegistryPart,
    /// What happens once the player is in.
    pub after: AfterEntry,
}

/// What comes of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Step 3 is refused with this code; the player may turn back.
    NotIdentified(&'static str),
    /// The verification is decided.
    Decided(Verdict),
}

impl Ending {
    /// As interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotIdentified(_) => "not_identified",
            Self::Decided(Verdict::Approved) => "approved",
            Self::Decided(Verdict::Refused) => "refused",
            Self::Decided(Verdict::UnderReview) => "under_review",
            Self::Decided(Verdict::Cancelled) => "cancelled",
        }
    }
}

/// A scenario as people who test read it.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// Its code.
    pub code: &'static str,
    /// Its IIN.
    pub iin: &'static str,
    /// [`Ending::as_str`].
    pub expected: &'static str,
    /// Codes that the player is told.
    pub reasons: Vec<&'static str>,
    /// What happens.
    pub sentence: &'static str,
}

/// The whole list, with what comes of each at `now`.
pub fn listed(now: Timestamp) -> Vec<Listed> {
    let list = |scenario: &Scenario| {
        let (ending, reasons) = scenario.ending(now);
        let Scenario { code, iin, sentence, .. } = *scenario;
        Listed { code, iin, expected: ending.as_str(), reasons, sentence }
    };
    SCENARIOS.iter().map(list).collect()
}

impl Scenario {
    /// The scenario of this IIN. Whether it is played is the caller's to know: only a sandbox does.
    pub fn of(iin: &Iin) -> Option<&'static Self> {
        SCENARIOS.iter().find(|scenario| scenario.iin == iin.expose())
    }

    /// Whether the register knows nobody of this IIN.
    pub fn is_nobody(&self) -> bool {
        self.register == RegisterPart::Unknown
    }

    /// What the engine's judgement of a pretended capture is. The attempts count as used up: one capture says it all.
    pub fn judgement(&self) -> FaceJudgement {
        match self.face {
            // Nobody's photo is like any face.
            _ if self.is_nobody() => FaceJudgement::Retry(ReasonCode::FaceMismatch).ended(),
            FacePart::Match => FaceJudgement::Passed,
            FacePart::Mismatch => FaceJudgement::Retry(ReasonCode::FaceMismatch).ended(),
            FacePart::Doubt => FaceJudgement::Retry(ReasonCode::FaceDoubtful).ended(),
        }
    }

    /// What the registry answers at `now` of a person who was verified at these times.
    pub fn registry_answer(&self, now: Timestamp, verified_at: &[Timestamp]) -> RegistryAnswer {
        let refreshed_at = if self.registry == RegistryPart::Stale { now.minus(SOURCE_MAX_AGE * 2) } else { now };
        let grounds = match self.registry {
            RegistryPart::Restricted(grounds) => grounds,
            RegistryPart::Clear | RegistryPart::Stale => &[],
        };
        let always = grounds.iter().map(|ground| restriction(*ground, now));
        RegistryAnswer {
            restrictions: always.chain(self.later_restrictions(verified_at)).collect(),
            sources: vec![Source { name: SOURCE.to_owned(), refreshed_at, max_age: SOURCE_MAX_AGE }],
            is_whole: true,
        }
    }

    /// The sources that must have answered.
    pub fn required_sources() -> [String; 1] {
        [SOURCE.to_owned()]
    }

    /// What comes of it at `now` at a first visit, and the codes of the reasons: by the very rules that decide.
    pub fn ending(&self, now: Timestamp) -> (Ending, Vec<&'static str>) {
        if self.register == RegisterPart::Down {
            return not_identified("register_unavailable");
        }
        let outcome = match self.judgement() {
            FaceJudgement::Ended(outcome) => outcome,
            FaceJudgement::Passed | FaceJudgement::Retry(_) => {
                Outcome::of_permission(self.is_of_age(now), &self.permission(now))
            }
        };
        let codes = outcome.codes().into_iter().map(ReasonCode::code).collect();
        (Ending::Decided(outcome.verdict), codes)
    }

    fn permission(&self, now: Timestamp) -> Permission {
        judge(&self.registry_answer(now, &[]), &Self::required_sources(), now)
    }

    fn is_of_age(&self, now: Timestamp) -> bool {
        Iin::parse(self.iin).is_ok_and(|iin| iin.is_of_age(now))
    }
}

fn not_identified(code: &'static str) -> (Ending, Vec<&'static str>) {
    (Ending::NotIdentified(code), vec![code])
}

fn restriction(ground: Ground, now: Timestamp) -> Restriction {
    Restriction {
        ground,
        legal_basis: LEGAL_BASIS.to_owned(),
        starts_at: Timestamp::from_seconds(0),
        ends_at: Some(now.plus(RESTRICTED_FOR)),
        source: SOURCE.to_owned(),
        source_key: ground.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests;
