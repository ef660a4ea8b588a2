//! The shape of a face that no movement changes: whether a face that moves has the bones of the one that held still.

use super::cues::Support;
use super::signs::FaceMesh;

/// Points on bone: corners of the eyes, bridge and wings of the nose, forehead, temples, cheekbones. No jaw, lid, brow.
const RIGID: [usize; 31] = [
    33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 10, 151, 9, 8, 127, 356, 234, 454, 162, 389,
    116, 345, 117, 346, 50,
];
/// Outer corners of the eyes: the measure.
const EYE_CORNERS: [usize; 2] = [33, 263];
/// Meshes of each kind that make a mean worth comparing: single ones waver by as much as people differ.
const MIN_MESHES: usize = 4;
/// Distances, in distances of the outer eye corners. Of 29 filmed people, six frames against six of the same recording:
/// half below .009, the worst .024; of two people half above .033, a twentieth below .017 (docs/ACCURACY.md).
const SAME_BELOW: f32 = 0.026;
const OTHER_FROM: f32 = 0.045;

/// Newton's steps towards a rotation: two faces that look roughly the same way are there after five.
const STEPS: usize = 12;
const IDENTITY: [Point; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

type Point = [f32; 3];

/// The mean of several meshes of a face, each brought to the first one's place, turn and size. Biometric data: wiped when
/// dropped.
#[derive(Clone, Default)]
pub struct RigidShape {
    first: zeroize::Zeroizing<Vec<Point>>,
    sum: zeroize::Zeroizing<Vec<Point>>,
    count: usize,
}

impl std::fmt::Debug for RigidShape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RigidShape({} meshes, redacted)", self.count)
    }
}

impl RigidShape {
    /// Adds one more; a mesh without these points, or without a size, says nothing.
    pub fn add(&mut self, mesh: &FaceMesh) {
        let Some(points) = rigid(mesh) else { return };
        if self.first.is_empty() {
            (*self.first).clone_from(&points);
            *self.sum = vec![[0.0; 3]; points.len()];
        }
        let laid = lay(&points, &self.first);
        for (sum, point) in self.sum.iter_mut().zip(laid) {
            *sum = std::array::from_fn(|axis| sum[axis] + point[axis]);
        }
        self.count += 1;
    }

    /// Root mean square distance of the points of the two means, in distances of the outer eye corners; `None` while
    /// either is of too few meshes.
    pub fn distance(&self, other: &Self) -> Option<f32> {
        if self.count.min(other.count) < MIN_MESHES {
            return None;
        }
        let (one, other) = (self.mean(), other.mean());
        let laid = lay(&other, &one);
        let squares: f32 = one.iter().zip(&laid).flat_map(|(a, b)| (0..3).map(move |i| (a[i] - b[i]).powi(2))).sum();
        let distance = (squares / one.len().max(1) as f32).sqrt();
        distance.is_finite().then_some(distance)
    }

    fn mean(&self) -> Vec<Point> {
        let share = 1.0 / self.count.max(1) as f32;
        self.sum.iter().map(|point| point.map(|value| value * share)).collect()
    }
}

/// How much a distance between two shapes speaks for one face.
pub fn support(distance: f32) -> Support {
    // Measured the other way round: the nearer, the better.
    Support::graded(1.0 - distance, 1.0 - OTHER_FROM, 1.0 - SAME_BELOW, 1.0)
}

/// The rigid points about their middle, in distances of the outer eye corners.
fn rigid(mesh: &FaceMesh) -> Option<Vec<Point>> {
    let points = mesh.points();
    let chosen: Option<Vec<Point>> = RIGID.iter().map(|place| points.get(*place).copied()).collect();
    let chosen = chosen?;
    let [left, right] = EYE_CORNERS.map(|corner| points[corner]);
    let size = (0..3).map(|axis| (left[axis] - right[axis]).powi(2)).sum::<f32>().sqrt();
    let finite = size.is_finite() && size > 1.0 && chosen.iter().flatten().all(|value| value.is_finite());
    if !finite {
        return None;
    }
    let count = chosen.len() as f32;
    let middle: Point = std::array::from_fn(|axis| chosen.iter().map(|point| point[axis]).sum::<f32>() / count);
    Some(chosen.iter().map(|point| std::array::from_fn(|axis| (point[axis] - middle[axis]) / size)).collect())
}

