//! Cues, what they say, and the one rule that makes a decision of it.
//!
//! A capture is as bona fide as its weakest cue says. That rule is monotone (more support never makes a capture look more
//! like an attack), and it explains itself: the cue that spoke against is the reason. A cue may abstain; where one that
//! must speak is silent, nothing is bona fide.

use serde::{Deserialize, Serialize};

use super::decision::Presentation;

/// Below this a cue speaks against.
const AGAINST_BELOW: f32 = 0.2;
/// From here on a cue speaks for.
const FOR_FROM: f32 = 0.5;

/// One independent observation of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cue {
    /// Passive PAD over the kept frames.
    Passive,
    /// Commands were followed, in time.
    Commands,
    /// The colours of the page fell on the face.
    Lights,
    /// A turning head is solid.
    Geometry,
    /// One face, one scene, no cut, no frame twice.
    Continuity,
    /// What changes on the face beyond how it is held.
    Texture,
    /// Nothing of this was seen in an earlier capture, or comes again in this one.
    Freshness,
}

impl Cue {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Passive, Self::Commands, Self::Lights, Self::Geometry, Self::Continuity, Self::Texture, Self::Freshness];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Passive => "passive",
            Self::Commands => "commands",
            Self::Lights => "lights",
            Self::Geometry => "geometry",
            Self::Continuity => "continuity",
            Self::Texture => "texture",
            Self::Freshness => "freshness",
        }
    }

    /// Whether a capture without its word is not bona fide. Lights may be silent: more commands take their place.
    fn must_speak(self) -> bool {
        self != Self::Lights
    }
}

/// How much a cue speaks for a bona fide presentation, 0 to 1: below .2 against, from .5 on for, between them neither.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Support(f32);

impl Support {
    /// Speaks for, as much as can be.
    pub const FULL: Self = Self(1.0);
    /// Neither for nor against.
    pub const UNCLEAR: Self = Self(0.35);
    /// Speaks against, as much as can be.
    pub const NONE: Self = Self(0.0);

    /// A measure with its own bounds, brought to the common ones: straight lines between 0, `against_below`, `for_from` and
    /// `full`. What is no number counts as nothing.
    pub fn graded(measure: f32, against_below: f32, for_from: f32, full: f32) -> Self {
        let along = |from: f32, to: f32| ((measure - from) / (to - from).max(f32::EPSILON)).clamp(0.0, 1.0);
        Self(match measure {
            m if m >= for_from => FOR_FROM + (1.0 - FOR_FROM) * along(for_from, full),
            m if m >= against_below => {
                AGAINST_BELOW + (FOR_FROM - AGAINST_BELOW) * along(against_below, for_from) * 0.999
            }
            m if m > 0.0 => AGAINST_BELOW * along(0.0, against_below) * 0.999,
            _ => 0.0,
        })
    }

    /// The number, 0 to 1.
    pub fn value(self) -> f32 {
        self.0
    }

    /// Whether it speaks for.
    pub fn speaks_for(self) -> bool {
        self.0 >= FOR_FROM
    }

    /// Whether it speaks against.
    pub fn speaks_against(self) -> bool {
        self.0 < AGAINST_BELOW
    }
}

/// What one cue says of a capture; for staff alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CueResult {
    /// Which cue.
    pub cue: Cue,
    /// How much it speaks for a bona fide presentation; `None` when it abstains.
    pub support: Option<Support>,
    /// What it saw: stable codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// Something a cue saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// A command was answered before a person could react.
    AnsweredTooEarly,
    /// A command was not answered in time.
    NotAnswered,
    /// Another movement than the commanded one.
    AnsweredOtherwise,
    /// A turn of the head, answered in time and wholly, to the other side: the camera mirrors, or left was taken for right.
    AnsweredMirrored,
    /// The face's colour moved, but not with the lights.
    OtherLights,
    /// No light of the page on the face, though it was dark enough to see it.
    NoLight,
    /// Too bright to see the page's light.
    Daylight,
    /// The lights fell on the surroundings as on the face.
    LightEverywhere,
    /// Lights were not wanted.
    LightsRefused,
    /// The points of a turning face stay on a plane.
    Flat,
    /// Another face among the frames.
    FaceChanged,
    /// The face that moves has other bones than the one that holds still.
    OtherShape,
    /// Light, eyes and skin do not change as a living face's do.
    Rigid,
    /// The sandbox's own player, an animated photo: it need not look alive.
    Played,
    /// The picture jumped.
    Cut,
    /// A stretch of frames came again.
    Loop,
    /// Frames of an earlier capture.
    SeenBefore,
    /// Frames come too evenly for a camera.
    EvenCadence,
    /// Capture times that do not go with the arrival.
    ClockAstray,
    /// The camera bears the name of a virtual one.
    VirtualCamera,
}

