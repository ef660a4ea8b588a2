//! Which three vertices make a triangle, and which way the surface looks there.

use std::collections::HashMap;

use spade::{DelaunayTriangulation, Point2, Triangulation as _};

use super::super::regions::{LOWER_LIP, LOWER_RIM, UPPER_LIP, UPPER_RIM};
use super::Vertex;
use crate::vision::animate::AnimateError;

/// See [`spread`].
const ROW_APART: f64 = 2.0;

/// Delaunay's triangles over the vertices as they lie with the mouth open, where lips are apart whatever the photo
/// shows: first the skin, then what lies between the lips.
pub(super) fn between(vertices: &[Vertex]) -> Result<[Vec<[usize; 3]>; 2], AnimateError> {
    let mut laid: DelaunayTriangulation<Point2<f64>> = DelaunayTriangulation::new();
    let mut which = HashMap::new();
    for (place, vertex) in vertices.iter().enumerate() {
        let [x, y] = [0, 1].map(|i| f64::from(vertex.rest[i] + vertex.jaw[i]));
        let handle = laid.insert(Point2::new(x, y + spread(place))).map_err(|_| AnimateError::NoFace)?;
        which.entry(handle).or_insert(place);
    }
    let is_lip = |place: &usize| LOWER_RIM.contains(place) || UPPER_RIM.contains(place);
    let (mut skin, mut hollow) = (Vec::new(), Vec::new());
    for face in laid.inner_faces() {
        let [a, b, c] = face.vertices().map(|vertex| which.get(&vertex.fix()).copied());
        let (Some(a), Some(b), Some(c)) = (a, b, c) else { continue };
        let corners = [a, b, c];
        let part = if corners.iter().all(is_lip) { &mut hollow } else { &mut skin };
        part.push(corners);
    }
    Ok([skin, hollow])
}

/// How much further a row of the lips lies from the mouth's middle while the triangles are laid, pixels: where lips are
/// thin or smile, the mesh may place the rows of one lip upon each other.
fn spread(place: usize) -> f64 {
    let row = |lip: &[&[usize]; 4]| lip.iter().position(|row| row.contains(&place));
    let apart = |row: usize| ROW_APART * (3 - row) as f64;
    let upper = row(&UPPER_LIP.each_ref().map(<[usize; 11]>::as_slice)).map(|row| -apart(row));
    let lower = row(&LOWER_LIP.each_ref().map(<[usize; 9]>::as_slice)).map(apart);
    upper.or(lower).unwrap_or(0.0)
}

/// Normals of the first `face` vertices, from the triangles around each; the weight of a triangle is its area.
pub(super) fn shape(vertices: &mut [Vertex], skin: &[[usize; 3]], face: usize) {
    let mut sums = vec![[0.0_f32; 3]; face];
    for corners in skin.iter().filter(|corners| corners.iter().all(|corner| *corner < face)) {
        let [a, b, c] = corners.map(|corner| vertices[corner].rest);
        let normal = cross(minus(b, a), minus(c, a));
        let side = if normal[2] > 0.0 { -1.0 } else { 1.0 };
        for corner in corners {
            sums[*corner] = std::array::from_fn(|i| sums[*corner][i] + side * normal[i]);
        }
    }
    for (vertex, sum) in vertices.iter_mut().zip(sums) {
        let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
        if length > f32::EPSILON {
            vertex.normal = sum.map(|value| value / length);
        }
    }
}

fn minus(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|i| a[i] - b[i])
}

fn cross(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
