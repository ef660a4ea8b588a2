//! Which way is up. The detector finds many heads that hang upside down (half of 599 faces) and some that lie on their
//! side, and places eyes and mouth as if they stood upright, so its points tell nothing; neither does a template that is
//! made of them, which matches nobody.
//!
//! The face mesh does tell: looked at in each of the four quarter turns, and again where the points that it gives lean, its
//! presence is highest where the face stands level (ADR 42, with its figures).

use opencv::core::{Mat, ROTATE_90_CLOCKWISE, ROTATE_90_COUNTERCLOCKWISE, ROTATE_180, Vec3b, rotate};

use super::Picture;
use super::geometry::resize;
use crate::domain::face::detection::Face;
use crate::domain::face::engine::{Examination, ExamineRequest, QualityGate};
use crate::domain::reason::ReasonCode;
use crate::vision::examiner::Examiner;
use crate::vision::face::gate;
use crate::vision::face::landmarks::{DOUBTED, Landmarks};
use crate::vision::model::tensor::InferenceError;

/// From this presence on a face is placed right, and nothing else is asked. Of upside-down faces none reaches 16; of camera
/// frames all but one in a hundred have more than this, of tightly cropped photos three quarters.
const SURELY_PLACED: f32 = 20.0;
/// From this presence on a face does not lie on its side. Of faces that do none reaches 4.
const NOT_ASIDE: f32 = 8.0;
/// Longer side of the picture in which a face that lies is looked for: the detector takes it smaller still.
const LOOKED_AT: u32 = 1280;

/// Quarter turns, clockwise, by which a head is away from upright: 0 to 3.
pub(super) type QuarterTurns = u8;
const ALL_BUT_UPRIGHT: [QuarterTurns; 3] = [2, 1, 3];

impl Examiner {
    /// The points of a face that the detector found, however it lies: of a photo as exactly as can be, of a camera frame as they
    /// come, since how they move from frame to frame is what tells a head from a sheet.
    pub(in crate::vision) fn place(
        &mut self,
        picture: &Picture,
        face: &Face,
        gate: QualityGate,
    ) -> Result<Landmarks, InferenceError> {
        match gate {
            QualityGate::IdPhoto => self.place_in_photo(picture, face),
            QualityGate::LiveFrame | QualityGate::MovingFrame => self.place_in_frame(picture, face),
        }
    }

    fn place_in_photo(&mut self, picture: &Picture, face: &Face) -> Result<Landmarks, InferenceError> {
        let mut best = self.landmarks.detect_level(picture, face, 0)?;
        if best.presence >= SURELY_PLACED {
            return Ok(best);
        }
        for quarters in 1..4 {
            let turned = self.landmarks.detect_level(picture, face, quarters)?;
            if turned.presence > best.presence {
                best = turned;
            }
        }
        // Around its own points rather than the detector's box, which is least right where a face leans.
        let again = self.landmarks.detect_level(picture, &best.face(face.confidence), 0)?;
        Ok(if again.presence > best.presence { again } else { best })
    }

    fn place_in_frame(&mut self, picture: &Picture, face: &Face) -> Result<Landmarks, InferenceError> {
        let mut best = self.landmarks.detect(picture, face)?;
        let others = match best.presence {
            SURELY_PLACED.. => &ALL_BUT_UPRIGHT[..0],
            NOT_ASIDE.. => &ALL_BUT_UPRIGHT[..1],
            _ => &ALL_BUT_UPRIGHT[..],
        };
        for quarters in others {
            let turned = self.landmarks.detect_turned(picture, face, *quarters)?;
            if turned.present && turned.presence > best.presence {
                best = turned;
            }
        }
        Ok(best)
    }

