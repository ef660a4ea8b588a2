//! Motions as strips of frames, for a page under test: it plays one forth and back when it shows a command.

use std::sync::Arc;

use super::actor::{Actor as _, Shown};
use super::motion::Sway;
use super::person::VirtualPlayer;
use super::reaction::follow;
use crate::domain::face::liveness::challenge::Command;
use crate::vision::animate::AnimateError;
use crate::workshop::scene::camera::{Camera, tone};
use crate::workshop::scene::pose::Pose;
use crate::workshop::scene::puppet::{Puppet, Stage};

/// Frames of a person who looks straight, at ten a second.
pub const NEUTRAL_FRAMES: u64 = 30;
/// Frames from straight to a command followed.
pub const MOTION_FRAMES: u64 = 12;
/// Time between two frames of a motion, milliseconds: there in a little over half a second.
const MOTION_STEP: u64 = 50;

/// One frame: `neutral-000.jpg`, `turn_left-011.jpg`, and its JPEG.
pub type Named = (String, Vec<u8>);

/// Draws every frame and hands it to `take`: first the neutral ones, then each command's from nothing to all of it.
///
/// # Errors
/// When a frame cannot be drawn, or what `take` answers.
pub fn draw<E: From<AnimateError>>(
    puppet: &Arc<Puppet>,
    seed: u64,
    mut take: impl FnMut(Named) -> Result<(), E>,
) -> Result<(), E> {
    let mut player = VirtualPlayer::new(Arc::clone(puppet), seed);
    for number in 0..NEUTRAL_FRAMES {
        let frame = player.frame(&Shown { millis: number * 100, ..Shown::default() })?;
        take((format!("neutral-{number:03}.jpg"), frame))?;
    }
    let (mut stage, camera) = (Stage::default(), Camera::new(seed));
    for (place, command) in (0_u64..).zip(Command::ALL) {
        let mut sway = Sway::new(seed);
        for number in 0..MOTION_FRAMES {
            let millis = number * MOTION_STEP;
            let share = number as f32 / (MOTION_FRAMES - 1) as f32;
            let still = Pose { lids: 0.0, ..sway.pose(millis) };
            let pose = still + follow(command, 0.5).part(share);
            puppet.draw(&pose, &tone(sway.exposure(millis), None), &mut stage);
            camera.expose(stage.raster.picture_mut(), (place + 1) * 10_000 + millis);
            take((format!("{}-{number:03}.jpg", command.code()), Camera::encode(stage.raster.picture())?))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{cast, examiner};
    use super::*;
    use crate::domain::face::engine::QualityGate;
    use crate::vision::picture::decode::{DecodeLimits, decode};
    use std::collections::BTreeMap;

    #[test]
    fn a_strip_begins_straight_and_ends_with_the_command_followed() {
        let Some(mut examiner) = examiner() else { return };
        let [puppet, _] = cast(&mut examiner);
        let mut frames = BTreeMap::new();
        draw(&puppet, 4, |(name, jpeg)| {
            frames.insert(name, jpeg);
            Ok::<(), AnimateError>(())
        })
        .unwrap();
        assert_eq!(frames.len() as u64, NEUTRAL_FRAMES + 7 * MOTION_FRAMES);
        let mut yaw = |name: &str| {
            let picture = decode(&frames[name], DecodeLimits::FRAME).unwrap();
            let faces = examiner.detector.detect(&picture, QualityGate::LiveFrame).unwrap();
            let mut face = faces[0];
            face.points = examiner.landmarks.detect(&picture, &face).unwrap().five_points();
            face.yaw()
        };
        assert!(yaw("turn_left-000.jpg").abs() < 0.1 && yaw("neutral-029.jpg").abs() < 0.1);
        assert!(yaw("turn_left-011.jpg") > 0.25 && yaw("turn_right-011.jpg") < -0.25);
    }
}
