//! A photo on a 3-D face mesh: a person who can be posed.

use super::mesh::{Mesh, Placed};
use super::pose::Pose;
use super::raster::{Corner, Paint, Raster, Tone};
use crate::domain::ports::Gate;
use crate::vision::animate::{AnimateError, MARGIN, Portrait};
use crate::vision::examiner::Examiner;
use crate::vision::picture::Picture;

/// What is seen between open lips: red, green, blue.
const HOLLOW: [f32; 3] = [42.0, 18.0, 17.0];
/// Lashes of a closed eye, and how far it must be closed for them to be seen as a line.
const LASHES: [f32; 3] = [46.0, 32.0, 29.0];
const LASHES_FROM: f32 = 0.45;
/// The hollow lies behind the teeth, pixels.
const HOLLOW_DEPTH: f32 = 12.0;

/// A person in a photo, ready to be posed. Never changes: share it behind an `Arc`.
#[derive(Debug)]
pub struct Puppet {
    portrait: Portrait,
    mesh: Mesh,
}

/// What a puppet is drawn on, kept from frame to frame.
#[derive(Debug, Default)]
pub struct Stage {
    /// The frame.
    pub raster: Raster,
    placed: Vec<Placed>,
}

impl Puppet {
    /// The person of `photo` whose face is nearest to `centre` (pixels of the photo).
    ///
    /// # Errors
    /// [`AnimateError::NoFace`] when there is none or the mesh finds none in it; else when OpenCV or a model fails.
    pub fn new(examiner: &mut Examiner, photo: &Picture, centre: [f32; 2]) -> Result<Self, AnimateError> {
        let faces = examiner.detector.detect(photo, Gate::IdPhoto)?;
        let distance = |place: &usize| {
            let [left, top, width, height] = faces[*place].bounds;
            (left + width / 2.0 - centre[0]).hypot(top + height / 2.0 - centre[1])
        };
        let which = (0..faces.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).ok_or(AnimateError::NoFace)?;
        let portrait = Portrait::new(photo, &faces, which)?;
        let scene = portrait.scene();
        let faces = examiner.detector.detect(scene, Gate::LiveFrame)?;
        let landmarks = examiner.landmarks.detect(scene, faces.first().ok_or(AnimateError::NoFace)?)?;
        if !landmarks.present {
            return Err(AnimateError::NoFace);
        }
        let margin = MARGIN as f32;
        let points: Vec<[f32; 3]> = landmarks.points().iter().map(|[x, y, z]| [x - margin, y - margin, *z]).collect();
        let mesh = Mesh::new(&points, margin)?;
        Ok(Self { portrait, mesh })
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

    /// The photo laid out as a frame with a margin, nothing moved.
    pub fn portrait(&self) -> &Portrait {
        &self.portrait
    }

    /// Draws the person over what is on the stage; the wall behind them is drawn, too.
    pub fn draw(&self, pose: &Pose, tone: &Tone, stage: &mut Stage) {
        stage.raster.begin();
        self.mesh.place(pose, &mut stage.placed);
        let margin = MARGIN as f32;
        let Stage { raster, placed } = stage;
        let mut layer = |triangles: &[[usize; 3]], paint: Paint<'_>, behind: f32| {
            for corners in triangles {
                let [a, b, c] = corners.map(|place| {
                    let Placed { at: [x, y, z], from, shade } = placed[place];
                    Corner { at: [x, y, z + behind], from: from.map(|place| place + margin), shade }
                });
                raster.draw([&a, &b, &c], paint, tone);
            }
        };
        let photo = Paint::Picture(self.portrait.scene());
        layer(&self.mesh.skin, photo, 0.0);
        layer(&self.mesh.teeth, photo, 0.0);
        if pose.lids > LASHES_FROM {
            layer(&self.mesh.lashes, Paint::Plain(LASHES), 0.0);
        }
        layer(&self.mesh.hollow, Paint::Plain(HOLLOW), HOLLOW_DEPTH);
    }
}

#[cfg(test)]
mod tests;