    /// What is found in a photo that lies, once it is turned upright; `None` where nobody is found that way either. Places
    /// are those in the picture as it came.
    pub(in crate::vision) fn judge_turned(
        &mut self,
        picture: &Picture,
        ask: ExamineRequest,
    ) -> Result<Option<Examination>, InferenceError> {
        let Some(quarters) = self.find_lying(picture, ask.gate)? else { return Ok(None) };
        let upright = turn(picture, 4 - quarters)?;
        let (mut found, _) = self.judge_as_it_is(&upright, ask)?;
        if matches!(found.rejection, Some(ReasonCode::NoFace | ReasonCode::SeveralFaces | ReasonCode::NotUpright)) {
            return Ok(None);
        }
        for face in &mut found.faces {
            *face = turned_face(face, found.size, quarters);
        }
        found.size = [picture.width(), picture.height()];
        found.turned = u16::from(quarters) * 90;
        Ok(Some(found))
    }

    /// How the one face lies in a picture in which none stands upright, by the turn in which it is surest. A photo is looked
    /// at as thoroughly as ever, a camera frame once each way: there is a next one.
    pub(in crate::vision) fn find_lying(
        &mut self,
        picture: &Picture,
        gate: QualityGate,
    ) -> Result<Option<QuarterTurns>, InferenceError> {
        let long = picture.width().max(picture.height());
        let smaller = |side: u32| (u64::from(side) * u64::from(LOOKED_AT) / u64::from(long)).max(1) as u32;
        let small = if long > LOOKED_AT {
            resize(picture, smaller(picture.width()), smaller(picture.height()))?
        } else {
            picture.clone()
        };
        let mut best: Option<(f32, QuarterTurns)> = None;
        for quarters in 0..4 {
            let turned = turn(&small, 4 - quarters)?;
            let faces = match gate {
                QualityGate::IdPhoto => self.detector.detect(&turned, gate)?,
                QualityGate::LiveFrame | QualityGate::MovingFrame => self.detector.glance(&turned)?,
            };
            let Ok(face) = gate::only_face(&faces) else { continue };
            let placed = self.place(&turned, face, gate)?;
            if placed.presence >= DOUBTED && best.is_none_or(|(presence, _)| placed.presence > presence) {
                best = Some((placed.presence, (quarters + quarter_turns(placed.lean())) % 4));
            }
        }
        Ok(best.map(|(_, quarters)| quarters).filter(|quarters| *quarters != 0))
    }
}

/// The nearest whole quarter turns to a lean in degrees.
fn quarter_turns(lean: f64) -> QuarterTurns {
    (lean / 90.0).round().rem_euclid(4.0) as QuarterTurns
}

/// The picture turned clockwise by this many quarters.
fn turn(picture: &Picture, quarters: QuarterTurns) -> Result<Picture, InferenceError> {
    let (how, swapped) = match quarters % 4 {
        0 => return Ok(picture.clone()),
        1 => (ROTATE_90_CLOCKWISE, true),
        2 => (ROTATE_180, false),
        _ => (ROTATE_90_COUNTERCLOCKWISE, true),
    };
    let (width, height) = (picture.width(), picture.height());
    let mut out = if swapped { Picture::black(height, width) } else { Picture::black(width, height) };
    let (rows, columns) = (out.height().cast_signed(), out.width().cast_signed());
    let from = Mat::new_rows_cols_with_bytes::<Vec3b>(height.cast_signed(), width.cast_signed(), picture.pixels())?;
    let mut to = Mat::new_rows_cols_with_bytes_mut::<Vec3b>(rows, columns, out.pixels_mut())?;
    rotate(&from, &mut to, how)?;
    drop(to);
    Ok(out)
}

/// Where a face of a picture of this size comes to lie when the picture is turned clockwise.
fn turned_face(face: &Face, [width, height]: [u32; 2], quarters: QuarterTurns) -> Face {
    let [right, bottom] = [width, height].map(|side| side as f32 - 1.0);
    let place = |[x, y]: [f32; 2]| match quarters % 4 {
        0 => [x, y],
        1 => [bottom - y, x],
        2 => [right - x, bottom - y],
        _ => [y, right - x],
    };
    let [x, y, width, height] = face.bounds;
    let [a, b] = [place([x, y]), place([x + width, y + height])];
    let bounds = [a[0].min(b[0]), a[1].min(b[1]), (a[0] - b[0]).abs(), (a[1] - b[1]).abs()];
    Face { bounds, points: face.points.map(place), confidence: face.confidence }
}

#[cfg(test)]
mod tests;
