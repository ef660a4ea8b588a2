//! One capture of an actor in made-up time.

use super::super::trial::{Trial, judged};
use super::Stage;
use super::people::Victim;
use crate::app::face::live_capture::LiveCapture;
use crate::cli::demo::made_up_time;
use crate::domain::face::liveness::fingerprint::FrameFingerprint;
use crate::workshop::actor::Actor;
use crate::workshop::attackers::Recorder;
use crate::workshop::person::VirtualPlayer;

/// Has `actor` stand before the camera until the capture is over; `earlier` are the frames that the service remembers of
/// captures of this person.
pub(super) async fn trial(
    stage: &Stage,
    victim: &Victim,
    actor: &mut dyn Actor,
    earlier: &[FrameFingerprint],
    seed: u64,
) -> anyhow::Result<Trial> {
    let (live, frames) = act(stage, actor, seed).await?;
    judged(&live, &victim.id_photo, stage.lines, earlier, &[], frames).await
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
    let live = made_up_time::capture(&stage.faces, actor, stage.source, seed, |_| frames += 1).await?;
    Ok((live, frames))
}