impl Finding {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::AnsweredTooEarly,
        Self::NotAnswered,
        Self::AnsweredOtherwise,
        Self::AnsweredMirrored,
        Self::OtherLights,
        Self::NoLight,
        Self::Daylight,
        Self::LightEverywhere,
        Self::LightsRefused,
        Self::Flat,
        Self::FaceChanged,
        Self::OtherShape,
        Self::Rigid,
        Self::Played,
        Self::Cut,
        Self::Loop,
        Self::SeenBefore,
        Self::EvenCadence,
        Self::ClockAstray,
        Self::VirtualCamera,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::AnsweredTooEarly => "answered_too_early",
            Self::NotAnswered => "not_answered",
            Self::AnsweredOtherwise => "answered_otherwise",
            Self::AnsweredMirrored => "answered_mirrored",
            Self::OtherLights => "other_lights",
            Self::NoLight => "no_light",
            Self::Daylight => "daylight",
            Self::LightEverywhere => "light_everywhere",
            Self::LightsRefused => "lights_refused",
            Self::Flat => "flat",
            Self::FaceChanged => "face_changed",
            Self::OtherShape => "other_shape",
            Self::Rigid => "rigid",
            Self::Played => "played",
            Self::Cut => "cut",
            Self::Loop => "loop",
            Self::SeenBefore => "seen_before",
            Self::EvenCadence => "even_cadence",
            Self::ClockAstray => "clock_astray",
            Self::VirtualCamera => "virtual_camera",
        }
    }

    /// Reads [`Finding::code`] back.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|finding| finding.code() == code)
    }
}

/// The rule: any cue against is an attack, any unclear or wanting one a doubt, all for is bona fide.
pub fn weigh(evidence: &[CueResult]) -> Presentation {
    let supports = || evidence.iter().filter_map(|evidence| evidence.support);
    let silent = |cue: Cue| !evidence.iter().any(|evidence| evidence.cue == cue && evidence.support.is_some());
    if supports().any(Support::speaks_against) {
        Presentation::Attack
    } else if supports().all(Support::speaks_for) && !Cue::ALL.into_iter().any(|cue| cue.must_speak() && silent(cue)) {
        Presentation::BonaFide
    } else {
        Presentation::Doubt
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rank(presentation: Presentation) -> u8 {
        match presentation {
            Presentation::Attack => 0,
            Presentation::Doubt => 1,
            Presentation::BonaFide => 2,
        }
    }

    fn evidence(supports: [Option<f32>; 7]) -> Vec<CueResult> {
        let one =
            |(cue, support): (Cue, Option<f32>)| CueResult { cue, support: support.map(Support), findings: Vec::new() };
        Cue::ALL.into_iter().zip(supports).map(one).collect()
    }

    #[test]
    fn nothing_is_bona_fide_while_a_cue_that_must_speak_is_silent() {
        for (place, cue) in Cue::ALL.into_iter().enumerate() {
            let mut supports = [Some(1.0); 7];
            assert_eq!(weigh(&evidence(supports)), Presentation::BonaFide);
            supports[place] = None;
            let expected = if cue == Cue::Lights { Presentation::BonaFide } else { Presentation::Doubt };
            assert_eq!(weigh(&evidence(supports)), expected, "{cue:?}");
        }
        assert_eq!(weigh(&[]), Presentation::Doubt);
    }

    proptest! {
        #[test]
        fn more_support_never_worsens_the_decision(
            before in prop::array::uniform7(prop::option::of(0.0_f32..1.0)), place in 0_usize..7, by in 0.0_f32..1.0,
        ) {
            let mut after = before;
            after[place] = after[place].map(|support| (support + by).min(1.0));
            prop_assert!(rank(weigh(&evidence(after))) >= rank(weigh(&evidence(before))));
        }

        #[test]
        fn grades_rise_with_the_measure_and_keep_its_bounds(a in -2.0_f32..4.0, b in -2.0_f32..4.0) {
            let graded = |measure| Support::graded(measure, 1.0, 2.0, 3.0);
            let (low, high) = (graded(a.min(b)), graded(a.max(b)));
            prop_assert!(low <= high && (0.0..=1.0).contains(&low.value()) && (0.0..=1.0).contains(&high.value()));
            prop_assert_eq!(graded(a).speaks_for(), a >= 2.0);
            prop_assert_eq!(graded(a).speaks_against(), a < 1.0);
        }
    }

    #[test]
    fn no_number_is_no_support() {
        assert!(Support::graded(f32::NAN, 0.2, 0.5, 1.0).speaks_against());
    }
}
