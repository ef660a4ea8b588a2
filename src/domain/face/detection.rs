//! One face in a picture.

/// One face as the detector and the quality measures see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Face {
    /// Left, top, width and height of the box, in pixels of the upright picture.
    pub bounds: [f32; 4],
    /// Eye on the image's left, eye on its right, nose, mouth corner left, mouth corner right: x, y in pixels.
    pub points: [[f32; 2]; 5],
    /// Detector's confidence, 0 to 1.
    pub confidence: f32,
}

impl Face {
    /// Distance between the eyes in pixels.
    pub fn eye_distance(&self) -> f32 {
        let [left, right, ..] = self.points;
        (right[0] - left[0]).hypot(right[1] - left[1])
    }

    /// How far the nose stands from the middle of the eyes, along the line of the eyes, in eye distances; .27 to .40
    /// is about 30 degrees of yaw, positive towards the image's right.
    pub fn yaw(&self) -> f32 {
        let [left, right, nose, ..] = self.points;
        let axis = [right[0] - left[0], right[1] - left[1]];
        let length = self.eye_distance().max(f32::EPSILON);
        let from_middle = [nose[0] - f32::midpoint(left[0], right[0]), nose[1] - f32::midpoint(left[1], right[1])];
        (from_middle[0] * axis[0] + from_middle[1] * axis[1]) / (length * length)
    }
}
