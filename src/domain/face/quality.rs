//! How good a picture of a face is: eight components and one unified score, each 0 (useless) to 100 (as good as it gets),
//! in the spirit of ISO/IEC 29794-5 and its reference implementation OFIQ, whose names are kept.
//!
//! Every component is a plateau with slopes: beyond what a comparison needs more does not count, and worse never counts as
//! better. The unified score is the geometric mean: one useless component makes a useless picture.
//!
//! Eyes and mouth only weigh; nobody is turned away for them: how far eyes open differs from face to face.

use serde::Serialize;

/// What was measured of a face that stands alone in its picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceQuality {
    /// Distance between the eyes, pixels.
    pub eye_distance: f32,
    /// Share of the frame's height that the face takes, 0 to 1 and more.
    pub height_share: f32,
    /// Share of the face, from the brows to the chin, that lies inside the picture, 0 to 1.
    pub inside: f32,
    /// Mean luma of the face, 0 to 255.
    pub brightness: f32,
    /// Standard deviation of the luma of the face, 0 to 128.
    pub contrast: f32,
    /// Variance of the Laplacian on the aligned 112 x 112 face; higher is sharper.
    pub sharpness: f32,
    /// See [`Face::yaw`](super::detection::Face::yaw).
    pub yaw: f32,
    /// Degrees by which the head leans to its side, positive clockwise in the picture, -180 to 180; 0 is upright.
    pub roll: f32,
    /// How far the eye that is less open is open, height in widths; about .1 closed, .3 open.
    pub eyes_open: f32,
    /// How far the mouth is open, gap in widths; 0 closed, .5 wide open.
    pub mouth_open: f32,
}

/// One component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Focus, and no movement.
    Sharpness,
    /// Neither too dark nor too bright.
    Exposure,
    /// Light and shade can be told apart.
    Contrast,
    /// The head looks straight.
    Pose,
    /// Pixels between the eyes.
    EyeDistance,
    /// Both eyes are open.
    EyesOpen,
    /// The mouth is closed.
    MouthClosed,
    /// Nothing of the face is cut off.
    FaceInside,
}

/// Below this a component has failed.
const FAILED: f32 = 30.0;
/// So little that it counts among worthless pictures alone.
const MIN_WEIGHT: f32 = 0.01;

impl Component {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Sharpness,
        Self::Exposure,
        Self::Contrast,
        Self::Pose,
        Self::EyeDistance,
        Self::EyesOpen,
        Self::MouthClosed,
        Self::FaceInside,
    ];

    /// The name as interfaces write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sharpness => "sharpness",
            Self::Exposure => "exposure",
            Self::Contrast => "contrast",
            Self::Pose => "pose",
            Self::EyeDistance => "eye_distance",
            Self::EyesOpen => "eyes_open",
            Self::MouthClosed => "mouth_closed",
            Self::FaceInside => "face_inside",
        }
    }
}

impl FaceQuality {
    /// One component, 0 to 100; what is no number scores 0.
    pub fn component(&self, component: Component) -> f32 {
        let share = match component {
            // A picture twice as sharp has four times the variance.
            Component::Sharpness => rise(self.sharpness.max(0.0).sqrt(), 0.0, 24.0),
            Component::Exposure => rise(self.brightness, 15.0, 70.0).min(1.0 - rise(self.brightness, 190.0, 250.0)),
            Component::Contrast => rise(self.contrast, 3.0, 40.0),
            Component::Pose => 1.0 - rise(self.yaw.abs(), 0.08, 0.6),
            // 90 pixels: ISO/IEC 39794-5, table D.1.
            Component::EyeDistance => rise(self.eye_distance, 10.0, 90.0),
            Component::EyesOpen => rise(self.eyes_open, 0.04, 0.16),
            Component::MouthClosed => 1.0 - rise(self.mouth_open, 0.15, 0.8),
            Component::FaceInside => rise(self.inside, 0.4, 1.0),
        };
        100.0 * if share.is_nan() { 0.0 } else { share }
    }

    /// The unified score, 0 to 100: the geometric mean of the components.
    pub fn unified(&self) -> f32 {
        let product: f32 = Component::ALL.into_iter().map(|component| self.component(component) / 100.0).product();
        100.0 * product.powf(1.0 / Component::ALL.len() as f32)
    }

