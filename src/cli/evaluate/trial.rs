//! What the service's own judgement makes of a finished capture, with every cue and without.

use crate::app::face::live_capture::{JudgementThresholds, LiveCapture};
use crate::domain::decision::Verdict;
use crate::domain::face::comparison::Template;
use crate::domain::face::judgement::FaceJudgement;
use crate::domain::face::liveness::cues::{Cue, CueResult, Support};
use crate::domain::face::liveness::fingerprint::FrameFingerprint;
use crate::domain::reason::ReasonCode;

/// What came of a capture.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    /// How it ended.
    pub(super) end: End,
    /// What every cue said.
    pub(super) evidence: Vec<CueResult>,
    /// Cues without which it would have passed.
    pub(super) decisive: Vec<Cue>,
    /// Pairs of cues without which it would have passed, though not without one of them alone.
    pub(super) decisive_pairs: Vec<[Cue; 2]>,
    /// Whether it would have passed, had the face been that of the ID photo.
    pub(super) held_by_comparison: bool,
    /// How like the face was to the ID photo.
    pub(super) similarity: Option<f32>,
    /// Frames until then.
    pub(super) frames: u32,
}

/// How a capture ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// On to the second factor.
    Passed,
    /// A person has to look.
    Doubtful(ReasonCode),
    /// Refused.
    Refused(ReasonCode),
}

impl End {
    /// The stable code: `passed`, or that of the reason.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Doubtful(reason) | Self::Refused(reason) => reason.code(),
        }
    }
}

/// Judges a capture of the person of this ID photo, with no attempt left; `earlier` are the frames that the service
/// remembers of captures of this person; cues that are `left_out` are not asked.
pub(super) async fn judged(
    live: &LiveCapture,
    id_photo: &Template,
    lines: JudgementThresholds,
    earlier: &[FrameFingerprint],
    left_out: &[Cue],
    frames: u32,
) -> anyhow::Result<Trial> {
    let template = live.template(id_photo).await?;
    let judge = |evidence: Vec<CueResult>, template| {
        let (judgement, _) = live.judge(evidence, template, id_photo, lines, 0);
        match judgement {
            FaceJudgement::Passed => End::Passed,
            FaceJudgement::Retry(reason) => End::Refused(reason),
            FaceJudgement::Ended(outcome) => {
                let reason = outcome.codes().first().copied().unwrap_or(ReasonCode::CaptureRetry);
                if outcome.verdict == Verdict::UnderReview { End::Doubtful(reason) } else { End::Refused(reason) }
            }
        }
    };
    let mut evidence = live.evidence(live.capture().film().against(earlier), lines);
    switch_off(&mut evidence, left_out);
    let end = judge(evidence.clone(), template.as_ref());
    let passes_without = |cues: &[Cue]| {
        let mut evidence = evidence.clone();
        switch_off(&mut evidence, cues);
        end != End::Passed && judge(evidence, template.as_ref()) == End::Passed
    };
    let decisive: Vec<Cue> = Cue::ALL.into_iter().filter(|cue| passes_without(&[*cue])).collect();
    let decisive_pairs =
        pairs().filter(|pair| !pair.iter().any(|cue| decisive.contains(cue)) && passes_without(pair)).collect();
    let held_by_comparison = end != End::Passed && judge(evidence.clone(), Some(id_photo)) == End::Passed;
    let similarity = template.and_then(|live| live.similarity(id_photo).ok());
    Ok(Trial { end, evidence, decisive, decisive_pairs, held_by_comparison, similarity, frames })
}

/// As if these cues had nothing to say against it.
fn switch_off(evidence: &mut [CueResult], cues: &[Cue]) {
    for one in evidence.iter_mut().filter(|one| cues.contains(&one.cue)) {
        *one = CueResult { cue: one.cue, support: Some(Support::FULL), findings: Vec::new() };
    }
}

/// Every two cues once.
fn pairs() -> impl Iterator<Item = [Cue; 2]> {
    let cues = Cue::ALL.into_iter().enumerate();
    cues.flat_map(|(place, one)| Cue::ALL.into_iter().skip(place + 1).map(move |other| [one, other]))
}
