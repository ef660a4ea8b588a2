//! What a face does in one frame: how it is turned, how far eyes and mouth are open, how near it is.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Pose and movement of one face. Angles are those of the face mesh: steady within a degree or two from frame to frame,
/// but off by a constant that differs from face to face, so only differences to the same session mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FaceSigns {
    /// Degrees, positive when the nose goes to the image's right (the person's own left).
    pub yaw: f32,
    /// Degrees, positive when the head is lowered.
    pub pitch: f32,
    /// Gap between the lips in widths of the mouth; 0 closed, .5 wide open.
    pub mouth_open: f32,
    /// Height of the less open eye in widths of it; about .1 closed, .3 open.
    pub eyes_open: f32,
    /// Distance of the outer corners of the eyes in space, pixels: how near the face is, however it is turned.
    pub size: f32,
    /// Middle of the face in the picture, pixels.
    pub centre: [f32; 2],
}

impl FaceSigns {
    /// Whether every value is a number.
    pub fn is_finite(&self) -> bool {
        let values = [self.yaw, self.pitch, self.mouth_open, self.eyes_open, self.size, self.centre[0], self.centre[1]];
        values.iter().all(|value| value.is_finite())
    }

    /// The median of each value; `None` for none.
    pub fn median(of: &[Self]) -> Option<Self> {
        let middle = |value: fn(&Self) -> f32| {
            let mut values: Vec<f32> = of.iter().map(value).collect();
            values.sort_by(f32::total_cmp);
            values.get(values.len() / 2).copied()
        };
        Some(Self {
            yaw: middle(|signs| signs.yaw)?,
            pitch: middle(|signs| signs.pitch)?,
            mouth_open: middle(|signs| signs.mouth_open)?,
            eyes_open: middle(|signs| signs.eyes_open)?,
            size: middle(|signs| signs.size)?,
            centre: [middle(|signs| signs.centre[0])?, middle(|signs| signs.centre[1])?],
        })
    }
}

/// The 468 points of a face mesh: x, y in pixels of the picture, z in the same measure, smaller towards the camera.
/// Biometric data: wiped when dropped, never shown by `Debug`.
#[derive(Clone)]
pub struct FaceMesh(zeroize::Zeroizing<Vec<[f32; 3]>>);

impl FaceMesh {
    /// Takes the points over.
    pub fn new(points: Vec<[f32; 3]>) -> Self {
        Self(points.into())
    }

    /// Whether every point is somewhere.
    pub fn is_finite(&self) -> bool {
        self.points().iter().flatten().all(|value| value.is_finite())
    }

    /// The points.
    pub fn points(&self) -> &[[f32; 3]] {
        &self.0
    }
}

impl Serialize for FaceMesh {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.points().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FaceMesh {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::new)
    }
}

impl std::fmt::Debug for FaceMesh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FaceMesh({} points, redacted)", self.0.len())
    }
}

/// Mean colour of the face's skin and of what stands around it: red, green and blue, 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneColours {
    /// The skin.
    pub face: [f32; 3],
    /// The frame's outer columns.
    pub background: [f32; 3],
}

impl SceneColours {
    /// Whether every value is a number.
    pub fn is_finite(&self) -> bool {
        self.face.iter().chain(&self.background).all(|value| value.is_finite())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::FaceSigns;
    use crate::domain::face::liveness::challenge::Command;

    /// A face that was `straight` and does so much of a command's full movement.
    pub(crate) fn moved(straight: FaceSigns, command: Command, share: f32) -> FaceSigns {
        let mut signs = straight;
        match command {
            Command::TurnLeft => signs.yaw += 25.0 * share,
            Command::TurnRight => signs.yaw -= 25.0 * share,
            Command::LookDown => signs.pitch += 15.0 * share,
            Command::LookUp => signs.pitch -= 15.0 * share,
            Command::OpenMouth => signs.mouth_open += 0.4 * share,
            Command::Blink => signs.eyes_open *= 1.0 - 0.6 * share,
            Command::ComeCloser => signs.size *= 1.0 + 0.25 * share,
        }
        signs
    }

    /// How much of it is done: there in one step of `along`, held for one, and back in one.
    pub(crate) fn there_and_back(along: f32) -> f32 {
        if along < 2.0 { along.clamp(0.0, 1.0) } else { (3.0 - along).clamp(0.0, 1.0) }
    }
}
