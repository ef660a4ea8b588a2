//! Search 1:N: is the live face that of somebody who was seen under another IIN, or of a confirmed attacker?
//!
//! A hit is a reason for a person to look, never a refusal by itself: twins exist, and so do chance likenesses among
//! millions.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::comparison::Template;
use super::judgement::FaceJudgement;
use crate::domain::decision::{Outcome, Verdict};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{CaseId, PlayerId, SightingId};
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;

/// How many of the nearest are compared exactly.
pub const CANDIDATES: usize = 64;
/// How often a process asks for what others have seen.
pub const REFRESH_INTERVAL: Duration = Duration::from_secs(5);
/// An index that was not brought up to date for this long is not searched: it no longer knows enough.
pub const STALENESS: Duration = Duration::from_mins(1);
/// How far a refresh looks back before the last one: clocks of replicas differ, and a transaction takes its time.
pub const OVERLAP: Duration = Duration::from_mins(1);

/// Under so many other IINs a rejected face is seen by more than chance, or than one who wishes its owner ill.
const SEVERAL: usize = 2;

/// How a face was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SightingKind {
    /// Bona fide, and the one on the ID photo.
    Accepted,
    /// A face before the camera that did not, or not clearly, belong to the IIN.
    Rejected,
    /// Staff confirmed that it is an attacker's.
    Attacker,
}

impl SightingKind {
    /// The kind as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Attacker => "attacker",
        }
    }

    /// Reads [`SightingKind::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Accepted, Self::Rejected, Self::Attacker].into_iter().find(|kind| kind.as_str() == name)
    }

    /// As what the face of a capture is to be remembered, if at all. What PAD takes for an attack is not: a photo or a
    /// screen shows the victim's face, and would make the victim a suspect.
    pub fn of(judgement: &FaceJudgement) -> Option<Self> {
        let reason = match judgement {
            FaceJudgement::Passed => return Some(Self::Accepted),
            FaceJudgement::Retry(reason) => Some(*reason),
            FaceJudgement::Ended(outcome) => outcome.reasons.first().map(|reason| reason.code),
        };
        let live = matches!(
            reason,
            Some(ReasonCode::FaceMismatch | ReasonCode::FaceDoubtful | ReasonCode::PresentationDoubtful)
        );
        live.then_some(Self::Rejected)
    }
}

/// What a sighting is found by: a newer one of the same key takes the older's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SightingKey {
    /// How.
    pub kind: SightingKind,
    /// The player; of an attacker the case that shows them.
    pub subject: Uuid,
}

impl SightingKey {
    /// A player's.
    pub fn of_player(kind: SightingKind, player: PlayerId) -> Self {
        Self { kind, subject: player.uuid() }
    }

    /// The attacker of a case.
    pub fn of_attacker(case: CaseId) -> Self {
        Self { kind: SightingKind::Attacker, subject: case.uuid() }
    }
}

/// A face as it was seen last.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// This version of it.
    pub id: SightingId,
    /// How, and of whom.
    pub key: SightingKey,
    /// Under whose IIN.
    pub player: Option<PlayerId>,
    /// In which browser, where that is known.
    pub device: Option<HandleHash>,
    /// When.
    pub seen_at: Timestamp,
    /// The live template; `None` when it was taken back.
    pub template: Option<Template>,
}

/// Somebody whom the live face is like. For staff only.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceHit {
    /// How they were seen.
    pub kind: SightingKind,
    /// The player; of an attacker the case.
    pub subject: Uuid,
    /// Under whose IIN they were seen.
    pub player: Option<PlayerId>,
    /// Cosine similarity, -1 to 1.
    pub similarity: f32,
}

/// The similarity at which two different people are taken for one at this rate (FMR): from the calibration of the models.
#[derive(Clone)]
pub struct ScoreAt(Arc<dyn Fn(f64) -> f32 + Send + Sync>);

impl ScoreAt {
    /// From a calibration.
    pub fn new(score: impl Fn(f64) -> f32 + Send + Sync + 'static) -> Self {
        Self(Arc::new(score))
    }
}

impl fmt::Debug for ScoreAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScoreAt(..)")
    }
}

/// What the deployer decided about the search.
#[derive(Clone, Debug)]
pub struct FaceSearchPolicy {
    /// Whether faces are kept and searched at all.
    pub enabled: bool,
    /// Share of searches that may hit by chance.
    pub false_hits: f64,
    /// How long a face that was seen is kept. Attackers stay until staff take them back.
    pub keep: Duration,
    /// Calibration of the embedder.
    pub score_at: ScoreAt,
}

