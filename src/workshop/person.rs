//! A player who follows what the page shows: a puppet that stands for a living one. The attack `victim_puppet` is the same
//! puppet made of another photo, so that it passes says nothing of telling people from puppets.

use std::sync::Arc;

use super::actor::{Actor, Shown};
use super::motion::Sway;
use super::reaction::{Reactions, follow};
use crate::domain::face::liveness::texture::PLAYED_CAMERA;
use crate::vision::animate::AnimateError;
use crate::vision::picture::Picture;
use crate::workshop::scene::camera::{Camera, tone};
use crate::workshop::scene::page_light::Lighting;
use crate::workshop::scene::puppet::{Puppet, Stage};

/// A person before their own camera: reacts after a moment, moves smoothly, comes back by themselves. It is a photo that is
/// animated, as an attacker would, and says so: only a sandbox takes its word for it.
#[derive(Debug)]
pub struct VirtualPlayer {
    puppet: Arc<Puppet>,
    stage: Stage,
    camera: Camera,
    sway: Sway,
    reactions: Reactions,
    lighting: Lighting,
}

impl VirtualPlayer {
    /// Another seed is another session of the same person.
    pub fn new(puppet: Arc<Puppet>, seed: u64) -> Self {
        Self {
            puppet,
            stage: Stage::default(),
            camera: Camera::new(seed),
            sway: Sway::new(seed),
            reactions: Reactions::new(seed),
            lighting: Lighting::new(seed),
        }
    }

    /// What the camera sees now, before it is encoded.
    pub fn picture(&mut self, shown: &Shown) -> &Picture {
        let pose = self.sway.pose(shown.millis) + self.reactions.pose(shown, follow);
        let tone = tone(self.sway.exposure(shown.millis), self.lighting.now(shown));
        self.puppet.draw(&pose, &tone, &mut self.stage);
        self.camera.expose(self.stage.raster.picture_mut(), shown.millis);
        self.stage.raster.picture()
    }
}

impl Actor for VirtualPlayer {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        Camera::encode(self.picture(shown))
    }

    fn camera(&self) -> Option<&'static str> {
        Some(PLAYED_CAMERA)
    }
}

#[cfg(test)]
mod tests {
    use super::super::rehearsal::Rehearsal;
    use super::super::testing::{cast, examiner};
    use super::*;
    use crate::domain::face::engine::{ExamineRequest, QualityGate, TemplateDepth};
    use crate::domain::face::liveness::challenge::Command;

    const LOOK: ExamineRequest = ExamineRequest::of(QualityGate::LiveFrame, true, TemplateDepth::Quick);

    #[test]
    fn a_player_who_looks_straight_passes_the_gate_and_stays_the_person() {
        let Some(mut examiner) = examiner() else { return };
        let [puppet, _] = cast(&mut examiner);
        let portrait = examiner.examine(&puppet.portrait().frame(0, 1).unwrap(), LOOK).unwrap().template.unwrap();
        let mut player = VirtualPlayer::new(puppet, 6);
        for step in 0..20 {
            let frame = player.frame(&Shown { millis: step * 200, ..Shown::default() }).unwrap();
            let seen = examiner.examine(&frame, LOOK).unwrap();
            assert_eq!(seen.rejection, None, "{step}");
            assert!(seen.presentation.unwrap().middle() > 0.8, "{step}");
            let similarity = seen.template.unwrap().similarity(&portrait).unwrap();
            assert!(similarity > 0.6, "{step}: {similarity}");
        }
    }

    #[test]
    fn a_player_turns_to_the_side_that_was_asked_for_and_comes_back() {
        let Some(mut examiner) = examiner() else { return };
        let look = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::None);
        let [puppet, _] = cast(&mut examiner);
        for (command, side) in [(Command::TurnLeft, 1.0), (Command::TurnRight, -1.0)] {
            let mut player = VirtualPlayer::new(Arc::clone(&puppet), 9);
            let mut yaw = |millis| {
                let frame = player.frame(&Shown { millis, command: Some((command, 0)), light: None }).unwrap();
                side * examiner.examine(&frame, look).unwrap().faces[0].yaw()
            };
            let way: Vec<f32> = (0..32).map(|step| yaw(step * 100)).collect();
            assert!(way[..4].iter().chain(&way[29..]).all(|yaw| yaw.abs() < 0.12), "{command:?} {way:?}");
            assert!(way.iter().copied().fold(0.0, f32::max) > 0.25, "{command:?} {way:?}");
        }
    }

    #[test]
    fn the_same_seed_is_the_same_session_and_another_seed_another() {
        let Some(mut examiner) = examiner() else { return };
        let [puppet, _] = cast(&mut examiner);
        let page = Rehearsal::new(1);
        let session = |seed| {
            let mut player = VirtualPlayer::new(Arc::clone(&puppet), seed);
            [0, 2_000, 6_500].map(|millis| player.frame(&page.shown(millis)).unwrap())
        };
        assert_eq!(session(1), session(1));
        assert_ne!(session(1), session(2));
    }
}
