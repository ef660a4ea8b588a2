//! Another way to make a puppet of one photo, which shares no drawing with [`Puppet`]: points of the face move in the plane,
//! each triangle between them is carried over by its own affine map, lids and mouth are painted. No lens, no depth, no
//! layers: what a stranger writes in an afternoon. Cues must not be tuned to our own renderer's quirks.

use std::sync::Arc;

use spade::{DelaunayTriangulation, Point2, Triangulation as _};

use super::super::actor::{Actor, Shown};
use super::super::motion::Sway;
use super::super::reaction::{Reactions, follow};
use crate::vision::animate::{AnimateError, FRAME, MARGIN};
use crate::vision::picture::Picture;
use crate::workshop::scene::camera::{Camera, PageLight};
use crate::workshop::scene::page_light::Lighting;
use crate::workshop::scene::pose::Pose;
use crate::workshop::scene::puppet::Puppet;
use crate::workshop::scene::regions::{CHIN, EYES, FOREHEAD, LOWER_RIM, MOUTH, OUTLINE, UPPER_RIM};

/// Rings about the head: radii of its outline, and how far they go along with it.
const RINGS: [[f32; 2]; 3] = [[1.12, 1.0], [1.35, 0.75], [1.8, 0.25]];
/// Points along each side of the frame, which stay.
const ALONG: usize = 6;
/// How deep the rings lie, in widths of the face behind its outline.
const RING_DEPTH: f32 = 0.25;
/// Levels to light.
const GAMMA: f32 = 2.2;
/// Colours of an open mouth: the dark, and the teeth.
const DARK: [f32; 3] = [48.0, 22.0, 22.0];
const TEETH: [f32; 3] = [188.0, 178.0, 166.0];

/// A point of the photo: where it is, its depth, and how far it goes along with the head.
#[derive(Clone, Copy, Debug)]
struct Knot {
    at: [f32; 3],
    along: f32,
}

/// The photo, its points and triangles, and the camera before it.
#[derive(Debug)]
pub(super) struct VictimWarp {
    photo: Picture,
    knots: Vec<Knot>,
    triangles: Vec<[usize; 3]>,
    pivot: [f32; 3],
    /// Height of the face.
    height: f32,
    skin: [f32; 3],
    frame: Picture,
    sway: Sway,
    reactions: Reactions,
    lighting: Lighting,
    camera: Camera,
}

impl VictimWarp {
    pub(super) fn new(victim: &Arc<Puppet>, seed: u64) -> Result<Self, AnimateError> {
        let photo = victim.portrait().scene().clone();
        let margin = MARGIN as f32;
        let face: Vec<[f32; 3]> = victim.points().into_iter().map(|[x, y, z]| [x + margin, y + margin, z]).collect();
        let [top, chin] = [FOREHEAD, CHIN].map(|point| face.get(point).copied());
        let (top, chin) = (top.ok_or(AnimateError::NoFace)?, chin.ok_or(AnimateError::NoFace)?);
        let height = chin[1] - top[1];
        let rim: Vec<[f32; 3]> = OUTLINE.iter().filter_map(|point| face.get(*point).copied()).collect();
        let depth = rim.iter().map(|point| point[2]).sum::<f32>() / rim.len().max(1) as f32;
        let pivot = [f32::midpoint(top[0], chin[0]), f32::midpoint(top[1], chin[1]), depth + 0.35 * height];
        let mut knots: Vec<Knot> = face.iter().map(|at| Knot { at: *at, along: 1.0 }).collect();
        for [reach, along] in RINGS {
            for [x, y, z] in &rim {
                let at =
                    [pivot[0] + reach * (x - pivot[0]), pivot[1] + reach * (y - pivot[1]), z + RING_DEPTH * height];
                // The neck stays on the shoulders.
                let below = ((at[1] - chin[1]) / (0.35 * height)).clamp(0.0, 1.0);
                knots.push(Knot { at, along: along * (1.0 - 0.7 * below) });
            }
        }
        let [width, tall] = [photo.width() as f32 - 1.0, photo.height() as f32 - 1.0];
        for step in 0..ALONG {
            let share = step as f32 / ALONG as f32;
            for [x, y] in
                [[share * width, 0.0], [width, share * tall], [width - share * width, tall], [0.0, tall - share * tall]]
            {
                knots.push(Knot { at: [x, y, pivot[2]], along: 0.0 });
            }
        }
        let inside = |knot: &Knot| (0.0..=width).contains(&knot.at[0]) && (0.0..=tall).contains(&knot.at[1]);
        if !knots.iter().take(face.len()).all(inside) {
            return Err(AnimateError::NoFace);
        }
        knots.retain(inside);
        let below_eye = EYES[0].lower[3];
        let skin = colour_at(&photo, [face[below_eye][0], face[below_eye][1] + 0.05 * height]);
        Ok(Self {
            triangles: triangles(&knots)?,
            photo,
            knots,
            pivot,
            height,
            skin,
            frame: Picture::black(FRAME[0], FRAME[1]),
            sway: Sway::new(seed ^ 0x3A),
            reactions: Reactions::new(seed ^ 0x3A),
            lighting: Lighting::new(seed ^ 0x3A),
            camera: Camera::new(seed ^ 0x3A),
        })
    }