    /// How heavy its frame weighs among others, above 0: a picture of no quality at all still shows somebody.
    pub fn weight(&self) -> f32 {
        self.unified().max(MIN_WEIGHT)
    }

    /// The components that failed, worst first.
    pub fn failed(&self) -> Vec<Component> {
        let mut failed: Vec<(f32, Component)> =
            Component::ALL.into_iter().map(|component| (self.component(component), component)).collect();
        failed.retain(|(score, _)| *score < FAILED);
        failed.sort_by(|a, b| a.0.total_cmp(&b.0));
        failed.into_iter().map(|(_, component)| component).collect()
    }
}

/// 0 up to `from`, 1 from `to` on, a straight line between.
fn rise(value: f32, from: f32, to: f32) -> f32 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    type Spoil = fn(&mut FaceQuality);
    type Worse = fn(f32) -> FaceQuality;

    /// A good frame.
    pub(crate) fn good() -> FaceQuality {
        FaceQuality {
            eye_distance: 60.0,
            height_share: 0.375,
            inside: 1.0,
            brightness: 130.0,
            contrast: 40.0,
            sharpness: 300.0,
            yaw: 0.0,
            roll: 0.0,
            eyes_open: 0.3,
            mouth_open: 0.0,
        }
    }

    #[test]
    fn each_component_fails_by_its_own_measure() {
        assert!(good().failed().is_empty() && good().unified() > 85.0);
        let spoiled: [(Component, Spoil); 8] = [
            (Component::Sharpness, |q| q.sharpness = 9.0),
            (Component::Exposure, |q| q.brightness = 20.0),
            (Component::Contrast, |q| q.contrast = 5.0),
            (Component::Pose, |q| q.yaw = -0.5),
            (Component::EyeDistance, |q| q.eye_distance = 20.0),
            (Component::EyesOpen, |q| q.eyes_open = 0.05),
            (Component::MouthClosed, |q| q.mouth_open = 0.7),
            (Component::FaceInside, |q| q.inside = 0.5),
        ];
        for (component, spoil) in spoiled {
            let mut quality = good();
            spoil(&mut quality);
            assert_eq!(quality.failed(), [component]);
            assert!(quality.unified() < good().unified());
        }
    }

    #[test]
    fn the_worst_is_named_first() {
        let quality = FaceQuality { sharpness: 4.0, brightness: 15.0, ..good() };
        assert_eq!(quality.failed(), [Component::Exposure, Component::Sharpness]);
    }

    proptest! {
        #[test]
        fn scores_stay_between_0_and_100_whatever_is_measured(v in prop::array::uniform9(prop::num::f32::ANY)) {
            let quality = FaceQuality {
                eye_distance: v[0], height_share: v[1], inside: v[2], brightness: v[3], contrast: v[4],
                sharpness: v[5], yaw: v[6], roll: v[7], eyes_open: v[7], mouth_open: v[8],
            };
            for component in Component::ALL {
                prop_assert!((0.0..=100.0).contains(&quality.component(component)));
            }
            prop_assert!((0.0..=100.0).contains(&quality.unified()));
        }

        #[test]
        fn worse_never_scores_better(by in 0.0_f32..1.0, more in 0.0_f32..1.0) {
            let worse: [Worse; 8] = [
                |by| FaceQuality { sharpness: 800.0 * (1.0 - by), ..good() },
                |by| FaceQuality { brightness: 130.0 * (1.0 - by), ..good() },
                |by| FaceQuality { brightness: 130.0 + 125.0 * by, ..good() },
                |by| FaceQuality { contrast: 60.0 * (1.0 - by), ..good() },
                |by| FaceQuality { yaw: by, ..good() },
                |by| FaceQuality { eye_distance: 120.0 * (1.0 - by), ..good() },
                |by| FaceQuality { mouth_open: by, ..good() },
                |by| FaceQuality { inside: 1.0 - by, ..good() },
            ];
            for quality in worse {
                prop_assert!(quality((by + more).min(1.0)).unified() <= quality(by).unified());
            }
        }
    }
}
