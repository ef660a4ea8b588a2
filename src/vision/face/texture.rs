//! Lays a face flat: every place of the skin at the same pixel, however the head is held.

use std::sync::OnceLock;

use spade::{DelaunayTriangulation, Point2, Triangulation as _};
use zeroize::Zeroizing;

use super::landmarks::Landmarks;
use crate::domain::face::liveness::texture::FaceTexture;
use crate::vision::picture::Picture;

/// The 468 points of a face that looks straight, in distances of the outer eye corners, from their middle: the mean of the
/// mesh over the people of the demo's photos, turned straight and made even.
const FLAT_FACE: &str = include_str!("texture/flat_face.csv");
/// Outline of the face; rims of the eyes and of the lips, each all the way round.
const OUTLINE: [usize; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
const EYES: [[usize; 16]; 2] = [
    [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
    [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
];
const LIPS: [usize; 20] = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146];
const EYE_CORNERS: [usize; 2] = [33, 263];

/// The flat face: columns and rows, pixels to a distance of the eyes, and where the middle of the eyes lies.
const SIZE: [usize; 2] = [50, 60];
const SCALE: f32 = 20.0;
const MIDDLE: [f32; 2] = [25.0, 20.0];
/// The skin's edge, the eyes and the mouth are left out by so much: they move by themselves.
const WITHIN: f32 = 0.92;
const EYES_OUT: f32 = 1.5;
const LIPS_OUT: f32 = 1.25;
/// A pixel of the flat face is the mean of so many looks, by as many.
const LOOKS: usize = 2;
/// A part of the skin that a frame shows smaller than this, against straight, is seen too obliquely.
const MIN_AREA: f32 = 0.45;
/// The Gaussian that leaves light and shade, pixels.
const SHADE: f32 = 2.0;
/// Every so many pixels, in both directions, one is enough of light and shade.
const SHADE_EVERY: usize = 2;
/// Below this luma a sensor's noise is all there is; added before logarithms are taken.
const DARK: f32 = 8.0;
/// The eyes: pixels to a distance of the eyes, the Gaussian that leaves out noise, the margin about them.
const EYE_SCALE: f32 = 100.0;
const EYE_BLUR: f32 = 1.2;
const EYE_MARGIN: f32 = 2.0;

/// Where one look of the flat face comes from: three points of the mesh, and their shares.
#[derive(Clone, Copy)]
struct Look {
    triangle: usize,
    shares: [f32; 3],
}

/// A rectangle of the flat face.
struct Patch {
    size: [usize; 2],
    /// `LOOKS * LOOKS` of each pixel; `None` outside the mesh.
    looks: Vec<Option<[Look; LOOKS * LOOKS]>>,
    /// Whether the pixel is of the part that is compared.
    inside: Vec<bool>,
}

/// The flat face, made once.
struct Flat {
    points: Vec<[f32; 2]>,
    triangles: Vec<[usize; 3]>,
    skin: Patch,
    eyes: [Patch; 2],
}

fn flat() -> Option<&'static Flat> {
    static FLAT: OnceLock<Option<Flat>> = OnceLock::new();
    FLAT.get_or_init(Flat::new).as_ref()
}

/// The face of these points laid flat; `None` for points that make no face.
pub(in crate::vision) fn measure(picture: &Picture, landmarks: &Landmarks) -> Option<FaceTexture> {
    let flat = flat()?;
    let points = landmarks.points();
    let [left, right] = EYE_CORNERS.map(|corner| points.get(corner));
    let (left, right) = (left?, right?);
    let eyes = (0..3).map(|axis| (right[axis] - left[axis]).powi(2)).sum::<f32>().sqrt();
    if points.len() != flat.points.len() || !eyes.is_finite() || eyes < 1.0 {
        return None;
    }
    let visible: Vec<bool> = flat
        .triangles
        .iter()
        .map(|corners| {
            let shown = area(corners.map(|corner| [points[corner][0], points[corner][1]])) / (eyes * eyes);
            shown / area(corners.map(|corner| flat.points[corner])) >= MIN_AREA
        })
        .collect();
    let lay = |patch: &Patch| patch.lay(picture, points, &flat.triangles);
    let luma = Zeroizing::new(lay(&flat.skin).iter().map(|luma| (luma + DARK).ln()).collect::<Vec<f32>>());
    let shade = Zeroizing::new(blur(&luma, flat.skin.size, SHADE));
    let shown = |place: &usize| flat.skin.looks[*place].is_some_and(|[look, ..]| visible[look.triangle]);
    let skin: Vec<usize> = (0..luma.len()).filter(|place| flat.skin.inside[*place] && is_coarse(*place)).collect();
    let eye = |patch: &Patch| {
        let luma = Zeroizing::new(lay(patch));
        let soft = Zeroizing::new(blur(&luma, patch.size, EYE_BLUR));
        let inside: Vec<f32> = soft.iter().zip(&patch.inside).filter(|(_, inside)| **inside).map(|(v, _)| *v).collect();
        Zeroizing::new(inside)
    };
    Some(FaceTexture {
        shade: Zeroizing::new(skin.iter().map(|place| shade[*place]).collect()),
        seen: skin.iter().map(shown).collect(),
        eyes: flat.eyes.each_ref().map(eye),
        eyes_open: landmarks.signs().eyes_open,
    })
}

fn is_coarse(place: usize) -> bool {
    (place % SIZE[0]).is_multiple_of(SHADE_EVERY) && (place / SIZE[0]).is_multiple_of(SHADE_EVERY)
}

impl Flat {
    fn new() -> Option<Self> {
        let point = |line: &str| {
            let (x, y) = line.split_once(',')?;
            Some([x.parse().ok()?, y.parse().ok()?])
        };
        let points: Vec<[f32; 2]> = FLAT_FACE.lines().skip(1).map(point).collect::<Option<_>>()?;
        let triangles = triangles(&points)?;
        let around = |rim: &[usize], by: f32| grown(&rim.iter().map(|i| points[*i]).collect::<Vec<_>>(), by);
        let outline = around(&OUTLINE, WITHIN);
        let holes = [around(&EYES[0], EYES_OUT), around(&EYES[1], EYES_OUT), around(&LIPS, LIPS_OUT)];
        let skin = Patch::new(SIZE, SCALE, MIDDLE, (&points, &triangles), |at| {
            holds(&outline, at) && !holes.iter().any(|hole| holds(hole, at))
        });
        let eyes = EYES.map(|rim| {
            let rim: Vec<[f32; 2]> = rim.iter().map(|i| points[*i]).collect();
            let bound =
                |axis: usize, pick: fn(f32, f32) -> f32| rim.iter().map(|p| p[axis]).reduce(pick).unwrap_or(0.0);
            let [from, to] = [f32::min as fn(f32, f32) -> f32, f32::max].map(|pick| [bound(0, pick), bound(1, pick)]);
            let size = [0, 1].map(|axis| ((to[axis] - from[axis]) * EYE_SCALE + 2.0 * EYE_MARGIN).ceil() as usize);
            let middle = [0, 1].map(|axis| EYE_MARGIN - from[axis] * EYE_SCALE);
            let rim = grown(&rim, 1.08);
            Patch::new(size, EYE_SCALE, middle, (&points, &triangles), |at| holds(&rim, at))
        });
        Some(Self { points, triangles, skin, eyes })
    }
}

impl Patch {
    fn new(
        size: [usize; 2],
        scale: f32,
        middle: [f32; 2],
        (points, triangles): (&[[f32; 2]], &[[usize; 3]]),
        inside: impl Fn([f32; 2]) -> bool,
    ) -> Self {
        let place = |column: f32, row: f32| [(column - middle[0]) / scale, (row - middle[1]) / scale];
        let look = |at: [f32; 2]| {
            let shares = |corners: &[usize; 3]| shares(corners.map(|corner| points[corner]), at);
            let (triangle, shares) =
                triangles.iter().enumerate().find_map(|(number, corners)| Some((number, shares(corners)?)))?;
            Some(Look { triangle, shares })
        };
        let mut patch = Self { size, looks: Vec::new(), inside: Vec::new() };
        for row in 0..size[1] {
            for column in 0..size[0] {
                let mut looks = [Look { triangle: 0, shares: [0.0; 3] }; LOOKS * LOOKS];
                let mut all = true;
                for (number, slot) in looks.iter_mut().enumerate() {
                    let part = |of: usize| (of as f32 + 0.5) / LOOKS as f32;
                    let at = place(column as f32 + part(number % LOOKS), row as f32 + part(number / LOOKS));
                    match look(at) {
                        Some(found) => *slot = found,
                        None => all = false,
                    }
                }
                let centre = place(column as f32 + 0.5, row as f32 + 0.5);
                patch.looks.push(all.then_some(looks));
                patch.inside.push(all && inside(centre));
            }
        }
        patch
    }

    /// Luma of every pixel; 0 outside the mesh.
    fn lay(&self, picture: &Picture, points: &[[f32; 3]], triangles: &[[usize; 3]]) -> Vec<f32> {
        let look = |look: &Look| {
            let corners = triangles[look.triangle];
            let at = |axis: usize| (0..3).map(|i| look.shares[i] * points[corners[i]][axis]).sum::<f32>();
            luma(picture, at(0), at(1))
        };
        let mean = |looks: &[Look; LOOKS * LOOKS]| looks.iter().map(look).sum::<f32>() / (LOOKS * LOOKS) as f32;
        self.looks.iter().map(|looks| looks.as_ref().map_or(0.0, mean)).collect()
    }
}

/// Delaunay's triangles, corners the same way round.
fn triangles(points: &[[f32; 2]]) -> Option<Vec<[usize; 3]>> {
    let mut laid: DelaunayTriangulation<Point2<f64>> = DelaunayTriangulation::new();
    let mut which = std::collections::HashMap::new();
    for (place, [x, y]) in points.iter().enumerate() {
        let handle = laid.insert(Point2::new(f64::from(*x), f64::from(*y))).ok()?;
        which.entry(handle).or_insert(place);
    }
    let corners = laid.inner_faces().map(|face| {
        let [a, b, c] = face.vertices().map(|vertex| which.get(&vertex.fix()).copied());
        Some([a?, b?, c?])
    });
    corners.collect()
}

/// Twice the area, signed by the way round.
fn area([a, b, c]: [[f32; 2]; 3]) -> f32 {
    (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
}

/// Shares of the corners in a place inside a triangle.
fn shares([a, b, c]: [[f32; 2]; 3], at: [f32; 2]) -> Option<[f32; 3]> {
    let whole = area([a, b, c]);
    let shares = [area([at, b, c]), area([a, at, c]), area([a, b, at])].map(|part| part / whole);
    shares.iter().all(|share| *share >= -1e-4).then_some(shares)
}

/// A polygon about its middle, made larger or smaller.
fn grown(polygon: &[[f32; 2]], by: f32) -> Vec<[f32; 2]> {
    let count = polygon.len().max(1) as f32;
    let middle = [0, 1].map(|axis| polygon.iter().map(|point| point[axis]).sum::<f32>() / count);
    polygon.iter().map(|point| [0, 1].map(|axis| middle[axis] + by * (point[axis] - middle[axis]))).collect()
}

/// Whether a polygon holds a place.
fn holds(polygon: &[[f32; 2]], [x, y]: [f32; 2]) -> bool {
    let last = polygon.len().saturating_sub(1);
    let crosses = |(place, to): (usize, &[f32; 2])| {
        let from = polygon[if place == 0 { last } else { place - 1 }];
        (from[1] > y) != (to[1] > y) && x < (from[0] - to[0]) * (y - to[1]) / (from[1] - to[1]) + to[0]
    };
    polygon.iter().enumerate().filter(|side| crosses(*side)).count() % 2 == 1
}

/// Luma between four pixels; the picture goes on beyond its edge as it ends there.
fn luma(picture: &Picture, x: f32, y: f32) -> f32 {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let [across, below] = [(x - 0.5).clamp(0.0, (width - 1) as f32), (y - 0.5).clamp(0.0, (height - 1) as f32)];
    let (column, row) = (across as usize, below as usize);
    let (along, down) = (across - column as f32, below - row as f32);
    let at = |column: usize, row: usize| {
        let pixel = picture.rgb()[row.min(height - 1) * width + column.min(width - 1)];
        let [red, green, blue] = pixel.map(f32::from);
        0.299 * red + 0.587 * green + 0.114 * blue
    };
    let line = |row: usize| at(column, row) * (1.0 - along) + at(column + 1, row) * along;
    line(row) * (1.0 - down) + line(row + 1) * down
}

/// Gaussian blur, edges repeated.
fn blur(values: &[f32], [width, height]: [usize; 2], sigma: f32) -> Vec<f32> {
    let reach = (3.0 * sigma).ceil() as usize;
    let mut kernel: Vec<f32> =
        (0..=2 * reach).map(|place| (-0.5 * ((place as f32 - reach as f32) / sigma).powi(2)).exp()).collect();
    let sum: f32 = kernel.iter().sum();
    for weight in &mut kernel {
        *weight /= sum;
    }
    let along = |values: &[f32], count: usize, place: &dyn Fn(usize, usize) -> usize, lines: usize| {
        let mut blurred = vec![0.0; values.len()];
        for line in 0..lines {
            for at in 0..count {
                let value = |(offset, weight): (usize, &f32)| {
                    let from = (at + offset).saturating_sub(reach).min(count - 1);
                    weight * values[place(line, from)]
                };
                blurred[place(line, at)] = kernel.iter().enumerate().map(value).sum();
            }
        }
        blurred
    };
    let rows = along(values, width, &|line, at| line * width + at, height);
    along(&rows, height, &|line, at| at * width + line, width)
}

#[cfg(test)]
mod tests;
