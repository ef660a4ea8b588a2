//! What changes on a face beyond how it is held: light and shade on a head that turns, eyes that look.
//!
//! A face that is drawn from one photo is that photo in every pose. Laid flat by its mesh, it hardly differs from frame to
//! frame, but for light that falls on all of it. A face that lives does: the light of its room stays where it is while the
//! head turns, and its eyes look somewhere.

use super::cues::Support;

/// What the sandbox's own player calls its camera. It is a photo that is animated: a sandbox lets it play for this name, and
/// nobody else does.
pub const PLAYED_CAMERA: &str = "Rastau virtual player";
/// Places of the skin that two frames must both see.
const MIN_SEEN: usize = 22;
/// Straight and turned frames without which nothing is said.
const MIN_STRAIGHT: usize = 4;
const MIN_TURNED: usize = 2;
/// Logistic regression of 19 filmed people against 58 photos of such that two programs animate: log-odds of life. The lines
/// are drawn where none of those people is refused (docs/ACCURACY.md).
const WEIGHTS: [f32; 4] = [3.38, 1.83, -2.07, -1.78];
const OFFSET: f32 = 10.57;
const AGAINST_BELOW: f32 = -3.2;
const FOR_FROM: f32 = -1.7;
const FULL: f32 = 2.0;
/// Eyes are compared while they are open by no less and no more than this, in openings of the straight face.
const OPEN: std::ops::RangeInclusive<f32> = 0.75..=1.3;

/// A face laid flat, luma alone, as far as its frame shows it. Biometric data: wiped when dropped, never shown by `Debug`.
#[derive(Clone)]
pub struct FaceTexture {
    /// Light and shade: the natural logarithm of luma without anything fine; the same places of the skin in every frame.
    pub shade: zeroize::Zeroizing<Vec<f32>>,
    /// Which of them the camera sees well enough.
    pub seen: Vec<bool>,
    /// Luma of both eyes, less its mean.
    pub eyes: [zeroize::Zeroizing<Vec<f32>>; 2],
    /// How far the eyes are open, see [`FaceSigns::eyes_open`](super::signs::FaceSigns::eyes_open).
    pub eyes_open: f32,
}

impl std::fmt::Debug for FaceTexture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FaceTexture({} places, redacted)", self.shade.len())
    }
}

/// How much a face changed over a capture. Likeness is a correlation, written as the number of nines: 1 is .9, 2 is .99.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TextureChange {
    /// Standard deviation over the face of the change of light and shade, common logarithm: the median among straight
    /// frames, and between turned and straight ones.
    pub shade: [f32; 2],
    /// Likeness of open eyes: the least fifth of straight frames, the median of turned ones.
    pub eyes: [f32; 2],
}

impl TextureChange {
    /// Compares every straight frame with every other, and every turned one with every straight one; `None` when there are
    /// too few of either.
    pub fn measure(straight: &[FaceTexture], turned: &[FaceTexture]) -> Option<Self> {
        if straight.len() < MIN_STRAIGHT || turned.len() < MIN_TURNED {
            return None;
        }
        let open = middle(straight.iter().map(|texture| texture.eyes_open).collect(), 0.5)?;
        let mut still = Differences::default();
        for (place, one) in straight.iter().enumerate() {
            for other in &straight[place + 1..] {
                still.add(one, other, open);
            }
        }
        let mut turning = Differences::default();
        for one in turned {
            for other in straight {
                turning.add(other, one, open);
            }
        }
        Some(Self {
            shade: [middle(still.shade, 0.5)?, middle(turning.shade, 0.5)?],
            eyes: [middle(still.eyes, 0.2)?, middle(turning.eyes, 0.5)?],
        })
    }

    /// How much more it changed than a photo does that is animated: log-odds.
    pub fn life(&self) -> f32 {
        let measures = [self.shade, self.eyes].concat();
        WEIGHTS.iter().zip(measures).map(|(weight, measure)| weight * measure).sum::<f32>() + OFFSET
    }

    /// How much that speaks for a living face.
    pub fn support(&self) -> Support {
        let life = self.life();
        // An odds ratio: what is no number speaks against.
        Support::graded(life.exp(), AGAINST_BELOW.exp(), FOR_FROM.exp(), FULL.exp())
    }
}

/// Differences of pairs of frames.
#[derive(Default)]
struct Differences {
    shade: Vec<f32>,
    eyes: Vec<f32>,
}

