//! The mesh that a photo is laid on: the face's 468 points, lids, rings of points around the head, and the frame's edge.

mod around;
mod features;
mod triangles;

use super::lens::{approach, inward, outward};
use super::pose::Pose;
use super::regions::{CHEEKS, CHIN, EYES, Eye, FOREHEAD, LOWER_LIP, UPPER_LIP};
use crate::vision::animate::AnimateError;

/// One point of the mesh. Places are pixels of the frame with depth in the same measure, smaller towards the camera.
#[derive(Clone, Debug)]
pub(super) struct Vertex {
    /// Where it is in the photo.
    pub(in crate::workshop) rest: [f32; 3],
    /// How far it follows the head's turning, 0 to 1.
    pub(in crate::workshop) turns: f32,
    /// How far it follows the head's moving, 0 to 1: shoulders come along that do not turn.
    pub(in crate::workshop) moves: f32,
    /// Where a mouth that opens takes it.
    pub(super) jaw: [f32; 3],
    /// Where lids that close take it.
    pub(in crate::workshop) lid: [f32; 3],
    /// How far its place in the photo moves when lids close: the skin that comes to light.
    pub(in crate::workshop) skin: [f32; 2],
    /// The same when the head turns far aside.
    pub(in crate::workshop) side: [f32; 2],
    /// Outward direction of the face's surface; elsewhere towards the camera.
    pub(in crate::workshop) normal: [f32; 3],
    /// How much of the page's light it takes: 1 for skin.
    pub(in crate::workshop) sheen: f32,
}

/// Measures of the face that everything is built on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Build {
    /// Middle of the face's outline.
    pub(in crate::workshop) centre: [f32; 2],
    /// What the head turns about.
    pub(in crate::workshop) pivot: [f32; 3],
    pub(in crate::workshop) width: f32,
    pub(in crate::workshop) height: f32,
    pub(in crate::workshop) chin: f32,
}

/// Vertices and which three make a triangle.
#[derive(Clone, Debug)]
pub(super) struct Mesh {
    pub(in crate::workshop) vertices: Vec<Vertex>,
    /// All that the photo shows.
    pub(in crate::workshop) skin: Vec<[usize; 3]>,
    /// Between the lips: what the photo shows there stays with the skull ...
    pub(in crate::workshop) teeth: Vec<[usize; 3]>,
    /// ... and behind it is dark.
    pub(super) hollow: Vec<[usize; 3]>,
    /// Closed eyes, left and right in the picture.
    pub(super) closed: [Closed; 2],
    pivot: [f32; 3],
}

/// What a closed eye shows.
#[derive(Clone, Debug)]
pub(super) struct Closed {
    /// Skin over the lid: vertices, and how thick it is there.
    pub(super) veil: Vec<[(usize, f32); 3]>,
    pub(super) lashes: Vec<[usize; 3]>,
    /// Where in the frame there is skin of its colour.
    pub(super) skin_at: [f32; 2],
}

/// A vertex in a frame: its place, and how much of the page's light falls on it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Placed {
    pub(in crate::workshop) at: [f32; 3],
    /// Where in the photo's frame its colour comes from.
    pub(in crate::workshop) from: [f32; 2],
    pub(in crate::workshop) shade: f32,
    /// How much more of the room's light falls on it than did in the photo.
    pub(in crate::workshop) room: f32,
}

impl Mesh {
    /// Over the face's 468 points in a frame that goes `margin` pixels beyond [`FRAME`] on each side.
    ///
    /// # Errors
    /// When there are other than 468 points, or they lie so that no mesh can be laid.
    pub(in crate::workshop) fn new(points: &[[f32; 3]], margin: f32) -> Result<Self, AnimateError> {
        let build = Build::of(points).ok_or(AnimateError::NoFace)?;
        let mut vertices = features::face(points, &build);
        features::add_lids(&mut vertices);
        around::add_rings(&mut vertices, &build, margin);
        around::add_edge(&mut vertices, &build, margin);
        let [skin, hollow] = triangles::between(&vertices)?;
        let teeth = features::add_teeth(&mut vertices, &hollow);
        triangles::shape(&mut vertices, &skin, points.len());
        let closed = features::add_closed(&mut vertices);
        Ok(Self { vertices, skin, teeth, hollow, closed, pivot: build.pivot })
    }

