//! How a head is held.

use std::ops::Add;

/// A head's pose against the photo's, and what its face does. All zero is the photo itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pose {
    /// Degrees to the person's own left: the nose goes to the image's right.
    pub yaw: f32,
    /// Degrees upwards.
    pub pitch: f32,
    /// Degrees, clockwise in the image.
    pub roll: f32,
    /// Pixels to the image's right and down, at the head's distance.
    pub shift: [f32; 2],
    /// How much nearer: 0 as in the photo, .3 is a face 1.3 times as large.
    pub nearer: f32,
    /// How far the mouth is open, 0 to 1.
    pub mouth: f32,
    /// How far the eyes are closed, 0 to 1.
    pub lids: f32,
    /// How far the camera itself moved the whole picture, pixels.
    pub camera: [f32; 2],
}

impl Add for Pose {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let sum = |a: [f32; 2], b: [f32; 2]| [a[0] + b[0], a[1] + b[1]];
        Self {
            yaw: self.yaw + other.yaw,
            pitch: self.pitch + other.pitch,
            roll: self.roll + other.roll,
            shift: sum(self.shift, other.shift),
            nearer: self.nearer + other.nearer,
            mouth: (self.mouth + other.mouth).clamp(0.0, 1.0),
            lids: (self.lids + other.lids).clamp(0.0, 1.0),
            camera: sum(self.camera, other.camera),
        }
    }
}

impl Pose {
    /// This share of it, 0 to 1.
    #[must_use]
    pub fn part(&self, share: f32) -> Self {
        Self {
            yaw: self.yaw * share,
            pitch: self.pitch * share,
            roll: self.roll * share,
            shift: self.shift.map(|way| way * share),
            nearer: self.nearer * share,
            mouth: self.mouth * share,
            lids: self.lids * share,
            camera: self.camera.map(|way| way * share),
        }
    }

    /// Turns a place about the origin by roll, pitch and yaw.
    pub(in crate::workshop) fn turn(&self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        let [(yaw_s, yaw_c), (pitch_s, pitch_c), (roll_s, roll_c)] =
            [self.yaw, self.pitch, self.roll].map(|angle| angle.to_radians().sin_cos());
        let (x, y) = (x * roll_c - y * roll_s, x * roll_s + y * roll_c);
        let (y, z) = (y * pitch_c + z * pitch_s, z * pitch_c - y * pitch_s);
        [x * yaw_c - z * yaw_s, y, z * yaw_c + x * yaw_s]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nose_goes_where_the_head_turns() {
        let nose = [0.0, 0.0, -10.0];
        let turned = |pose: Pose| pose.turn(nose);
        assert!(turned(Pose { yaw: 20.0, ..Pose::default() })[0] > 3.0);
        assert!(turned(Pose { pitch: 20.0, ..Pose::default() })[1] < -3.0);
        let tilted = Pose { roll: 90.0, ..Pose::default() }.turn([1.0, 0.0, 0.0]);
        assert!((tilted[1] - 1.0).abs() < 1e-6, "{tilted:?}");
    }
}
