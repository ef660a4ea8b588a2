//! One take of a capture: frames of a film on their way to the service.

use std::time::Duration;

use super::Stage;
use super::reel::Reel;
use crate::app::face::live_capture::LiveCapture;
use crate::cli::demo::capture::FRAME_PAUSE;
use crate::cli::demo::made_up_time::Source;
use crate::domain::face::capture::FrameHeader;
use crate::domain::face::liveness::challenge::Challenge;
use crate::domain::face::liveness::course::Content;
use crate::domain::face::liveness::cues::Cue;
use crate::domain::kernel::testing::SeededRandomness;
use crate::domain::kernel::time::Timestamp;
use crate::workshop::film::{Fit, Missed, Roll};

/// How long a frame is on its way to the service.
const LATENCY: Duration = Duration::from_millis(40);
/// Frames sent to have a command told before it is tried elsewhere.
const TRIED_FRAMES: usize = 6;

/// What was taken.
pub(super) struct Taken {
    pub(super) live: LiveCapture,
    /// Frames sent.
    pub(super) frames: u32,
    /// The first movement that did not count, or did not come.
    pub(super) miss: Option<Missed>,
}

/// Sends what the fit says.
pub(super) async fn take(
    stage: &Stage,
    source: Source,
    reel: &Reel,
    roll: &Roll,
    fit: &Fit,
    seed: u64,
) -> anyhow::Result<Taken> {
    let sights = &roll.sights;
    let begins = fit.sent.first().map_or(0, |first| first.start);
    let randomness = SeededRandomness::new(seed);
    let began = Timestamp::from_seconds(0);
    let challenge = Challenge { commands: fit.commands.clone(), lights: Vec::new() };
    let mut live = LiveCapture::start(stage.faces.clone(), challenge, began);
    source.announce(live.capture_mut());
    let mut shown = live.capture().shown();
    let (mut sequence, mut told, mut asked) = (0, 0, None);
    let (mut place, mut left) = (begins, usize::MAX);
    let mut miss = None;
    while place < sights.len() && !live.capture().is_complete() {
        sequence += 1;
        let since = Duration::from_millis(sights[place].millis - sights[begins].millis);
        let taken = since + FRAME_PAUSE + source.jitter(sequence);
        let header = FrameHeader { sequence, captured_millis: u64::try_from(taken.as_millis())?, shown: shown.index };
        let now = began.plus(taken).plus(LATENCY);
        if live.capture_mut().admit(header, now).is_err() {
            break;
        }
        let picture = reel.pictures[roll.frames[place]].clone();
        let changed = live.take(header, picture.into(), now, &randomness).await?.show;
        if let Some(next) = changed {
            if let Some(missed) = asked.take().filter(|_| fails(&live, stage)) {
                miss = Some(missed);
                break;
            }
            shown = next;
            if let Content::Command(command) = shown.content {
                asked = Some(Missed { command, told: place });
                told += 1;
            }
        }
        left = left.saturating_sub(1);
        let is_baseline = shown.index == 1;
        // What is asked is waited for. Then the film runs on to where the next command can be told, and again where that
        // was missed.
        if asked.is_none() && !is_baseline && (changed.is_some() || left == 0) {
            let Some(next) = fit.next(sights, fit.commands.get(told).copied(), sights[place].millis) else { break };
            (place, left) = (next, TRIED_FRAMES);
        } else {
            place += 1;
        }
    }
    // The film is over, and something was still to come: the movement of now, or the next, or else the last one came late.
    if miss.is_none() && !live.capture().is_complete() {
        miss = asked.or_else(|| fit.tells(told)).or_else(|| fit.tells(told.checked_sub(1)?));
    }
    Ok(Taken { live, frames: sequence, miss })
}

/// Whether a command failed so far.
fn fails(live: &LiveCapture, stage: &Stage) -> bool {
    let evidence = live.capture().evidence(stage.lines.comparison);
    evidence.iter().any(|one| one.cue == Cue::Commands && !one.findings.is_empty())
}
