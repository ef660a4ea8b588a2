//! What a finished capture means for the verification.

use super::capture::Capture;
use super::comparison::{Comparison, Template, Thresholds};
use super::liveness::decision::{Presentation, PresentationThresholds, capture_score, decide};
use super::liveness::evidence::PresentationScores;
use super::reason::ReasonCode;
use super::review::FaceScores;
use super::verification::{Outcome, Verdict};

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaceJudgement {
    /// Bona fide, and the person on the ID photo.
    Passed,
    /// Not yet; attempts are left.
    Retry(ReasonCode),
    /// No attempts are left.
    Ended(Outcome),
}

/// Judges a capture; `live` is its template and `attempts_left` counts those after this one. Returns the scores for staff
/// beside the judgement.
pub fn judge(
    capture: &Capture,
    live: Option<&Template>,
    id_photo: &Template,
    comparison: Thresholds,
    presentation: PresentationThresholds,
    attempts_left: u32,
) -> (FaceJudgement, FaceScores) {
    let presentations: Vec<PresentationScores> = capture.frames().iter().map(|frame| frame.presentation).collect();
    let similarity = live.and_then(|live| live.similarity(id_photo).ok());
    let scores = FaceScores {
        similarity,
        presentation: Some(capture_score(&presentations)),
        frames: capture.collected(),
        quality: capture.best().map(|best| best.quality.unified() / 100.0),
    };
    let reason = if !capture.is_complete() {
        Some(ReasonCode::CaptureTimeout)
    } else if !capture.shows_one_face(comparison.no_match_below) {
        Some(ReasonCode::CaptureFaceChanged)
    } else {
        match (decide(&presentations, presentation), comparison.judge(similarity.unwrap_or(f32::NAN))) {
            (Presentation::Attack, _) => Some(ReasonCode::PresentationAttack),
            (_, Comparison::NoMatch) => Some(ReasonCode::FaceMismatch),
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
/// on, and "staff will look" is not yet true.
pub fn told_at_retry(reason: ReasonCode) -> ReasonCode {
    match reason {
        ReasonCode::CaptureTimeout | ReasonCode::CaptureFaceChanged => reason,
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
    use crate::domain::capture::{FRAMES_NEEDED, KeptFrame};
    use crate::domain::comparison::ModelHash;
    use crate::domain::face_quality::tests::good;
    use crate::domain::time::Timestamp;

    fn template(angle: f32) -> Template {
        Template::new(ModelHash("m".into()), vec![angle.cos(), angle.sin()]).unwrap()
    }

    fn capture(frames: usize, bona_fide: f32) -> Capture {
        let mut capture = Capture::start(Timestamp::from_seconds(0));
        for second in (0..).take(frames) {
            let quality = good();
            let presentation = PresentationScores::new([bona_fide; 3]);
            let frame = KeptFrame { picture: vec![1].into(), quality, presentation, template: template(0.0) };
            capture.keep(frame, Timestamp::from_seconds(second));
        }
        capture
    }

    fn judged(frames: usize, bona_fide: f32, angle: f32, left: u32) -> FaceJudgement {
        let comparison = Thresholds { match_from: 0.45, no_match_below: 0.363 };
        let presentation = PresentationThresholds { bona_fide_from: 0.5, attack_below: 0.2 };
        let capture = capture(frames, bona_fide);
        judge(&capture, capture.template().as_ref(), &template(angle), comparison, presentation, left).0
    }

    #[test]
    fn a_retry_does_not_say_which_cue_failed() {
        for reason in [ReasonCode::PresentationAttack, ReasonCode::FaceMismatch, ReasonCode::FaceDoubtful] {
            assert_eq!(told_at_retry(reason), ReasonCode::CaptureRetry);
        }
        assert_eq!(told_at_retry(ReasonCode::CaptureTimeout), ReasonCode::CaptureTimeout);
    }

    #[test]
    fn only_a_complete_bona_fide_match_passes() {
        // Cosines: 0 rad is 1.0, 1.15 rad is .41 (doubt), 1.5 rad is .07.
        assert_eq!(judged(FRAMES_NEEDED, 0.9, 0.0, 0), FaceJudgement::Passed);
        let refused = |reason| FaceJudgement::Ended(Outcome::new(Verdict::Refused, [reason]));
        let doubted = |reason| FaceJudgement::Ended(Outcome::new(Verdict::UnderReview, [reason]));
        assert_eq!(judged(FRAMES_NEEDED - 1, 0.9, 0.0, 0), refused(ReasonCode::CaptureTimeout));
        assert_eq!(judged(FRAMES_NEEDED, 0.1, 0.0, 0), refused(ReasonCode::PresentationAttack));
        assert_eq!(judged(FRAMES_NEEDED, 0.9, 1.5, 0), refused(ReasonCode::FaceMismatch));
        assert_eq!(judged(FRAMES_NEEDED, 0.3, 1.5, 0), refused(ReasonCode::FaceMismatch));
        assert_eq!(judged(FRAMES_NEEDED, 0.3, 0.0, 0), doubted(ReasonCode::PresentationDoubtful));
        assert_eq!(judged(FRAMES_NEEDED, 0.9, 1.15, 0), doubted(ReasonCode::FaceDoubtful));
        assert_eq!(judged(FRAMES_NEEDED, 0.9, 1.15, 1), FaceJudgement::Retry(ReasonCode::FaceDoubtful));
    }
}
