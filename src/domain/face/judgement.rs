//! What a finished capture means for the verification.

use serde::{Deserialize, Serialize};

use super::capture::Capture;
use super::comparison::{Comparison, Template, Thresholds};
use super::liveness::cues::{Cue, CueResult, Finding, Support, weigh};
use super::liveness::decision::{Presentation, PresentationThresholds, capture_score};
use super::liveness::evidence::PresentationScores;
use super::liveness::geometry::{self, TurnGeometry};
use super::liveness::replay::Replayed;
use super::scores::FaceScores;
use crate::domain::decision::{Outcome, Verdict};
use crate::domain::reason::ReasonCode;

/// Shares of frames seen before, in an earlier capture or in this one, that make a capture doubtful, and an attack. A person before the same wall gives no
/// frame twice; one stray likeness is no proof.
const SEEN_DOUBT: f32 = 0.05;
const SEEN_ATTACK: f32 = 0.2;

/// So many sampled frames must have a PAD score for their median to say anything.
const MIN_SAMPLED: usize = 2;

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaceJudgement {
    /// Bona fide, and the person on the ID photo.
    Passed,
    /// Not yet; attempts are left.
    Retry(ReasonCode),
    /// No attempts are left.
    Ended(Outcome),
}

impl FaceJudgement {
    /// The same where no attempt is left after all.
    #[must_use]
    pub fn ended(self) -> Self {
        match self {
            Self::Retry(reason) => Self::Ended(Outcome::new(verdict_of(reason), [reason])),
            other => other,
        }
    }
}

/// What there is to hold a live face against.
#[derive(Clone, Debug)]
pub enum IdPhoto {
    /// The template of the ID photo.
    Usable(Template),
    /// There is a photo, of which no template can be made.
    Unusable,
    /// The register knows nobody of this IIN.
    Nobodys,
}

impl IdPhoto {
    /// What the live face, as far as it was seen, is compared with: where there is no photo, what it is certainly not like.
    /// `None` where there is neither.
    pub fn to_compare(&self, live: Option<&Template>) -> Option<Template> {
        match self {
            Self::Usable(template) => Some(template.clone()),
            Self::Unusable | Self::Nobodys => live.map(Template::opposite),
        }
    }

    /// Whether it is the person's own, and the live face may be the one on it.
    pub fn may_show(&self, live: Option<&Template>, comparison: Thresholds) -> bool {
        let (Self::Usable(photo), Some(live)) = (self, live) else { return false };
        live.similarity(photo).is_ok_and(|similarity| comparison.judge(similarity) != Comparison::NoMatch)
    }
}

/// What a mismatch means where the ID photo cannot be used: a person must compare.
#[must_use]
pub fn without_photo(judgement: FaceJudgement) -> FaceJudgement {
    let reason = match &judgement {
        FaceJudgement::Passed => None,
        FaceJudgement::Retry(reason) => Some(*reason),
        FaceJudgement::Ended(outcome) => outcome.reasons.first().map(|reason| reason.code),
    };
    match reason {
        Some(ReasonCode::FaceMismatch) => {
            FaceJudgement::Ended(Outcome::new(Verdict::UnderReview, [ReasonCode::IdPhotoUnusable]))
        }
        _ => judgement,
    }
}

/// What was measured of a capture beside what its frames say one by one.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// How the head moved in its turns.
    pub turns: Vec<TurnGeometry>,
    /// What of its frames was seen before.
    pub replayed: Replayed,
}

