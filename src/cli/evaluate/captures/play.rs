//! Plays a stretch of a film as one capture.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::super::trial::{Trial, judged};
use super::Stage;
use super::reel::Reel;
use crate::app::live_capture::LiveCapture;
use crate::cli::demo::capture::FRAME_PAUSE;
use crate::cli::demo::made_up_time::Source;
use crate::domain::capture::FrameHeader;
use crate::domain::comparison::Template;
use crate::domain::liveness::challenge::{COMMANDS, Challenge};
use crate::domain::liveness::course::Content;
use crate::domain::liveness::cues::Cue;
use crate::domain::ports::testing::SeededRandomness;
use crate::domain::ports::{Ask, Detail, Gate};
use crate::domain::time::Timestamp;
use crate::workshop::film::{Fit, Roll, Wanted, fits};

/// How long a frame is on its way to the service.
const LATENCY: Duration = Duration::from_millis(40);
/// How long a film is played back and forth.
const BACK_AND_FORTH: u64 = 60_000;
/// Frames sent to have a command told before it is tried elsewhere.
const TRIED_FRAMES: usize = 6;
/// Frames tried as ID photo, those furthest from what is sent first.
const PHOTOS_TRIED: usize = 12;

/// A capture, and where in the film it began.
pub(super) struct Picked {
    pub(super) trial: Trial,
    pub(super) begins_millis: u64,
}

/// One capture that is to be played.
pub(super) struct Part {
    roll: Arc<Roll>,
    pub(super) fit: Fit,
    /// Cues that are not asked, since the film cannot answer them.
    pub(super) left_out: Vec<Cue>,
}

/// Up to `most` captures of this film: once through where that shows as many commands as a capture with lights has; else back
/// and forth, where nobody asks whether frames come again; without a turn of the head, where `turnless` films are wanted,
/// where nobody asks whether it is solid.
pub(super) fn parts(reel: &Reel, least: usize, turnless: bool, most: usize) -> Vec<Part> {
    let once = Arc::new(Roll::once(&reel.sights));
    let all = once.sights.len();
    let turned = Wanted { least: least.max(COMMANDS), turn: true };
    let of = |roll: &Arc<Roll>, places, wanted, left_out: &[Cue]| -> Vec<Part> {
        let part = |fit| Part { roll: roll.clone(), fit, left_out: left_out.to_vec() };
        pick(fits(&roll.sights, places, wanted), most).into_iter().map(part).collect()
    };
    let found = of(&once, all, turned, &[]);
    if !found.is_empty() {
        return found;
    }
    let again = Arc::new(Roll::back_and_forth(&reel.sights, BACK_AND_FORTH));
    let found = of(&again, 2 * all, Wanted { least, turn: true }, &[Cue::Freshness]);
    if !found.is_empty() || !turnless {
        return found;
    }
    of(&again, 2 * all, Wanted { least, turn: false }, &[Cue::Freshness, Cue::Geometry, Cue::Texture])
}

/// Those of the most commands, and of them such as have other movements, spread over the film's length.
fn pick(mut all: Vec<Fit>, most: usize) -> Vec<Fit> {
    let commands = all.iter().map(|fit| fit.commands.len()).max().unwrap_or(0);
    all.retain(|fit| fit.commands.len() == commands);
    // Those that share their movements are nearly one capture.
    let mut apart: BTreeMap<usize, Vec<Fit>> = BTreeMap::new();
    for fit in all {
        apart.entry(fit.sent.get(1).map_or(0, |first| first.start)).or_default().push(fit);
    }
    let mut rounds: Vec<std::vec::IntoIter<Fit>> = apart.into_values().map(Vec::into_iter).collect();
    let mut picked = Vec::new();
    while picked.len() < most {
        let round: Vec<Fit> = rounds.iter_mut().filter_map(Iterator::next).collect();
        if round.is_empty() {
            break;
        }
        let (left, all) = (most - picked.len(), round.len());
        let spread = |place: usize| left >= all || ((place + 1) * left) / all > (place * left) / all;
        picked.extend(round.into_iter().enumerate().filter(|(place, _)| spread(*place)).map(|(_, fit)| fit));
    }
    picked
}

/// Plays it; `None` where no frame of the film will do as ID photo.
pub(super) async fn play(
    stage: &Stage,
    source: Source,
    reel: &Reel,
    part: &Part,
    seed: u64,
) -> anyhow::Result<Option<Picked>> {
    let Part { roll, fit, left_out } = part;
    let sights = &roll.sights;
    let Some(id_photo) = id_photo(stage, reel, part).await? else { return Ok(None) };
    let Some(begins) = fit.sent.first().map(|first| first.start) else { return Ok(None) };
    let begins_millis = sights[begins].millis;
    let randomness = SeededRandomness::new(seed);
    let began = Timestamp::from_seconds(0);
    let challenge = Challenge { commands: fit.commands.clone(), lights: Vec::new() };
    let mut live = LiveCapture::start(stage.faces.clone(), challenge, began);
    source.announce(live.capture_mut());
    let mut shown = live.capture().shown();
    let (mut sequence, mut told) = (0, 0);
    let (mut place, mut left) = (begins, usize::MAX);
    while place < sights.len() && !live.capture().is_complete() {
        sequence += 1;
        let since = Duration::from_millis(sights[place].millis - begins_millis);
        let taken = since + FRAME_PAUSE + source.jitter(sequence);
        let header = FrameHeader { sequence, captured_millis: u64::try_from(taken.as_millis())?, shown: shown.index };
        let now = began.plus(taken).plus(LATENCY);
        if live.capture_mut().admit(header, now).is_err() {
            break;
        }
        let picture = reel.pictures[roll.frames[place]].clone();
        let changed = live.take(header, picture.into(), now, &randomness).await?.show;
        if let Some(next) = changed {
            shown = next;
            told += usize::from(matches!(shown.content, Content::Command(_)));
        }
        left = left.saturating_sub(1);
        let asks = matches!(shown.content, Content::Command(_));
        let is_baseline = shown.index == 1;
        // What is asked is waited for. Then the film runs on to where the next command can be told, and again where that
        // was missed.
        if !asks && !is_baseline && (changed.is_some() || left == 0) {
            let Some(next) = fit.next(sights, fit.commands.get(told).copied(), sights[place].millis) else { break };
            (place, left) = (next, TRIED_FRAMES);
        } else {
            place += 1;
        }
    }
    let trial = judged(&live, &id_photo, stage.lines, &[], left_out, sequence).await?;
    Ok(Some(Picked { trial, begins_millis }))
}

/// The template of the good frame that is furthest in time from those that are sent.
async fn id_photo(stage: &Stage, reel: &Reel, Part { roll, fit, .. }: &Part) -> anyhow::Result<Option<Template>> {
    let millis = |place: usize| reel.sights[place].millis;
    let sent: BTreeSet<u64> = fit.sent.iter().cloned().flatten().map(|place| millis(roll.frames[place])).collect();
    let away = |millis: u64| sent.iter().map(|other| other.abs_diff(millis)).min().unwrap_or(u64::MAX);
    let mut good: Vec<usize> = (0..reel.sights.len()).filter(|place| reel.sights[*place].good).collect();
    good.sort_by_key(|place| std::cmp::Reverse(away(millis(*place))));
    for place in good.into_iter().take(PHOTOS_TRIED) {
        let ask = Ask::of(Gate::IdPhoto, false, Detail::Full);
        let found = stage.faces.examine(reel.pictures[place].clone().into(), ask).await?;
        if found.template.is_some() {
            return Ok(found.template);
        }
    }
    Ok(None)
}