impl FaceSearchPolicy {
    /// From which similarity on a face among `population` others is a hit: each comparison may err only so often that
    /// all of them together err in `false_hits` of the searches. Never below `match_from`: what is no match 1:1 is none
    /// among many.
    pub fn threshold(&self, population: usize, match_from: f32) -> f32 {
        let rate = self.false_hits / population.max(1) as f64;
        // A calibration that answers with no number must not silence the search.
        let score = (self.score_at.0)(rate);
        if score.is_finite() { score.clamp(match_from, 1.0_f32.max(match_from)) } else { match_from }
    }
}

/// One search.
#[derive(Clone, Copy, Debug)]
pub struct FaceQuery<'a> {
    /// The live template.
    pub probe: &'a Template,
    /// Of whom.
    pub player: PlayerId,
    /// In which browser.
    pub device: Option<HandleHash>,
    /// Whether the player has a second factor of their own, or their face was found to be theirs before.
    pub is_established: bool,
    /// With whom the likeness was found innocent.
    pub cleared: &'a [Uuid],
    /// From which similarity on it is one.
    pub threshold: f32,
}

/// Who among `seen` is so like the face that a person must look; the most alike first. Neither the player's own sightings nor what
/// was cleared counts, and templates of another model never do.
///
/// That a face was rejected under another IIN says little: whoever has somebody's picture can show it under any. So it counts
/// where the same face was rejected under several, or in this very browser, and never against who is known by more than that.
pub fn hits(query: &FaceQuery<'_>, seen: &[Sighting]) -> Vec<FaceHit> {
    let alike = |sighting: &&Sighting| query.likeness(sighting).is_some();
    let rejected: Vec<&Sighting> =
        seen.iter().filter(|sighting| sighting.key.kind == SightingKind::Rejected).filter(alike).collect();
    let several = rejected.len() >= SEVERAL;
    let counts = |sighting: &Sighting| match sighting.key.kind {
        SightingKind::Accepted | SightingKind::Attacker => true,
        SightingKind::Rejected => !query.is_established && (several || query.is_same_device(sighting)),
    };
    let hit = |sighting: &Sighting| {
        let SightingKey { kind, subject } = sighting.key;
        let similarity = query.likeness(sighting)?;
        counts(sighting).then_some(FaceHit { kind, subject, player: sighting.player, similarity })
    };
    let mut hits: Vec<FaceHit> = seen.iter().filter_map(hit).collect();
    hits.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    hits
}

impl FaceQuery<'_> {
    /// How alike somebody else is, when it is enough.
    fn likeness(&self, sighting: &Sighting) -> Option<f32> {
        let subject = sighting.key.subject;
        let similarity = self.probe.similarity(sighting.template.as_ref()?).ok()?;
        let other = subject != self.player.uuid() && !self.cleared.contains(&subject);
        (other && similarity >= self.threshold).then_some(similarity)
    }

    fn is_same_device(&self, sighting: &Sighting) -> bool {
        self.device.is_some() && self.device == sighting.device
    }
}

/// What a capture's judgement becomes when its face was searched: who would have passed with a hit goes to review,
/// before a second factor is enrolled for somebody else's IIN. What was not passed stays as it is.
#[must_use]
pub fn heed(judgement: FaceJudgement, hits: &[FaceHit]) -> FaceJudgement {
    match judgement {
        FaceJudgement::Passed if !hits.is_empty() => {
            FaceJudgement::Ended(Outcome::new(Verdict::UnderReview, [ReasonCode::ReviewNeeded]))
        }
        other => other,
    }
}

/// The reasons of the case: staff read what the player is not told.
pub fn staff_reasons(told: Vec<ReasonCode>, hits: &[FaceHit]) -> Vec<ReasonCode> {
    let mut reasons: Vec<ReasonCode> =
        told.into_iter().filter(|reason| hits.is_empty() || *reason != ReasonCode::ReviewNeeded).collect();
    if !hits.is_empty() {
        reasons.push(ReasonCode::FaceSeenElsewhere);
    }
    reasons
}

/// Whether the frame of a case may make an attacker known. Not when a picture of the rightful person was held up (not
/// clearly bona fide, and like the ID photo from `no_match_below` on): the face is the victim's.
pub fn shows_the_victim(reasons: &[ReasonCode], similarity: Option<f32>, no_match_below: f32) -> bool {
    let in_doubt = [ReasonCode::PresentationAttack, ReasonCode::PresentationDoubtful];
    reasons.iter().any(|reason| in_doubt.contains(reason)) && similarity.is_none_or(|score| score >= no_match_below)
}

#[cfg(test)]
mod tests;