    /// Where a point is in the frame, and its depth.
    fn moved(&self, place: usize, pose: &Pose) -> [f32; 3] {
        let Knot { at, along } = self.knots[place];
        let [mut x, mut y, z] = at;
        let mouth = [self.knots[MOUTH[0]].at, self.knots[MOUTH[1]].at];
        let width = mouth[1][0] - mouth[0][0];
        let middle = [f32::midpoint(mouth[0][0], mouth[1][0]), f32::midpoint(mouth[0][1], mouth[1][1])];
        if place < crate::vision::face::landmarks::POINTS && pose.mouth > 0.0 {
            let down = ((y - middle[1]) / (0.3 * self.height)).clamp(0.0, 1.0);
            let aside = ((x - middle[0]) / width).abs().min(1.0);
            let is_lower = LOWER_RIM.contains(&place);
            let drop = if is_lower { (1.0 - aside * aside * 2.0).max(0.0) } else { down.sqrt() * (1.0 - 0.5 * aside) };
            y += pose.mouth * 0.5 * width * drop * f32::from(u8::from(is_lower || y > middle[1] + 1.0));
        }
        let arm = [x - self.pivot[0], y - self.pivot[1], z - self.pivot[2]];
        let turned = pose.turn(arm);
        let grown = 1.0 + pose.nearer * along;
        x += along * (turned[0] - arm[0]);
        y += along * (turned[1] - arm[1]);
        let margin = MARGIN as f32;
        let wanted = |value: f32, middle: f32, shift: f32, camera: f32| {
            middle + (value - middle) * grown + along * shift + camera - margin
        };
        [
            wanted(x, self.pivot[0], pose.shift[0], pose.camera[0]),
            wanted(y, self.pivot[1], pose.shift[1], pose.camera[1]),
            z + along * (turned[2] - arm[2]),
        ]
    }

    fn draw(&mut self, pose: &Pose, exposure: f32, light: Option<PageLight>) {
        let places: Vec<[f32; 3]> = (0..self.knots.len()).map(|place| self.moved(place, pose)).collect();
        let mut order: Vec<[usize; 3]> = self.triangles.clone();
        let depth = |corners: &[usize; 3]| corners.iter().map(|corner| places[*corner][2]).sum::<f32>();
        // What is further away is painted first.
        order.sort_by(|a, b| depth(b).total_cmp(&depth(a)));
        for corners in order {
            let to = corners.map(|corner| [places[corner][0], places[corner][1]]);
            let knots = corners.map(|corner| self.knots[corner]);
            carry(&self.photo, &mut self.frame, to, knots, exposure, light);
        }
        self.paint_mouth(pose, &places);
        self.paint_lids(pose, &places, exposure, light);
    }

    fn paint_mouth(&mut self, pose: &Pose, places: &[[f32; 3]]) {
        if pose.mouth < 0.15 {
            return;
        }
        let at = |point: &usize| [places[*point][0], places[*point][1]];
        let upper: Vec<[f32; 2]> = UPPER_RIM.iter().map(at).collect();
        let lower: Vec<[f32; 2]> = LOWER_RIM.iter().rev().map(at).collect();
        let lips: Vec<[f32; 2]> = upper.iter().chain(&lower).copied().collect();
        fill(&mut self.frame, &lips, DARK);
        // A row of teeth below the upper lip, a quarter of the way down.
        let row: Vec<[f32; 2]> =
            lower.iter().rev().zip(&upper[1..]).map(|(low, up)| between(*up, *low, 0.28)).collect();
        let teeth: Vec<[f32; 2]> = upper[1..upper.len() - 1].iter().copied().chain(row.into_iter().rev()).collect();
        fill(&mut self.frame, &teeth, TEETH);
    }

