//! From the picture into space and back: one lens for all that stands before the camera.

use crate::vision::animate::FRAME;

/// Distance of the face from the camera, in pixels of the photo: a lens that sees 60 degrees of width.
pub(in crate::workshop) const DISTANCE: f32 = 554.0;

/// From a place in the frame (pixels) and its depth (pixels, 0 at the face, smaller towards the camera) into space.
pub(in crate::workshop) fn outward([x, y, z]: [f32; 3]) -> [f32; 3] {
    let [middle, level] = FRAME.map(|side| side as f32 / 2.0);
    let grown = (DISTANCE + z) / DISTANCE;
    [(x - middle) * grown, (y - level) * grown, z]
}

/// From space into the frame.
pub(in crate::workshop) fn inward([x, y, z]: [f32; 3]) -> [f32; 3] {
    let [middle, level] = FRAME.map(|side| side as f32 / 2.0);
    let shrunk = DISTANCE / (DISTANCE + z).max(1.0);
    [middle + x * shrunk, level + y * shrunk, z]
}

/// How far towards the camera something moves that grows by `nearer`: .3 is 1.3 times as large.
pub(in crate::workshop) fn approach(nearer: f32) -> f32 {
    DISTANCE / (1.0 + nearer.max(-0.5)) - DISTANCE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_way_into_space_leads_back(x in -100.0_f32..740.0, y in -100.0_f32..580.0, z in -200.0_f32..200.0) {
            let [u, v, w] = inward(outward([x, y, z]));
            prop_assert!((u - x).abs() < 0.01 && (v - y).abs() < 0.01 && (w - z).abs() < 0.01);
        }

        #[test]
        fn who_comes_nearer_grows_by_as_much(nearer in 0.0_f32..0.5) {
            let [x, ..] = inward([100.0, 0.0, approach(nearer)]);
            prop_assert!(((x - 320.0) / 100.0 - (1.0 + nearer)).abs() < 1e-3);
        }
    }
}
