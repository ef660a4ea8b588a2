//! One capture in made-up time.

use super::Stage;
use crate::app::live_capture::LiveCapture;
use crate::cli::demo::made_up_time;
use crate::domain::face_step::FaceJudgement;
use crate::domain::liveness::cues::{Cue, Evidence, Support};
use crate::domain::liveness::fingerprint::FrameFingerprint;
use crate::domain::reason::ReasonCode;
use crate::domain::verification::Verdict;
use crate::workshop::actor::Actor;
use crate::workshop::attackers::Recorder;
use crate::workshop::person::VirtualPlayer;

/// What came of a capture.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    /// How it ended.
    pub(super) end: End,
    /// What every cue said.
    pub(super) evidence: Vec<Evidence>,
    /// Cues without which it would have passed.
    pub(super) decisive: Vec<Cue>,
    /// Pairs of cues without which it would have passed, though not without one of them alone.
    pub(super) decisive_pairs: Vec<[Cue; 2]>,
    /// Whether it would have passed, had the face been that of the ID photo.
    pub(super) held_by_comparison: bool,
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

/// Has `actor` stand before the camera until the capture is over; `earlier` are the frames that the service remembers of
/// captures of this person.
pub(super) async fn trial(
    stage: &Stage,
    actor: &mut dyn Actor,
    earlier: &[FrameFingerprint],
    seed: u64,
) -> anyhow::Result<Trial> {
    let (live, frames) = act(stage, actor, seed).await?;
    judged(stage, &live, earlier, frames).await
}

/// The capture that is recorded to be sent again: its frames, and what the service remembers of them.
pub(super) async fn recorded(
    stage: &Stage,
    player: VirtualPlayer,
    seed: u64,
) -> anyhow::Result<(Vec<Vec<u8>>, Vec<FrameFingerprint>)> {
    let mut recorder = Recorder::new(player);
    let (live, _) = act(stage, &mut recorder, seed).await?;
    Ok((recorder.into_frames(), live.capture().film().kept()))
}

async fn act(stage: &Stage, actor: &mut dyn Actor, seed: u64) -> anyhow::Result<(LiveCapture, u32)> {
    let mut frames = 0;
    let live = made_up_time::capture(&stage.faces, actor, stage.lights, seed, |_| frames += 1).await?;
    Ok((live, frames))
}

async fn judged(stage: &Stage, live: &LiveCapture, earlier: &[FrameFingerprint], frames: u32) -> anyhow::Result<Trial> {
    let template = live.template(&stage.id_photo).await?;
    let judge = |evidence: Vec<Evidence>, template| {
        let (judgement, _) = live.judge(evidence, template, &stage.id_photo, stage.lines, 0);
        match judgement {
            FaceJudgement::Passed => End::Passed,
            FaceJudgement::Retry(reason) => End::Refused(reason),
            FaceJudgement::Ended(outcome) => {
                let reason = outcome.codes().first().copied().unwrap_or(ReasonCode::CaptureRetry);
                if outcome.verdict == Verdict::UnderReview { End::Doubtful(reason) } else { End::Refused(reason) }
            }
        }
    };
    let evidence = live.evidence(live.capture().film().against(earlier), stage.lines);
    let end = judge(evidence.clone(), template.as_ref());
    let passes_without = |cues: &[Cue]| {
        let off = evidence.iter().map(|evidence| {
            if !cues.contains(&evidence.cue) {
                return evidence.clone();
            }
            Evidence { cue: evidence.cue, support: Some(Support::FULL), findings: Vec::new() }
        });
        end != End::Passed && judge(off.collect(), template.as_ref()) == End::Passed
    };
    let decisive: Vec<Cue> = Cue::ALL.into_iter().filter(|cue| passes_without(&[*cue])).collect();
    let decisive_pairs =
        pairs().filter(|pair| !pair.iter().any(|cue| decisive.contains(cue)) && passes_without(pair)).collect();
    let held_by_comparison = end != End::Passed && judge(evidence.clone(), Some(&stage.id_photo)) == End::Passed;
    Ok(Trial { end, evidence, decisive, decisive_pairs, held_by_comparison, frames })
}

/// Every two cues once.
fn pairs() -> impl Iterator<Item = [Cue; 2]> {
    let cues = Cue::ALL.into_iter().enumerate();
    cues.flat_map(|(place, one)| Cue::ALL.into_iter().skip(place + 1).map(move |other| [one, other]))
}
