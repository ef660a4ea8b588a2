//! Solid or flat: how the points of a face move when the head turns.
//!
//! The points of a picture stay on a plane, whatever is done to the picture: between two frames a homography carries
//! them over. Those of a head do not, but follow its rigid motion in space (Hartley and Zisserman, "Multiple View
//! Geometry", 2nd ed., chapter 13).

use super::cues::Support;

/// What two fits between a frontal frame and a turned one leave over, root mean square, in eye distances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TurnGeometry {
    /// Left over by the best homography: large for a head.
    pub flat: f32,
    /// Left over by the best rigid motion of the frontal mesh: large for a picture.
    pub solid: f32,
}

/// What the mesh itself errs by, so that two frames alike are no division by nothing.
const MESH_NOISE: f32 = 0.005;
/// Measured on the mesh of real clips (docs/ACCURACY.md): heads turned 15 degrees and more 1.7 to 2.9; pictures of the same
/// people tilted by up to 45 degrees and bent .3 to 1.1.
const FLAT_BELOW: f32 = 1.15;
const SOLID_FROM: f32 = 1.5;

impl TurnGeometry {
    /// How much more a head than a picture: what a homography leaves over, in what rigid motion leaves over.
    pub fn solidity(&self) -> f32 {
        let ratio = self.flat / (self.solid + MESH_NOISE);
        if ratio.is_finite() { ratio } else { 0.0 }
    }
}

/// How much the turns speak for a head: the least solid of them. Abstains without a turn.
pub fn support(turns: &[TurnGeometry]) -> Option<Support> {
    let least = turns.iter().map(TurnGeometry::solidity).min_by(f32::total_cmp)?;
    Some(Support::graded(least, FLAT_BELOW, SOLID_FROM, 2.0 * SOLID_FROM))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_flat_turn_is_enough_to_speak_against() {
        let head = TurnGeometry { flat: 0.08, solid: 0.03 };
        let print = TurnGeometry { flat: 0.03, solid: 0.05 };
        assert!(support(&[]).is_none());
        assert!(support(&[head]).unwrap().speaks_for());
        assert!(support(&[print]).unwrap().speaks_against());
        assert!(support(&[head, print]).unwrap().speaks_against());
        assert!(support(&[TurnGeometry { flat: f32::NAN, solid: 0.0 }]).unwrap().speaks_against());
    }
}
