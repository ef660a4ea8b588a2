//! Plays a stretch of a film as one capture.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::trial::{Trial, judged};
use super::Stage;
use super::reel::Reel;
use super::take::{Taken, take};
use crate::cli::demo::made_up_time::Source;
use crate::domain::face::comparison::Template;
use crate::domain::face::engine::{ExamineRequest, QualityGate, TemplateDepth};
use crate::domain::face::liveness::challenge::{COMMANDS, Command};
use crate::domain::face::liveness::cues::Cue;
use crate::workshop::film::{Fit, Roll, Wanted, fits};

/// How long a film is played back and forth.
const BACK_AND_FORTH: u64 = 60_000;
/// How often a capture is played at most.
const TAKES: u32 = 60;
/// Frames tried as ID photo, those furthest from what is sent first.
const PHOTOS_TRIED: usize = 12;

/// A capture, and where in the film it began.
pub(super) struct Picked {
    pub(super) trial: Trial,
    pub(super) begins_millis: u64,
    /// What was asked.
    pub(super) commands: Vec<Command>,
    /// Cues that were not asked, since the film cannot answer them.
    pub(super) left_out: Vec<Cue>,
    /// How often it was played until every command was followed, or no other movement was left.
    pub(super) takes: u32,
}

/// One capture that is to be played.
pub(super) struct Part {
    roll: Arc<Roll>,
    fit: Fit,
    wanted: Wanted,
    /// Cues that are not asked, since the film cannot answer them.
    left_out: Vec<Cue>,
}

/// Up to `most` captures of this film: once through where that shows as many commands as a capture with lights has; else back
/// and forth, where nobody asks whether frames come again; without a turn of the head, where `turnless` films are wanted,
/// where nobody asks whether it is solid.
pub(super) fn parts(reel: &Reel, least: usize, turnless: bool, most: usize) -> Vec<Part> {
    let once = Arc::new(Roll::once(&reel.sights));
    let all = once.sights.len();
    let turned = Wanted { least: least.max(COMMANDS), turn: true };
    let of = |roll: &Arc<Roll>, places, wanted, left_out: &[Cue]| -> Vec<Part> {
        let part = |fit| Part { roll: roll.clone(), fit, wanted, left_out: left_out.to_vec() };
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

/// Plays it; `None` where no frame of the film will do as ID photo, or the film shows nothing that the service counts. People on film do nothing at a word, and what the service
/// sees of a movement wavers with where it looked before: where it did not count one, the capture is taken again without it, as a
/// person who is asked obeys. Nothing but that decides whether a take is kept.
pub(super) async fn play(
    stage: &Stage,
    source: Source,
    reel: &Reel,
    part: &Part,
    seed: u64,
) -> anyhow::Result<Option<Picked>> {
    let (mut fit, mut missed, mut takes) = (part.fit.clone(), Vec::new(), 0);
    let (live, frames) = loop {
        takes += 1;
        let Taken { live, frames, miss } = take(stage, source, reel, &part.roll, &fit, seed).await?;
        missed.extend(miss);
        let next = miss.filter(|_| takes < TAKES).and_then(|_| fit.again(&part.roll.sights, part.wanted, &missed));
        match next {
            Some(next) => fit = next,
            None if miss.is_some() => return Ok(None),
            None => break (live, frames),
        }
    };
    let begins_millis = fit.sent.first().map_or(0, |first| part.roll.sights[first.start].millis);
    let Some(id_photo) = id_photo(stage, reel, &part.roll, &fit).await? else { return Ok(None) };
    let mut left_out = part.left_out.clone();
    // A capture of fewer commands than the service draws may end before enough was seen to lay flat.
    let short = fit.commands.len() < COMMANDS && live.capture().change().texture.is_none();
    if short && !left_out.contains(&Cue::Texture) {
        left_out.push(Cue::Texture);
    }
    let trial = judged(&live, &id_photo, stage.lines, &[], &left_out, frames).await?;
    Ok(Some(Picked { trial, begins_millis, commands: fit.commands, left_out, takes }))
}

/// The template of the good frame that is furthest in time from those that are sent.
async fn id_photo(stage: &Stage, reel: &Reel, roll: &Roll, fit: &Fit) -> anyhow::Result<Option<Template>> {
    let millis = |place: usize| reel.sights[place].millis;
    let sent: BTreeSet<u64> = fit.sent.iter().cloned().flatten().map(|place| millis(roll.frames[place])).collect();
    let away = |millis: u64| sent.iter().map(|other| other.abs_diff(millis)).min().unwrap_or(u64::MAX);
    let mut good: Vec<usize> = (0..reel.sights.len()).filter(|place| reel.sights[*place].good).collect();
    good.sort_by_key(|place| std::cmp::Reverse(away(millis(*place))));
    for place in good.into_iter().take(PHOTOS_TRIED) {
        let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Full);
        let found = stage.faces.examine(reel.pictures[place].clone().into(), ask).await?;
        if found.template.is_some() {
            return Ok(found.template);
        }
    }
    Ok(None)
}
