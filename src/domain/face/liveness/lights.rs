//! Colour flashes: the light of the page must fall on the face, in the order in which it was shown, and less on what
//! stands behind it.
//!
//! For each light the face's mean chroma is taken, ln(R/G) and ln(B/G), and freed of the mean over all lights; so is what
//! each colour would do to a white surface. Their correlation says whether the face followed, their regression how much.

use super::challenge::Light;
use super::cues::{Cue, CueResult, Finding, Support};
use super::signs::SceneColours;

/// Frames of a light that show the one before, or both: a camera's lag at ten frames a second.
const LAG_FRAMES: usize = 2;
/// Correlation below which other lights than ours fell on the face, and from which on ours did.
const OTHER_BELOW: f32 = 0.45;
const FOLLOWED_FROM: f32 = 0.8;
/// Change of chroma (root mean square, natural logarithm) that a camera's own wavering does not reach.
const VISIBLE: f32 = 0.012;
/// The page's light is nearer to the face than to the wall: its share there must be less than this of the face's.
const BACKGROUND_SHARE: f32 = 0.8;
/// Mean luma of the face from which on missing light is daylight, not a dark recording.
const BRIGHT: f32 = 95.0;

/// What was seen while one light was shown.
#[derive(Clone, Debug)]
struct Lit {
    light: Light,
    frames: Vec<SceneColours>,
}

/// Collects the colours of a capture's frames, light by light.
#[derive(Clone, Debug, Default)]
pub struct LightWatch(Vec<Lit>);

impl LightWatch {
    /// The page was told to show a light.
    pub fn begin(&mut self, light: Light) {
        self.0.push(Lit { light, frames: Vec::new() });
    }

    /// A frame that was taken under the light shown last.
    pub fn see(&mut self, colours: SceneColours) {
        if let Some(lit) = self.0.last_mut() {
            lit.frames.push(colours);
        }
    }

    /// What the lights say; abstains in daylight, and without lights.
    pub fn evidence(&self) -> CueResult {
        let (support, finding) = match self.read() {
            None => (None, Finding::LightsRefused),
            Some(Reading::Followed(support)) => {
                return CueResult { cue: Cue::Lights, support: Some(support), findings: vec![] };
            }
            Some(Reading::Everywhere) => (Some(Support::UNCLEAR), Finding::LightEverywhere),
            Some(Reading::Unclear(support)) => (Some(support), Finding::OtherLights),
            Some(Reading::Daylight) => (None, Finding::Daylight),
            Some(Reading::Dark) => (Some(Support::UNCLEAR), Finding::NoLight),
        };
        CueResult { cue: Cue::Lights, support, findings: vec![finding] }
    }

    fn read(&self) -> Option<Reading> {
        let (mut face, mut background, mut expected, mut luma) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for lit in &self.0 {
            let seen = lit.frames.get(LAG_FRAMES.min(lit.frames.len())..).unwrap_or_default();
            if seen.is_empty() {
                // A light that no frame was taken under was not followed.
                return Some(Reading::Unclear(Support::UNCLEAR));
            }
            face.push(mean(seen.iter().map(|colours| chroma(colours.face))));
            background.push(mean(seen.iter().map(|colours| chroma(colours.background))));
            expected.push(effect(lit.light));
            luma.push(mean(seen.iter().map(|colours| [luma_of(colours.face), 0.0]))[0]);
        }
        if face.is_empty() {
            return None;
        }
        let (face, background, expected) = (centred(&face), centred(&background), centred(&expected));
        let power = dot(&expected, &expected).max(f32::EPSILON);
        let moved = (dot(&face, &face) / face.len() as f32).sqrt();
        let bright = luma.iter().sum::<f32>() / luma.len() as f32 >= BRIGHT;
        if moved.is_nan() || moved < VISIBLE {
            return Some(if bright { Reading::Daylight } else { Reading::Dark });
        }
        let correlation = dot(&face, &expected) / (dot(&face, &face) * power).sqrt();
        let support = Support::graded(correlation, OTHER_BELOW, FOLLOWED_FROM, 1.0);
        let (on_face, behind) = (dot(&face, &expected) / power, dot(&background, &expected) / power);
        Some(match support {
            followed if followed.speaks_for() && behind > BACKGROUND_SHARE * on_face => Reading::Everywhere,
            followed if followed.speaks_for() => Reading::Followed(followed),
            other => Reading::Unclear(other),
        })
    }
}