    fn paint_lids(&mut self, pose: &Pose, places: &[[f32; 3]], exposure: f32, light: Option<PageLight>) {
        if pose.lids < 0.1 {
            return;
        }
        let at = |point: usize| [places[point][0], places[point][1]];
        let gain = gain(1.0, exposure, light);
        let skin: [f32; 3] = std::array::from_fn(|i| (self.skin[i] * gain[i]).min(255.0));
        for eye in &EYES {
            let [first, last] = eye.corners.map(at);
            let rim = eye.upper.iter().zip(&eye.lower);
            let rim: Vec<[f32; 2]> = rim.map(|(up, low)| between(at(*up), at(*low), 1.05 * pose.lids)).collect();
            let rim: Vec<[f32; 2]> = std::iter::once(first).chain(rim).chain([last]).collect();
            let crease: Vec<[f32; 2]> =
                eye.upper.iter().zip(&eye.crease).map(|(up, fold)| between(at(*up), at(*fold), 0.4)).collect();
            let lid: Vec<[f32; 2]> = rim.iter().copied().chain(crease.into_iter().rev()).collect();
            fill(&mut self.frame, &lid, skin);
            let thick = 0.05 * (last[0] - first[0]).abs();
            let line: Vec<[f32; 2]> =
                rim.iter().copied().chain(rim.iter().rev().map(|[x, y]| [*x, *y - thick])).collect();
            fill(&mut self.frame, &line, skin.map(|level| 0.4 * level));
        }
    }
}

impl Actor for VictimWarp {
    fn frame(&mut self, shown: &Shown) -> Result<Vec<u8>, AnimateError> {
        let pose = self.sway.pose(shown.millis) + self.reactions.pose(shown, follow);
        let light = self.lighting.now(shown);
        let exposure = self.sway.exposure(shown.millis);
        self.draw(&pose, exposure, light);
        self.camera.expose(&mut self.frame, shown.millis);
        Camera::encode(&self.frame)
    }
}

fn triangles(knots: &[Knot]) -> Result<Vec<[usize; 3]>, AnimateError> {
    let mut laid: DelaunayTriangulation<Point2<f64>> = DelaunayTriangulation::new();
    let mut which = std::collections::HashMap::new();
    for (place, knot) in knots.iter().enumerate() {
        let at = Point2::new(f64::from(knot.at[0]), f64::from(knot.at[1]));
        let handle = laid.insert(at).map_err(|_| AnimateError::NoFace)?;
        which.entry(handle).or_insert(place);
    }
    let corners = laid.inner_faces().map(|face| face.vertices().map(|vertex| which.get(&vertex.fix()).copied()));
    Ok(corners.filter_map(|[a, b, c]| Some([a?, b?, c?])).collect())
}

/// What exposure and the page's light make of a surface that takes this share of it.
fn gain(share: f32, exposure: f32, light: Option<PageLight>) -> [f32; 3] {
    let Some(light) = light else { return [exposure; 3] };
    let added = light.colour.rgb().map(|level| light.strength * (f32::from(level) / 255.0).powf(GAMMA));
    added.map(|added| exposure * (1.0 + share * added).powf(1.0 / GAMMA))
}