/// What every cue says of a capture.
pub fn evidence(
    capture: &Capture,
    measured: &Measured,
    comparison: Thresholds,
    presentation: PresentationThresholds,
) -> Vec<CueResult> {
    let scores: Vec<PresentationScores> = capture.frames().iter().map(|frame| frame.presentation).collect();
    let PresentationThresholds { bona_fide_from, attack_below } = presentation;
    // The frames of commands by themselves, too: they may be of another making than the straight ones.
    let sampled = capture.sampled_presentations();
    let sampled = if sampled.len() < MIN_SAMPLED { scores.clone() } else { sampled };
    let score = capture_score(&scores).min(capture_score(&sampled));
    let passive = Support::graded(score, attack_below, bona_fide_from, 1.0);
    let solid = geometry::support(&measured.turns);
    let flat = solid.is_some_and(|support| !support.speaks_for());
    let one =
        |cue, support, finding: Option<Finding>| CueResult { cue, support, findings: finding.into_iter().collect() };
    let mut evidence = vec![one(Cue::Passive, Some(passive), None)];
    evidence.extend(capture.evidence(comparison));
    evidence.push(one(Cue::Geometry, solid, flat.then_some(Finding::Flat)));
    evidence.push(freshness(measured.replayed));
    evidence
}

/// As fresh as the larger of the two shares leaves it.
fn freshness(replayed: Replayed) -> CueResult {
    // Measured the other way round: the less was seen before, the better.
    let fresh = |share: f32| Support::graded(1.0 - share, 1.0 - SEEN_ATTACK, 1.0 - SEEN_DOUBT, 1.0);
    let shares = [(replayed.earlier, Finding::SeenBefore), (replayed.looped, Finding::Loop)];
    let findings = shares.into_iter().filter(|(share, _)| !fresh(*share).speaks_for()).map(|(_, finding)| finding);
    let support = Some(fresh(replayed.earlier.max(replayed.looped)));
    CueResult { cue: Cue::Freshness, support, findings: findings.collect() }
}

/// Judges a capture; `live` is its template and `attempts_left` counts those after this one. Returns the scores for staff
/// beside the judgement.
pub fn judge(
    capture: &Capture,
    evidence: Vec<CueResult>,
    live: Option<&Template>,
    id_photo: &Template,
    comparison: Thresholds,
    attempts_left: u32,
) -> (FaceJudgement, FaceScores) {
    let similarity = live.and_then(|live| live.similarity(id_photo).ok());
    let presentations: Vec<PresentationScores> = capture.frames().iter().map(|frame| frame.presentation).collect();
    let presentation = weigh(&evidence);
    let changed = evidence.iter().any(|evidence| evidence.findings.contains(&Finding::FaceChanged));
    let scores = FaceScores {
        similarity,
        presentation: Some(capture_score(&presentations)),
        frames: capture.collected(),
        quality: capture.best().map(|best| best.quality.unified() / 100.0),
        cues: evidence,
    };
    let reason = if !capture.is_complete() {
        Some(ReasonCode::CaptureTimeout)
    } else if changed {
        Some(ReasonCode::CaptureFaceChanged)
    } else {
        match (presentation, comparison.judge(similarity.unwrap_or(f32::NAN))) {
            (Presentation::Attack, _) => Some(ReasonCode::PresentationAttack),
            (_, Comparison::NoMatch) => Some(ReasonCode::FaceMismatch),
            (Presentation::Doubt, _) if capture.is_mirrored() => Some(ReasonCode::CaptureMirrored),
            (Presentation::Doubt, _) => Some(ReasonCode::PresentationDoubtful),
            (Presentation::BonaFide, Comparison::Doubt) => Some(ReasonCode::FaceDoubtful),
            (Presentation::BonaFide, Comparison::Match) => None,
        }
    };
    let judgement = match reason {
        None => FaceJudgement::Passed,
        Some(reason) if attempts_left > 0 => FaceJudgement::Retry(reason),
        Some(reason) => FaceJudgement::Ended(Outcome::new(verdict_of(reason), [reason])),
    };
    (judgement, scores)
}