/// Lays `points` over `onto`, both about their middle: the rotation and the size that bring them nearest (orthogonal
/// Procrustes; the rotation by Higham's iteration for the polar factor, "Functions of Matrices", chapter 8).
fn lay(points: &[Point], onto: &[Point]) -> Vec<Point> {
    let mut product = [[0.0_f32; 3]; 3];
    for (from, to) in points.iter().zip(onto) {
        for (row, value) in product.iter_mut().zip(to) {
            *row = std::array::from_fn(|column| row[column] + value * from[column]);
        }
    }
    let rotation = polar(product);
    let turned: Vec<Point> = points.iter().map(|point| rotation.map(|row| dot(&row, point))).collect();
    let along: f32 = turned.iter().zip(onto).map(|(from, to)| dot(from, to)).sum();
    let size: f32 = turned.iter().map(|point| dot(point, point)).sum();
    let scale = along / size.max(f32::EPSILON);
    turned.iter().map(|point| point.map(|value| value * scale)).collect()
}

/// The rotation nearest to a matrix.
fn polar(mut matrix: [Point; 3]) -> [Point; 3] {
    for _ in 0..STEPS {
        let cofactors = cofactors(&matrix);
        let determinant = dot(&matrix[0], &cofactors[0]);
        if determinant.abs() < f32::MIN_POSITIVE {
            return IDENTITY;
        }
        matrix = std::array::from_fn(|row| {
            std::array::from_fn(|column| 0.5 * (matrix[row][column] + cofactors[row][column] / determinant))
        });
    }
    matrix
}

/// The transposed inverse times the determinant.
fn cofactors(matrix: &[Point; 3]) -> [Point; 3] {
    let cross =
        |a: &Point, b: &Point| [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    let [a, b, c] = matrix;
    [cross(b, c), cross(c, a), cross(a, b)]
}

fn dot(a: &Point, b: &Point) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A face of points whose nose stands out by `nose` pixels, turned by `yaw` degrees.
    fn mesh(nose: f32, yaw: f32, size: f32) -> FaceMesh {
        let (sine, cosine) = yaw.to_radians().sin_cos();
        let point = |place: u16| {
            let (column, row) = (f32::from(place % 22) / 21.0 - 0.5, f32::from(place / 22) / 21.0 - 0.5);
            let [x, y, z] = match usize::from(place) {
                33 => [-45.0, -20.0, 20.0],
                263 => [45.0, -20.0, 20.0],
                1 | 4 | 5 => [0.0, 10.0, -nose],
                _ => [120.0 * column, 160.0 * row, 120.0 * (column * column + row * row)],
            };
            [300.0 + size * (cosine * x - sine * z), 200.0 + size * y, size * (cosine * z + sine * x)]
        };
        FaceMesh::new((0..468).map(point).collect())
    }

    fn shape(nose: f32, yaws: &[f32], size: f32) -> RigidShape {
        let mut shape = RigidShape::default();
        for yaw in yaws {
            shape.add(&mesh(nose, *yaw, size));
        }
        shape
    }

    #[test]
    fn one_face_is_the_same_however_it_is_turned_and_how_near() {
        let straight = shape(40.0, &[0.0, 1.0, -2.0, 0.5], 1.0);
        let moving = shape(40.0, &[14.0, -9.0, 20.0, -17.0], 1.6);
        assert!(straight.distance(&moving).unwrap() < 1e-3);
        assert!(support(straight.distance(&moving).unwrap()).speaks_for());
    }

    #[test]
    fn another_nose_is_another_face() {
        let straight = shape(40.0, &[0.0, 1.0, -2.0, 0.5], 1.0);
        let other = shape(75.0, &[14.0, -9.0, 20.0, -17.0], 1.0);
        assert!(straight.distance(&other).unwrap() > OTHER_FROM);
        assert!(support(straight.distance(&other).unwrap()).speaks_against());
    }

    #[test]
    fn too_few_meshes_or_none_of_a_face_say_nothing() {
        let straight = shape(40.0, &[0.0; 8], 1.0);
        assert_eq!(straight.distance(&shape(40.0, &[0.0; 3], 1.0)), None);
        let mut nothing = RigidShape::default();
        for points in [vec![], vec![[0.0; 3]; 468], vec![[f32::NAN; 3]; 468]] {
            nothing.add(&FaceMesh::new(points));
        }
        assert_eq!(nothing.distance(&straight), None);
        assert!(support(f32::NAN).speaks_against());
    }
}
