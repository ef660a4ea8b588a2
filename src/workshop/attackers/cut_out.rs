//! A print with holes for eyes and mouth, and a living face close behind it.

use std::sync::Arc;

use super::super::actor::{Actor, Shown};
use super::super::motion::Sway;
use super::super::reaction::{Reactions, follow};
use super::moved_photo::answer;
use super::sheet::{Held, Sheet, hand, print};
use crate::vision::animate::AnimateError;
use crate::workshop::scene::camera::{Camera, tone};
use crate::workshop::scene::page_light::Lighting;
use crate::workshop::scene::pose::Pose;
use crate::workshop::scene::puppet::{Puppet, Stage};

/// Holes are so much larger than eyes and mouth.
const GROWN: [f32; 2] = [1.25, 1.5];

/// Of the print's turning the face behind it follows this share: eyes stay behind their holes.
const FOLLOWS: f32 = 0.35;

/// The print, who looks through it, and the camera before them.
#[derive(Debug)]
pub(super) struct CutOut {
    print: Sheet,
    behind: Arc<Puppet>,
    /// Brings the eyes behind to the holes.
    fit: Pose,
    stage: Stage,
    camera: Camera,
    lighting: Lighting,
    sway: Sway,
    hand: Reactions,
    face: Reactions,
}

impl CutOut {
    pub(super) fn new(victim: &Puppet, behind: Arc<Puppet>, seed: u64) -> Self {
        let mut print = print(victim, seed);
        let holes: Vec<[f32; 4]> = victim.openings().into_iter().map(grown).collect();
        let [left, top, ..] = print.at;
        let width = print.picture.width() as usize;
        let through = |place: usize| {
            let at = [left + (place % width) as f32, top + (place / width) as f32];
            holes.iter().any(|[x, y, half_width, half_height]| {
                ((at[0] - x) / half_width).powi(2) + ((at[1] - y) / half_height).powi(2) < 1.0
            })
        };
        print.holes = Some((0..print.picture.rgb().len()).map(through).collect());
        let eyes = |puppet: &Puppet| {
            let [left, right, _] = puppet.openings();
            [f32::midpoint(left[0], right[0]), f32::midpoint(left[1], right[1]), right[0] - left[0]]
        };
        let (here, there) = (eyes(victim), eyes(&behind));
        let nearer = (here[2] / there[2].max(1.0) - 1.0).clamp(-0.4, 0.6);
        let moved = |i: usize, middle: f32| (here[i] - middle) / (1.0 + nearer) - (there[i] - middle);
        let fit = Pose { nearer, shift: [moved(0, 320.0), moved(1, 240.0)], ..Pose::default() };
        Self {
            print,
            behind,
            fit,
            stage: Stage::default(),
            camera: Camera::new(seed),
            lighting: Lighting::new(seed),
            sway: Sway::new(seed),
            hand: Reactions::new(seed),
            face: Reactions::new(seed),
        }
    }
}

fn grown([x, y, half_width, half_height]: [f32; 4]) -> [f32; 4] {
    [x, y, half_width * GROWN[0], (half_height * GROWN[1]).max(0.35 * half_width)]
}

impl Actor for CutOut {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        let tone = tone(self.sway.exposure(shown.millis), self.lighting.now(shown));
        let [asked, done] = [self.hand.pose(shown, answer), self.face.pose(shown, follow)];
        let living = self.sway.pose(shown.millis);
        let pose = hand(&mut self.sway, shown.millis) + Pose { mouth: 0.0, lids: 0.0, ..asked };
        // Who holds a print before their face moves with it; eyes and mouth alone are their own.
        let along = Pose { yaw: FOLLOWS * pose.yaw, pitch: FOLLOWS * pose.pitch, ..pose };
        let face = Pose { mouth: done.mouth, lids: done.lids.max(living.lids), ..along } + self.fit;
        self.behind.draw(&face, &tone, &mut self.stage);
        // The print lies before the face whatever their depths.
        self.stage.raster.begin();
        self.print.draw(&Held { pose, bend: 0.0 }, &tone, &mut self.stage.raster);
        self.camera.expose(self.stage.raster.picture_mut(), shown.millis);
        Camera::encode(self.stage.raster.picture())
    }
}