impl Differences {
    fn add(&mut self, one: &FaceTexture, other: &FaceTexture, open: f32) {
        let seen = one.seen.iter().zip(&other.seen).map(|(one, other)| *one && *other);
        let places = one.shade.iter().zip(other.shade.iter()).zip(seen);
        let change: Vec<f32> = places.filter(|(_, seen)| *seen).map(|((one, other), _)| other - one).collect();
        if change.len() >= MIN_SEEN {
            self.shade.extend(deviation(&change).map(|deviation| (deviation + 1e-3).log10()));
        }
        if [one, other].into_iter().all(|texture| OPEN.contains(&(texture.eyes_open / open.max(f32::EPSILON)))) {
            let of = |eye: usize| likeness(one.eyes[eye].to_vec(), other.eyes[eye].to_vec());
            self.eyes.extend(of(0).zip(of(1)).map(|(left, right)| nines(f32::midpoint(left, right))));
        }
    }
}

/// Pearson's correlation; `None` of nothing or of what does not vary.
fn likeness(mut one: Vec<f32>, mut other: Vec<f32>) -> Option<f32> {
    let count = one.len();
    if count == 0 || count != other.len() {
        return None;
    }
    for values in [&mut one, &mut other] {
        let mean = values.iter().sum::<f32>() / count as f32;
        for value in values {
            *value -= mean;
        }
    }
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let sizes = (product(&one, &one) * product(&other, &other)).sqrt();
    (sizes.is_finite() && sizes > f32::EPSILON).then(|| product(&one, &other) / sizes)
}

fn nines(likeness: f32) -> f32 {
    -(1.0 - likeness).max(1e-3).log10()
}

fn deviation(values: &[f32]) -> Option<f32> {
    let count = values.len() as f32;
    let mean = values.iter().sum::<f32>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count;
    variance.is_finite().then(|| variance.sqrt())
}

/// The value that this share of them lies below.
fn middle(mut values: Vec<f32>, share: f32) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    let place = (values.len().saturating_sub(1) as f32 * share).round() as usize;
    values.get(place).copied()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A face whose skin, light and eyes are `own` much of its own, of 1; the rest is the same in all.
    pub(crate) fn texture(number: u32, own: f32) -> FaceTexture {
        let wave = |place: usize, of: u32| (place as f32 * (0.37 + 0.11 * of as f32) + of as f32).sin();
        let mixed = |place: usize| (1.0 - own) * wave(place, 0) + own * wave(place, number + 1);
        let values = |count: usize| (0..count).map(mixed).collect::<Vec<f32>>();
        FaceTexture {
            shade: (0..60).map(|place| 0.1 * own * wave(place, number + 9)).collect::<Vec<f32>>().into(),
            seen: vec![true; 60],
            eyes: [values(200).into(), values(210).into()],
            eyes_open: 0.28,
        }
    }

    fn faces(own: f32, count: u32, from: u32) -> Vec<FaceTexture> {
        (from..from + count).map(|number| texture(number, own)).collect()
    }

    fn change(own: f32) -> TextureChange {
        TextureChange::measure(&faces(own, 6, 0), &faces(own, 4, 6)).unwrap()
    }

    #[test]
    fn a_face_that_never_changes_speaks_against_and_one_that_does_for() {
        assert!(change(0.01).support().speaks_against(), "{:?}", change(0.01));
        assert!(change(0.6).support().speaks_for(), "{:?}", change(0.6));
        assert!(change(0.01).life() < change(0.2).life() && change(0.2).life() < change(0.6).life());
    }

    #[test]
    fn too_few_frames_or_too_little_of_the_face_say_nothing() {
        assert_eq!(TextureChange::measure(&faces(0.5, 3, 0), &faces(0.5, 4, 6)), None);
        assert_eq!(TextureChange::measure(&faces(0.5, 6, 0), &faces(0.5, 1, 6)), None);
        let mut unseen = faces(0.5, 6, 0);
        for texture in &mut unseen {
            texture.seen.fill(false);
        }
        assert_eq!(TextureChange::measure(&unseen, &faces(0.5, 4, 6)), None);
    }

    #[test]
    fn eyes_that_are_closed_are_not_compared_and_a_face_is_never_told() {
        let mut straight = faces(0.5, 6, 0);
        straight[0].eyes_open = 0.05;
        straight[0].eyes = [vec![0.0; 200].into(), vec![0.0; 210].into()];
        assert!(TextureChange::measure(&straight, &faces(0.5, 4, 6)).is_some());
        assert_eq!(format!("{:?}", straight[0]), "FaceTexture(60 places, redacted)");
    }

    proptest! {
        #[test]
        fn numbers_from_anywhere_make_no_panic_and_no_life(
            shade in prop::collection::vec(any::<f32>(), 0..60), eye in prop::collection::vec(any::<f32>(), 0..200),
        ) {
            let odd = FaceTexture { shade: shade.into(), eyes: [eye.clone().into(), eye.into()], ..texture(0, 0.5) };
            if let Some(change) = TextureChange::measure(&vec![odd.clone(); 5], &[odd.clone(), odd]) {
                prop_assert!(!change.support().speaks_for());
            }
        }
    }
}
