//! What of the face moves by itself: jaw and lids.

use std::collections::HashMap;

use super::super::regions::{EYES, Eye, LOWER_LIP, LOWER_RIM, MOUTH, UPPER_LIP, UPPER_RIM};
use super::{Build, Closed, Vertex, smooth};

/// How far the lower lip goes down, in widths of the mouth.
const DROP: f32 = 0.55;
/// How far up the lower lid comes of the way that the upper one goes down.
const LOWER_LID: f32 = 0.06;
/// How far beyond the lower rim the upper lid closes: it lies upon it.
const OVERLAP: f32 = 0.1;
/// How thick the line of lashes of a closed eye is, in widths of the eye.
const LASHES: f32 = 0.085;
/// How far the crease goes down of the way to the rim below it.
const CREASE: f32 = 0.2;
/// Where lids get another row of points, between crease and lashes: skin above it stretches, lashes below do not.
const BEFORE_LASHES: f32 = 0.55;
/// Where that row is when the eye is closed.
const LASHES_CLOSED: f32 = 0.84;
/// Of an open eye's lid there is little to see: a closed one is laid with the skin between crease and bone, the crease
/// with what is so far up, and the row before the lashes with what is further up.
const PLAIN_SKIN: [f32; 2] = [0.3, 0.6];
/// How thick the skin is that covers make-up and the shadow of the crease: at the bone, the crease and the rim of the lid,
/// and at the corners of the eye.
const VEIL: [f32; 3] = [0.0, 0.88, 0.95];
const VEIL_AT_CORNERS: f32 = 0.5;
/// The lid slides before the eye, pixels.
const LID_DEPTH: f32 = 1.5;
/// What shows between the lips lies behind them, pixels.
const TEETH_DEPTH: f32 = 0.8;

/// The face's own points.
pub(super) fn face(points: &[[f32; 3]], build: &Build) -> Vec<Vertex> {
    let lids = lids(points);
    let mouth = Mouth::of(points, build);
    let vertex = |(place, point): (usize, &[f32; 3])| Vertex {
        rest: *point,
        turns: 1.0,
        moves: 1.0,
        jaw: mouth.jaw(place, *point),
        lid: lids.get(&place).copied().unwrap_or_default(),
        skin: [0.0; 2],
        side: [0.0; 2],
        normal: [0.0, 0.0, -1.0],
        sheen: 1.0,
    };
    points.iter().enumerate().map(vertex).collect()
}

struct Mouth {
    centre: [f32; 2],
    half: f32,
    drop: f32,
    chin: f32,
}

impl Mouth {
    fn of(points: &[[f32; 3]], build: &Build) -> Self {
        let [left, right] = MOUTH.map(|point| points[point]);
        let width = right[0] - left[0];
        let centre = [f32::midpoint(left[0], right[0]), f32::midpoint(left[1], right[1])];
        Self { centre, half: (width / 2.0).max(1.0), drop: DROP * width, chin: build.chin }
    }

    /// The jaw swings down and a little back; lips open as an ellipse, cheeks come along.
    fn jaw(&self, place: usize, [x, y, _]: [f32; 3]) -> [f32; 3] {
        let aside = ((x - self.centre[0]) / self.half).abs();
        let bow = |reach: f32| (1.0 - (aside / reach).powi(2)).max(0.0).sqrt();
        if UPPER_LIP.as_flattened().contains(&place) {
            return [0.0, -0.06 * self.drop * bow(1.0), 0.0];
        }
        let share = if LOWER_LIP.as_flattened().contains(&place) {
            bow(1.0)
        } else {
            let below = (y - self.centre[1]) / (self.chin - self.centre[1]).max(1.0);
            smooth(below, -0.05, 0.4) * (1.0 - 0.35 * smooth(below, 0.4, 1.0)) * (1.0 - 0.75 * smooth(aside, 0.6, 2.6))
        };
        [0.0, share * self.drop, 0.22 * share * self.drop]
    }
}

/// Where closing takes the points of the eyes.
fn lids(points: &[[f32; 3]]) -> HashMap<usize, [f32; 3]> {
    let way = |from: usize, to: usize, share: f32| {
        let [from, to] = [points[from], points[to]];
        std::array::from_fn(|i| share * (to[i] - from[i]))
    };
    let mut lids = HashMap::new();
    for eye in &EYES {
        for ((upper, crease), lower) in eye.upper.into_iter().zip(eye.crease).zip(eye.lower) {
            let [x, y, z] = way(upper, lower, 1.0 + OVERLAP);
            lids.insert(upper, [x, y, z - LID_DEPTH]);
            lids.insert(lower, way(lower, upper, LOWER_LID));
            lids.insert(crease, way(crease, upper, CREASE));
        }
    }
    lids
}