/// Carries a triangle of the photo over to where its corners are in the frame.
fn carry(
    photo: &Picture,
    frame: &mut Picture,
    to: [[f32; 2]; 3],
    knots: [Knot; 3],
    exposure: f32,
    light: Option<PageLight>,
) {
    let [first, second, third] = to;
    let doubled = |one: [f32; 2], other: [f32; 2], from: [f32; 2]| {
        (one[0] - from[0]) * (other[1] - from[1]) - (other[0] - from[0]) * (one[1] - from[1])
    };
    let area = doubled(second, third, first);
    if area.abs() < 1e-3 {
        return;
    }
    let limit = |low: bool, axis: usize| {
        let values = to.map(|corner| corner[axis]);
        let most = FRAME[axis] as f32 - 1.0;
        let value = if low {
            values.iter().copied().fold(f32::MAX, f32::min).floor()
        } else {
            values.iter().copied().fold(f32::MIN, f32::max).ceil()
        };
        value.clamp(0.0, most) as usize
    };
    let share = knots.iter().map(|knot| 0.2 + 0.8 * knot.along).sum::<f32>() / 3.0;
    let gain = gain(share, exposure, light);
    let width = FRAME[0] as usize;
    for row in limit(true, 1)..=limit(false, 1) {
        for column in limit(true, 0)..=limit(false, 0) {
            let here = [column as f32, row as f32];
            let to_second = doubled(here, third, first) / area;
            let to_third = doubled(second, here, first) / area;
            let weights = [1.0 - to_second - to_third, to_second, to_third];
            if weights.iter().any(|weight| *weight < -1e-4) {
                continue;
            }
            let from = [0, 1].map(|axis| (0..3).map(|i| weights[i] * knots[i].at[axis]).sum::<f32>());
            let colour = sample(photo, from);
            let place = (row * width + column) * 3;
            for (channel, level) in frame.pixels_mut()[place..place + 3].iter_mut().enumerate() {
                *level = (colour[channel] * gain[channel]).round().clamp(0.0, 255.0) as u8;
            }
        }
    }
}

/// Between four pixels; the edge repeated.
fn sample(photo: &Picture, [x, y]: [f32; 2]) -> [f32; 3] {
    let [wide, tall] = [photo.width() as usize, photo.height() as usize];
    let (x, y) = (x.clamp(0.0, wide as f32 - 1.001), y.clamp(0.0, tall as f32 - 1.001));
    let (column, row) = (x as usize, y as usize);
    let (across, down) = (x - column as f32, y - row as f32);
    let pixel = |right: usize, below: usize| {
        let place = (row + below).min(tall - 1) * wide + (column + right).min(wide - 1);
        photo.rgb()[place].map(f32::from)
    };
    let mix = |from: [f32; 3], to: [f32; 3], share: f32| -> [f32; 3] {
        std::array::from_fn(|i| from[i] + share * (to[i] - from[i]))
    };
    mix(mix(pixel(0, 0), pixel(1, 0), across), mix(pixel(0, 1), pixel(1, 1), across), down)
}

fn colour_at(photo: &Picture, at: [f32; 2]) -> [f32; 3] {
    let around = (-3..=3).flat_map(|y| (-3..=3).map(move |x| [x as f32, y as f32]));
    let colours: Vec<[f32; 3]> = around.map(|[x, y]| sample(photo, [at[0] + x, at[1] + y])).collect();
    std::array::from_fn(|i| colours.iter().map(|colour| colour[i]).sum::<f32>() / colours.len() as f32)
}

fn between([ax, ay]: [f32; 2], [bx, by]: [f32; 2], share: f32) -> [f32; 2] {
    [ax + share * (bx - ax), ay + share * (by - ay)]
}

/// Fills a polygon with one colour, by even and odd crossings.
fn fill(frame: &mut Picture, polygon: &[[f32; 2]], colour: [f32; 3]) {
    let [width, height] = FRAME.map(|side| side as usize);
    let low = polygon.iter().map(|[_, y]| *y).fold(f32::MAX, f32::min).clamp(0.0, height as f32) as usize;
    let high = polygon.iter().map(|[_, y]| *y).fold(f32::MIN, f32::max).clamp(0.0, height as f32 - 1.0) as usize;
    for row in low..=high {
        let y = row as f32;
        let mut crossings: Vec<f32> = Vec::new();
        for (place, [ax, ay]) in polygon.iter().enumerate() {
            let [bx, by] = polygon[(place + 1) % polygon.len()];
            if (*ay <= y) != (by <= y) {
                crossings.push(ax + (y - ay) / (by - ay) * (bx - ax));
            }
        }
        crossings.sort_by(f32::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let from = pair[0].clamp(0.0, width as f32).round() as usize;
            let to = pair[1].clamp(0.0, width as f32).round() as usize;
            for place in from..to.max(from) {
                let at = (row * width + place) * 3;
                for (level, paint) in frame.pixels_mut()[at..at + 3].iter_mut().zip(colour) {
                    *level = paint as u8;
                }
            }
        }
    }
}
