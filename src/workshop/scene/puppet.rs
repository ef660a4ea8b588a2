//! A photo on a 3-D face mesh: a person who can be posed.

use std::fmt;

use super::mesh::{Closed, Mesh, Placed, smooth};
use super::pose::Pose;
use super::raster::{Corner, Paint, Raster, Tone};
use super::regions::EYES;
use crate::domain::face::engine::QualityGate;
use crate::vision::animate::{AnimateError, MARGIN, Portrait};
use crate::vision::examiner::Examiner;
use crate::vision::face::landmarks::POINTS;
use crate::vision::picture::Picture;

/// What is seen between open lips: red, green, blue.
const HOLLOW: [f32; 3] = [42.0, 18.0, 17.0];
/// The hollow lies behind the teeth, pixels.
const HOLLOW_DEPTH: f32 = 12.0;
/// Lids are laid before the eye, pixels.
const LID_DEPTH: f32 = 1.0;
/// How far eyes must be closed for the line of lashes to be seen.
const LASHES_FROM: f32 = 0.45;
/// Lashes are so much darker than skin.
const LASHES: f32 = 0.38;
/// Skin is looked at in a square of this half, pixels.
const SKIN: usize = 3;

/// A person in a photo, ready to be posed. Never changes: share it behind an `Arc`. Biometric data: never shown by `Debug`.
pub struct Puppet {
    portrait: Portrait,
    mesh: Mesh,
    /// Colour of the skin below each eye.
    lids: [[f32; 3]; 2],
}

/// What a puppet is drawn on, kept from frame to frame.
#[derive(Default)]
pub struct Stage {
    /// The frame.
    pub raster: Raster,
    /// Where the room's light comes from, if the head is to be lit anew as it turns: towards the light, length 1. `None`
    /// leaves every shadow where the photo has it.
    pub room: Option<[f32; 3]>,
    /// What is drawn in place of the photo: the same scene, worked on.
    pub texture: Option<Picture>,
    placed: Vec<Placed>,
}

impl Stage {
    /// Middles of the eyes in the last frame, left and right in the picture, and how far apart their corners are.
    pub fn eyes(&self) -> [([f32; 2], f32); 2] {
        EYES.each_ref().map(|eye| {
            let [outer, inner] = eye.corners.map(|corner| self.placed.get(corner).map_or([0.0; 3], |placed| placed.at));
            let middle = [f32::midpoint(outer[0], inner[0]), f32::midpoint(outer[1], inner[1])];
            (middle, (inner[0] - outer[0]).hypot(inner[1] - outer[1]))
        })
    }
}

impl fmt::Debug for Puppet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Puppet(redacted)")
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stage(redacted)")
    }
}

impl Puppet {
    /// The person of `photo` whose face is nearest to `centre` (pixels of the photo).
    ///
    /// # Errors
    /// [`AnimateError::NoFace`] when there is none or the mesh finds none in it; else when OpenCV or a model fails.
    pub fn new(examiner: &mut Examiner, photo: &Picture, centre: [f32; 2]) -> Result<Self, AnimateError> {
        let faces = examiner.detector.detect(photo, QualityGate::IdPhoto)?;
        let distance = |place: &usize| {
            let [left, top, width, height] = faces[*place].bounds;
            (left + width / 2.0 - centre[0]).hypot(top + height / 2.0 - centre[1])
        };
        let which = (0..faces.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).ok_or(AnimateError::NoFace)?;
        let portrait = Portrait::new(photo, &faces, which)?;
        let scene = portrait.scene();
        let faces = examiner.detector.detect(scene, QualityGate::LiveFrame)?;
        let landmarks = examiner.landmarks.detect(scene, faces.first().ok_or(AnimateError::NoFace)?)?;
        if !landmarks.present {
            return Err(AnimateError::NoFace);
        }
        let margin = MARGIN as f32;
        let points: Vec<[f32; 3]> = landmarks.points().iter().map(|[x, y, z]| [x - margin, y - margin, *z]).collect();
        let mesh = Mesh::new(&points, margin)?;
        let lids = mesh.closed.each_ref().map(|eye| skin(portrait.scene(), eye.skin_at.map(|place| place + margin)));
        Ok(Self { portrait, mesh, lids })
    }