enum Reading {
    Followed(Support),
    Everywhere,
    Unclear(Support),
    Daylight,
    Dark,
}

type Chroma = [f32; 2];

fn chroma([r, g, b]: [f32; 3]) -> Chroma {
    let green = g.max(1.0);
    [(r.max(1.0) / green).ln(), (b.max(1.0) / green).ln()]
}

/// What a light does to the chroma of a white surface: the differences of its linear channels (sRGB, IEC 61966-2-1, taken
/// as a power of 2.2).
fn effect(light: Light) -> Chroma {
    let [r, g, b] = light.rgb().map(|value| (f32::from(value) / 255.0).powf(2.2));
    [r - g, b - g]
}

fn luma_of([r, g, b]: [f32; 3]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

fn mean(values: impl Iterator<Item = Chroma>) -> Chroma {
    let (sum, count) =
        values.fold(([0.0; 2], 0.0_f32), |(sum, count), value| ([sum[0] + value[0], sum[1] + value[1]], count + 1.0));
    sum.map(|part: f32| part / count.max(1.0))
}

fn centred(values: &[Chroma]) -> Vec<Chroma> {
    let middle = mean(values.iter().copied());
    values.iter().map(|value| [value[0] - middle[0], value[1] - middle[1]]).collect()
}

fn dot(a: &[Chroma], b: &[Chroma]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a[0] * b[0] + a[1] * b[1]).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A face and a wall under daylight of `ambient`, the page's light adding `share` to the face and `behind` to the wall.
    fn watched(shown: &[Light], true_lights: &[Light], ambient: f32, share: f32, behind: f32) -> CueResult {
        let mut watch = LightWatch::default();
        let lit = |surface: [f32; 3], light: Light, share: f32| {
            let mut place = 0;
            surface.map(|albedo| {
                let from_page = (f32::from(light.rgb()[place]) / 255.0).powf(2.2);
                place += 1;
                255.0 * (albedo * ambient * (1.0 + share * from_page)).min(1.0).powf(1.0 / 2.2)
            })
        };
        for (light, truly) in shown.iter().zip(true_lights) {
            watch.begin(*light);
            for _ in 0..7 {
                let (face, background) = (lit([0.6, 0.4, 0.3], *truly, share), lit([0.5, 0.5, 0.5], *truly, behind));
                watch.see(SceneColours { face, background });
            }
        }
        watch.evidence()
    }

    const SHOWN: [Light; 5] = [Light::Red, Light::Cyan, Light::Blue, Light::Yellow, Light::Green];
    const OTHERS: [Light; 5] = [Light::Green, Light::Magenta, Light::Red, Light::Blue, Light::Yellow];

    #[test]
    fn a_face_under_the_lights_speaks_for_and_one_under_others_against() {
        let followed = watched(&SHOWN, &SHOWN, 0.5, 0.15, 0.03);
        assert!(followed.support.unwrap().speaks_for(), "{followed:?}");
        let other = watched(&SHOWN, &OTHERS, 0.5, 0.15, 0.03);
        assert!(other.support.unwrap().speaks_against(), "{other:?}");
        assert_eq!(other.findings, [Finding::OtherLights]);
    }

    #[test]
    fn daylight_abstains_and_darkness_without_light_does_not() {
        let daylight = watched(&SHOWN, &SHOWN, 0.9, 0.01, 0.0);
        assert_eq!((daylight.support, daylight.findings), (None, vec![Finding::Daylight]));
        let dark = watched(&SHOWN, &SHOWN, 0.1, 0.0, 0.0);
        assert_eq!((dark.support, dark.findings), (Some(Support::UNCLEAR), vec![Finding::NoLight]));
    }

    #[test]
    fn light_that_tints_the_whole_picture_is_unclear() {
        let everywhere = watched(&SHOWN, &SHOWN, 0.5, 0.15, 0.15);
        assert_eq!(everywhere.findings, [Finding::LightEverywhere]);
        assert!(!everywhere.support.unwrap().speaks_for());
    }

    #[test]
    fn without_lights_nothing_is_said() {
        assert_eq!(LightWatch::default().evidence().support, None);
        let mut watch = LightWatch::default();
        watch.begin(Light::Red);
        assert_eq!(watch.evidence().support, Some(Support::UNCLEAR));
    }
}