    /// Eyes and mouth at rest: middle and half of width and height.
    pub(in crate::workshop) fn openings(&self) -> [[f32; 4]; 3] {
        let eye = |eye: &Eye| self.around(eye.corners.into_iter().chain(eye.upper).chain(eye.lower));
        let [left, right] = EYES.each_ref().map(eye);
        [left, right, self.around(UPPER_LIP[0].into_iter().chain(LOWER_LIP[0]))]
    }

    fn around(&self, points: impl Iterator<Item = usize>) -> [f32; 4] {
        let (mut least, mut most) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        for point in points {
            for i in 0..2 {
                least[i] = least[i].min(self.vertices[point].rest[i]);
                most[i] = most[i].max(self.vertices[point].rest[i]);
            }
        }
        let half = |i: usize| (most[i] - least[i]) / 2.0;
        [least[0] + half(0), least[1] + half(1), half(0), half(1)]
    }

    /// Where every vertex is in this pose, and how a light of the `room` falls on it.
    pub(in crate::workshop) fn place(&self, pose: &Pose, room: Option<[f32; 3]>, placed: &mut Vec<Placed>) {
        placed.clear();
        let scale = 1.0 + pose.nearer.max(-0.5);
        let moved = [pose.shift[0], pose.shift[1], approach(pose.nearer)];
        let pivot = outward(self.pivot);
        let laid = (2.0 * pose.lids).min(1.0);
        let aside = smooth(pose.yaw.abs(), 3.0, 18.0);
        placed.extend(self.vertices.iter().map(|vertex| {
            let bent: [f32; 3] =
                std::array::from_fn(|i| vertex.rest[i] + pose.mouth * vertex.jaw[i] + pose.lids * vertex.lid[i]);
            let place = outward(bent);
            let arm: [f32; 3] = std::array::from_fn(|i| place[i] - pivot[i]);
            let turned = pose.turn(arm);
            let place: [f32; 3] =
                std::array::from_fn(|i| place[i] + vertex.turns * (turned[i] - arm[i]) + vertex.moves * moved[i]);
            let [x, y, z] = inward(place);
            let normal = pose.turn(vertex.normal);
            let facing = -normal[2];
            let room = room.map_or(0.0, |light| vertex.turns * relit(vertex.normal, normal, light));
            let shade = vertex.sheen * facing.max(0.0) * (1.0 + vertex.moves * (scale * scale - 1.0));
            let from = [0, 1].map(|i| vertex.rest[i] + laid * vertex.skin[i] + aside * vertex.side[i]);
            Placed { at: [x + pose.camera[0], y + pose.camera[1], z], from, shade, room }
        }));
    }
}

/// How a surface's share of the room's light changes when it turns from one normal to another (Lambert's law over an even
/// light from everywhere).
fn relit(from: [f32; 3], to: [f32; 3], light: [f32; 3]) -> f32 {
    const EVEN: f32 = 0.55;
    let falls = |normal: [f32; 3]| {
        let along: f32 = (0..3).map(|i| normal[i] * light[i]).sum();
        EVEN + (1.0 - EVEN) * along.max(0.0)
    };
    (falls(to) / falls(from) - 1.0).clamp(-0.45, 0.8)
}

impl Build {
    fn of(points: &[[f32; 3]]) -> Option<Self> {
        let [left, right] = CHEEKS.map(|point| points.get(point));
        let ([left, right], chin, top) = ([left?, right?], points.get(CHIN)?, points.get(FOREHEAD)?);
        let (width, height) = (right[0] - left[0], chin[1] - top[1]);
        if width < 8.0 || height < 8.0 {
            return None;
        }
        let centre = [f32::midpoint(left[0], right[0]), f32::midpoint(chin[1], top[1])];
        let depth = f32::midpoint(left[2], right[2]);
        let pivot = [centre[0], centre[1] + 0.15 * height, depth + 0.1 * width];
        Some(Self { centre, pivot, width, height, chin: chin[1] })
    }
}

/// Between `from` and `to`, 0 to 1, without a corner.
pub(super) fn smooth(value: f32, from: f32, to: f32) -> f32 {
    let share = ((value - from) / (to - from)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}