    /// An ID photo of the same person, as JPEG.
    ///
    /// # Errors
    /// When OpenCV or the encoder fails.
    pub fn id_photo(&self) -> Result<Vec<u8>, AnimateError> {
        self.portrait.id_photo()
    }

    /// Left eye, right eye (the picture's) and mouth at rest: middle and half of width and height, pixels of the frame.
    pub fn openings(&self) -> [[f32; 4]; 3] {
        self.mesh.openings()
    }

    /// The portrait that the puppet is made of; its [scene](Portrait::scene) is what is drawn when nothing is moved.
    pub fn portrait(&self) -> &Portrait {
        &self.portrait
    }

    /// The face's 468 points at rest, pixels of the frame.
    pub fn points(&self) -> Vec<[f32; 3]> {
        self.mesh.vertices.iter().take(POINTS).map(|vertex| vertex.rest).collect()
    }

    /// Draws the person over what is on the stage; the wall behind them is drawn, too.
    pub fn draw(&self, pose: &Pose, tone: &Tone, stage: &mut Stage) {
        stage.raster.begin();
        self.mesh.place(pose, stage.room, &mut stage.placed);
        let margin = MARGIN as f32;
        let Stage { raster, placed, texture, .. } = stage;
        let mut layer = |triangles: &[[usize; 3]], paint: Paint<'_>, behind: f32| {
            for corners in triangles {
                let [a, b, c] = corners.map(|place| {
                    let Placed { at: [x, y, z], from, shade, room } = placed[place];
                    Corner { at: [x, y, z + behind], from: from.map(|place| place + margin), shade, room }
                });
                raster.draw([&a, &b, &c], paint, tone);
            }
        };
        let photo = Paint::Picture(texture.as_ref().unwrap_or(self.portrait.scene()));
        layer(&self.mesh.skin, photo, 0.0);
        layer(&self.mesh.teeth, photo, 0.0);
        layer(&self.mesh.hollow, Paint::Plain(HOLLOW), HOLLOW_DEPTH);
        for (eye, skin) in self.mesh.closed.iter().zip(self.lids) {
            close(eye, skin, pose.lids, stage, tone);
        }
    }
}

/// Lays skin over a lid that closes, and the line of lashes at its rim.
fn close(eye: &Closed, skin: [f32; 3], lids: f32, stage: &mut Stage, tone: &Tone) {
    let Stage { raster, placed, .. } = stage;
    let corner = |place: usize, thick: f32| {
        let Placed { at: [x, y, z], shade, room, .. } = placed[place];
        Corner { at: [x, y, z - LID_DEPTH], from: [thick, 0.0], shade, room }
    };
    let laid = smooth(lids, 0.1, 0.7);
    if laid > 0.0 {
        for corners in &eye.veil {
            let [a, b, c] = corners.map(|(place, thick)| corner(place, thick * laid));
            raster.draw([&a, &b, &c], Paint::Veil(skin), tone);
        }
    }
    if lids > LASHES_FROM {
        for corners in &eye.lashes {
            let [a, b, c] = corners.map(|place| corner(place, 0.0));
            raster.draw([&a, &b, &c], Paint::Plain(skin.map(|level| level * LASHES)), tone);
        }
    }
}

/// The mean colour about a place.
fn skin(picture: &Picture, place: [f32; 2]) -> [f32; 3] {
    let [column, row] = place.map(|along| along.max(0.0) as usize);
    let rows = row.saturating_sub(SKIN)..=row + SKIN;
    let places = rows.flat_map(|row| (column.saturating_sub(SKIN)..=column + SKIN).map(move |column| (column, row)));
    let (mut sum, mut count) = ([0.0; 3], 0.0_f32);
    for pixel in places.filter_map(|(column, row)| picture.rgb().get(row * picture.width() as usize + column)) {
        sum = std::array::from_fn(|i| sum[i] + f32::from(pixel[i]));
        count += 1.0;
    }
    sum.map(|level| level / count.max(1.0))
}

#[cfg(test)]
mod tests;