/// What the player is told of a capture that may be tried again. Which cue failed would tell an attacker what to work
/// on, and "staff will look" is not yet true. That it was `mirrored` is told whatever else there was: told only where all else was well,
/// it would say that all else was well.
pub fn told_at_retry(reason: ReasonCode, mirrored: bool) -> ReasonCode {
    match reason {
        ReasonCode::CaptureTimeout | ReasonCode::CaptureFaceChanged => reason,
        _ if mirrored => ReasonCode::CaptureMirrored,
        _ => ReasonCode::CaptureRetry,
    }
}

/// Doubt goes to a person; everything else is refused.
fn verdict_of(reason: ReasonCode) -> Verdict {
    match reason {
        ReasonCode::PresentationDoubtful | ReasonCode::FaceDoubtful => Verdict::UnderReview,
        _ => Verdict::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::face::capture::tests::{Played, mirrored, played};
    use crate::domain::face::comparison::ModelHash;

    fn template(angle: f32) -> Template {
        Template::new(ModelHash("m".into()), vec![angle.cos(), angle.sin()]).unwrap()
    }

    const SOLID: TurnGeometry = TurnGeometry { flat: 0.08, solid: 0.02 };
    const FLAT: TurnGeometry = TurnGeometry { flat: 0.02, solid: 0.05 };

    fn judged_with(played: &Played, turn: TurnGeometry, seen_before: f32, angle: f32, left: u32) -> FaceJudgement {
        let comparison = Thresholds { match_from: 0.45, no_match_below: 0.363 };
        let presentation = PresentationThresholds { bona_fide_from: 0.5, attack_below: 0.2 };
        let measured = Measured { turns: vec![turn], replayed: Replayed { earlier: seen_before, looped: 0.0 } };
        let evidence = evidence(&played.capture, &measured, comparison, presentation);
        judge(&played.capture, evidence, played.capture.template().as_ref(), &template(angle), comparison, left).0
    }

    fn judged(bona_fide: f32, angle: f32, left: u32) -> FaceJudgement {
        judged_with(&played(bona_fide, 90_000), SOLID, 0.0, angle, left)
    }

    fn refused(reason: ReasonCode) -> FaceJudgement {
        FaceJudgement::Ended(Outcome::new(Verdict::Refused, [reason]))
    }

    #[test]
    fn a_retry_does_not_say_which_cue_failed() {
        for reason in [ReasonCode::PresentationAttack, ReasonCode::FaceMismatch, ReasonCode::FaceDoubtful] {
            assert_eq!(told_at_retry(reason, false), ReasonCode::CaptureRetry);
            assert_eq!(told_at_retry(reason, true), ReasonCode::CaptureMirrored);
        }
        for reason in [ReasonCode::CaptureTimeout, ReasonCode::CaptureFaceChanged] {
            assert_eq!([told_at_retry(reason, false), told_at_retry(reason, true)], [reason; 2]);
        }
    }

    #[test]
    fn only_a_complete_bona_fide_match_passes() {
        // Cosines: 0 rad is 1.0, 1.15 rad is .41 (doubt), 1.5 rad is .07.
        assert_eq!(judged(0.9, 0.0, 0), FaceJudgement::Passed);
        let doubted = |reason| FaceJudgement::Ended(Outcome::new(Verdict::UnderReview, [reason]));
        let cut_short = played(0.9, 3_000);
        assert_eq!(judged_with(&cut_short, SOLID, 0.0, 0.0, 0), refused(ReasonCode::CaptureTimeout));
        assert_eq!(judged(0.1, 0.0, 0), refused(ReasonCode::PresentationAttack));
        assert_eq!(judged(0.9, 1.5, 0), refused(ReasonCode::FaceMismatch));
        assert_eq!(judged(0.3, 1.5, 0), refused(ReasonCode::FaceMismatch));
        assert_eq!(judged(0.3, 0.0, 0), doubted(ReasonCode::PresentationDoubtful));
        assert_eq!(judged(0.9, 1.15, 0), doubted(ReasonCode::FaceDoubtful));
        assert_eq!(judged(0.9, 1.15, 1), FaceJudgement::Retry(ReasonCode::FaceDoubtful));
    }

    #[test]
    fn who_did_everything_to_the_other_side_is_told_that_and_passes_nowhere() {
        let mirrored = mirrored(0.9);
        assert!(mirrored.capture.is_complete() && mirrored.capture.is_mirrored());
        let judged = |turn, angle, left| judged_with(&mirrored, turn, 0.0, angle, left);
        assert_eq!(judged(SOLID, 0.0, 2), FaceJudgement::Retry(ReasonCode::CaptureMirrored));
        assert_eq!(judged(SOLID, 0.0, 0), refused(ReasonCode::CaptureMirrored));
        // Staff read what else there was.
        assert_eq!(judged(SOLID, 1.5, 2), FaceJudgement::Retry(ReasonCode::FaceMismatch));
        assert_eq!(judged(FLAT, 0.0, 2), FaceJudgement::Retry(ReasonCode::PresentationAttack));
        assert!(!played(0.9, 90_000).capture.is_mirrored());
    }

    #[test]
    fn whoever_has_no_photo_is_compared_with_what_nobody_is_like() {
        let comparison = Thresholds { match_from: 0.45, no_match_below: 0.363 };
        let (live, photo) = (template(0.1), IdPhoto::Usable(template(0.0)));
        assert_eq!(photo.to_compare(Some(&live)), Some(template(0.0)));
        assert!(photo.may_show(Some(&live), comparison) && !photo.may_show(None, comparison));
        assert!(!photo.may_show(Some(&template(1.5)), comparison));
        for missing in [IdPhoto::Unusable, IdPhoto::Nobodys] {
            let compared = missing.to_compare(Some(&live)).unwrap();
            assert_eq!(comparison.judge(live.similarity(&compared).unwrap()), Comparison::NoMatch);
            assert!(missing.to_compare(None).is_none() && !missing.may_show(Some(&live), comparison));
        }
    }

    #[test]
    fn an_id_photo_that_cannot_be_used_is_for_a_person_where_the_face_lives() {
        let review = FaceJudgement::Ended(Outcome::new(Verdict::UnderReview, [ReasonCode::IdPhotoUnusable]));
        assert_eq!(without_photo(FaceJudgement::Retry(ReasonCode::FaceMismatch)), review);
        assert_eq!(without_photo(refused(ReasonCode::FaceMismatch)), review);
        for other in [FaceJudgement::Retry(ReasonCode::CaptureTimeout), refused(ReasonCode::PresentationAttack)] {
            assert_eq!(without_photo(other.clone()), other);
        }
    }

    #[test]
    fn a_flat_head_or_frames_seen_before_are_an_attack() {
        let played = played(0.9, 90_000);
        let attack = refused(ReasonCode::PresentationAttack);
        assert_eq!(judged_with(&played, FLAT, 0.0, 0.0, 0), attack);
        assert_eq!(judged_with(&played, SOLID, 0.5, 0.0, 0), attack);
        assert_eq!(judged_with(&played, SOLID, 0.02, 0.0, 0), FaceJudgement::Passed);
    }

    #[test]
    fn frames_that_come_again_speak_against_as_those_of_earlier_captures_do() {
        let said = |earlier, looped| freshness(Replayed { earlier, looped });
        assert!(said(0.0, 0.0).support.unwrap().speaks_for() && said(0.04, 0.04).findings.is_empty());
        assert_eq!(said(0.0, 0.3).findings, [Finding::Loop]);
        assert!(said(0.0, 0.3).support.unwrap().speaks_against());
        assert_eq!(said(0.1, 0.0).findings, [Finding::SeenBefore]);
        assert!(!said(0.1, 0.0).support.unwrap().speaks_against() && !said(0.1, 0.0).support.unwrap().speaks_for());
        assert_eq!(said(0.1, 0.1).findings, [Finding::SeenBefore, Finding::Loop]);
    }
}
