//! A turn of the head between two frames, held against a plane and against a solid (OpenCV's homography and PnP).

use opencv::calib3d::{self, SOLVEPNP_SQPNP};
use opencv::core::{Mat, MatTraitConst as _, Point2f, Point3f, Vector};

use crate::domain::face::liveness::geometry::TurnGeometry;
use crate::domain::face::liveness::signs::FaceMesh;

/// Outer corners of the eyes: the measure of all residuals.
const EYE_CORNERS: [usize; 2] = [33, 263];
/// Where the nose ends above the lip.
const NOSE_BASE: usize = 2;
/// Focal length in widths of the face. The mesh is made as if seen from afar, and is held against frames in that way.
const FAR: f32 = 30.0;

/// Residuals of both fits; `None` for meshes that do not belong together or fits that fail.
pub fn measure(straight: &FaceMesh, turned: &FaceMesh) -> Option<TurnGeometry> {
    let (from, to) = (straight.points(), turned.points());
    let [left, right] = EYE_CORNERS.map(|corner| from.get(corner));
    let (left, right) = (left?, right?);
    let eyes = (right[0] - left[0]).hypot(right[1] - left[1]);
    if from.len() != to.len() || eyes.is_nan() || eyes <= 1.0 {
        return None;
    }
    // Whoever turns may talk and laugh: what lies below the nose is no part of what turns stiffly.
    let base = from.get(NOSE_BASE)?[1];
    let (from, to): (Vec<[f32; 3]>, Vec<[f32; 3]>) =
        from.iter().zip(to).filter(|([_, y, _], _)| *y <= base).map(|(from, to)| (*from, *to)).unzip();
    let flat = flat(&from, &to).ok().flatten()? / eyes;
    let solid = solid(&from, &to, eyes).ok().flatten()? / eyes;
    (flat.is_finite() && solid.is_finite()).then_some(TurnGeometry { flat, solid })
}

fn flat(from: &[[f32; 3]], to: &[[f32; 3]]) -> opencv::Result<Option<f32>> {
    let source: Vector<Point2f> = from.iter().map(|[x, y, _]| Point2f::new(*x, *y)).collect();
    let target: Vector<Point2f> = to.iter().map(|[x, y, _]| Point2f::new(*x, *y)).collect();
    let map = calib3d::find_homography(&source, &target, &mut Mat::default(), 0, 0.0)?;
    if map.rows() != 3 {
        return Ok(None);
    }
    let mut carried = Vector::<Point2f>::new();
    opencv::core::perspective_transform(&source, &mut carried, &map)?;
    Ok(Some(residual(carried.iter(), to)))
}

fn solid(from: &[[f32; 3]], to: &[[f32; 3]], eyes: f32) -> opencv::Result<Option<f32>> {
    let count = from.len().max(1) as f32;
    let middle: [f32; 3] = std::array::from_fn(|axis| from.iter().map(|point| point[axis]).sum::<f32>() / count);
    let shape: Vector<Point3f> =
        from.iter().map(|[x, y, z]| Point3f::new(x - middle[0], y - middle[1], z - middle[2])).collect();
    let target: Vector<Point2f> = to.iter().map(|[x, y, _]| Point2f::new(*x, *y)).collect();
    let focal = f64::from(FAR * eyes);
    let [x, y] = [f64::from(middle[0]), f64::from(middle[1])];
    let camera = Mat::from_slice_2d(&[[focal, 0.0, x], [0.0, focal, y], [0.0, 0.0, 1.0]])?;
    let (mut turn, mut shift) = (Mat::default(), Mat::default());
    let undistorted = Mat::default();
    let found =
        calib3d::solve_pnp(&shape, &target, &camera, &undistorted, &mut turn, &mut shift, false, SOLVEPNP_SQPNP)?;
    if !found {
        return Ok(None);
    }
    let mut carried = Vector::<Point2f>::new();
    calib3d::project_points_def(&shape, &turn, &shift, &camera, &undistorted, &mut carried)?;
    Ok(Some(residual(carried.iter(), to)))
}

/// Root mean square distance.
fn residual(carried: impl Iterator<Item = Point2f>, to: &[[f32; 3]]) -> f32 {
    let sum: f32 = carried.zip(to).map(|(at, [x, y, _])| (at.x - x).powi(2) + (at.y - y).powi(2)).sum();
    (sum / to.len().max(1) as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A head of points: an ellipsoid's front with a nose.
    fn head() -> Vec<[f32; 3]> {
        (0..468_u16)
            .map(|point| {
                if EYE_CORNERS.contains(&usize::from(point)) {
                    return [if point == 33 { -45.0 } else { 45.0 }, -20.0, -20.0];
                }
                if usize::from(point) == NOSE_BASE {
                    return [0.0, 35.0, -20.0];
                }
                let (column, row) = (f32::from(point % 22) / 21.0 - 0.5, f32::from(point / 22) / 21.0 - 0.5);
                let nose = 35.0 * (-40.0 * (column * column + row * row)).exp();
                [120.0 * column, 160.0 * row, 120.0 * (column * column + row * row) - nose]
            })
            .collect()
    }

    fn mesh(points: &[[f32; 3]], yaw: f32, depth: f32) -> FaceMesh {
        let (sine, cosine) = yaw.to_radians().sin_cos();
        FaceMesh::new(
            points
                .iter()
                .map(|[x, y, z]| {
                    let z = z * depth;
                    [320.0 + cosine * x - sine * z, 240.0 + y, cosine * z + sine * x]
                })
                .collect(),
        )
    }

    #[test]
    fn a_turned_head_is_solid_and_a_turned_picture_is_flat() {
        let straight = mesh(&head(), 0.0, 1.0);
        for yaw in [-30.0, -18.0, 18.0, 30.0] {
            let turned = measure(&straight, &mesh(&head(), yaw, 1.0)).unwrap();
            assert!(turned.solidity() > 2.0, "{yaw}: {turned:?}");
            // What the mesh sees of a picture that is turned: the same face, narrower.
            let picture = measure(&straight, &mesh(&head(), yaw, 0.0)).unwrap();
            assert!(picture.solidity() < 1.0, "{yaw}: {picture:?}");
        }
    }

    #[test]
    fn what_is_no_pair_of_meshes_says_nothing() {
        let straight = mesh(&head(), 0.0, 1.0);
        assert_eq!(measure(&straight, &FaceMesh::new(vec![[0.0; 3]; 10])), None);
        assert_eq!(measure(&FaceMesh::new(vec![[0.0; 3]; 468]), &straight), None);
        assert_eq!(measure(&FaceMesh::new(Vec::new()), &FaceMesh::new(Vec::new())), None);
    }
}