/// A row of points on each upper lid, before the lashes.
pub(super) fn add_lids(vertices: &mut Vec<Vertex>) {
    for eye in &EYES {
        for ((upper, crease), bone) in eye.upper.into_iter().zip(eye.crease).zip(eye.bone) {
            let (rim, fold, bone) = (&vertices[upper], &vertices[crease], &vertices[bone]);
            let between = |from: [f32; 3], to: [f32; 3], share: f32| -> [f32; 3] {
                std::array::from_fn(|i| from[i] + share * (to[i] - from[i]))
            };
            let closed = |vertex: &Vertex| -> [f32; 3] { std::array::from_fn(|i| vertex.rest[i] + vertex.lid[i]) };
            let rest = between(fold.rest, rim.rest, BEFORE_LASHES);
            let shut = between(closed(fold), closed(rim), LASHES_CLOSED);
            let lid = std::array::from_fn(|i| shut[i] - rest[i]);
            let [crease_skin, lid_skin] = PLAIN_SKIN.map(|share| between(fold.rest, bone.rest, share));
            let shift = |to: [f32; 3], from: [f32; 3]| -> [f32; 2] { std::array::from_fn(|i| to[i] - from[i]) };
            let (skin, fold_skin) = (shift(lid_skin, rest), shift(crease_skin, fold.rest));
            let row = Vertex { rest, lid, skin, jaw: [0.0; 3], ..rim.clone() };
            vertices.push(row);
            vertices[crease].skin = fold_skin;
        }
    }
}

/// What closed lids show that open ones hide: for each eye a veil of skin and the line of lashes.
pub(super) fn add_closed(vertices: &mut Vec<Vertex>) -> [Closed; 2] {
    EYES.each_ref().map(|eye| {
        let lashes = add_lashes(vertices, eye);
        let columns: Vec<[usize; 3]> =
            (0..eye.upper.len()).map(|i| [eye.bone[i], eye.crease[i], eye.upper[i]]).collect();
        let [first, last] = eye.corners.map(|corner| [corner; 3]);
        let columns: Vec<[usize; 3]> = std::iter::once(first).chain(columns).chain([last]).collect();
        let thick = |column: usize, row: usize| {
            let at_corner = column == 0 || column + 1 == columns.len();
            if at_corner { VEIL_AT_CORNERS } else { VEIL[row] }
        };
        let mut veil = Vec::new();
        for (place, pair) in columns.windows(2).enumerate() {
            for row in 0..2 {
                let corner = |aside: usize, down: usize| (pair[aside][row + down], thick(place + aside, row + down));
                veil.push([corner(0, 0), corner(1, 0), corner(0, 1)]);
                veil.push([corner(1, 0), corner(0, 1), corner(1, 1)]);
            }
        }
        let below = |i: usize| {
            let points = eye.upper.iter().zip(&eye.lower);
            let sum: f32 = points.map(|(a, b)| 1.9 * vertices[*b].rest[i] - 0.9 * vertices[*a].rest[i]).sum();
            sum / eye.upper.len() as f32
        };
        Closed { veil, lashes, skin_at: [below(0), below(1)] }
    })
}

/// A strip along the rim that an open eye has no height of.
fn add_lashes(vertices: &mut Vec<Vertex>, eye: &Eye) -> Vec<[usize; 3]> {
    let [outer, inner] = eye.corners.map(|corner| vertices[corner].rest);
    let width = (inner[0] - outer[0]).hypot(inner[1] - outer[1]);
    let along: Vec<usize> = std::iter::once(eye.corners[0]).chain(eye.upper).chain([eye.corners[1]]).collect();
    let last = (along.len() - 1) as f32;
    let first = vertices.len();
    for (place, point) in along.iter().enumerate() {
        let thick = LASHES * width * (0.35 + 0.65 * (std::f32::consts::PI * place as f32 / last).sin());
        let rim = vertices[*point].clone();
        let [x, y, z] = rim.lid;
        let [lower, upper] = [0.3, -0.7].map(|part| [x, y + part * thick, z - LID_DEPTH]);
        vertices.push(Vertex { lid: upper, ..rim.clone() });
        vertices.push(Vertex { lid: lower, ..rim });
    }
    let quads = (0..along.len() - 1).map(|place| first + 2 * place);
    quads.flat_map(|a| [[a, a + 1, a + 2], [a + 1, a + 2, a + 3]]).collect()
}

/// Lower lips that stay where they were: what the photo shows between the lips belongs to the skull.
pub(super) fn add_teeth(vertices: &mut Vec<Vertex>, hollow: &[[usize; 3]]) -> Vec<[usize; 3]> {
    let mut fixed = HashMap::new();
    for point in LOWER_RIM.into_iter().chain(UPPER_RIM) {
        let vertex = &vertices[point];
        let [x, y, z] = vertex.rest;
        let behind = Vertex { rest: [x, y, z + TEETH_DEPTH], jaw: [0.0; 3], ..vertex.clone() };
        fixed.insert(point, vertices.len());
        vertices.push(behind);
    }
    hollow.iter().map(|corners| corners.map(|corner| fixed.get(&corner).copied().unwrap_or(corner))).collect()
}
