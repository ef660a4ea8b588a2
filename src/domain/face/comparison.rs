//! Comparison 1:1 of the live face with the ID photo.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Which model made a template: the sha256 of its file, hex. Templates of different models are never compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModelHash(pub String);

/// A model file that is in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedModel {
    /// What it is for.
    pub role: String,
    /// What it is.
    pub name: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
}

/// A face as the embedders see it: a unit vector of the first and, where it was asked for, one of the second.
/// Biometric data: wiped when dropped, never shown by `Debug`.
#[derive(Clone, PartialEq, Zeroize, ZeroizeOnDrop)]
pub struct Template {
    #[zeroize(skip)]
    model: ModelHash,
    #[zeroize(skip)]
    fusion: Option<Fusion>,
    first: Vec<f32>,
    /// Empty where there is none.
    second: Vec<f32>,
}

/// How the scores of two embedders become one. The second costs several times the first, so it is asked only where the
/// first leaves room for doubt.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fusion {
    /// Share of the first embedder's similarity in the fused one, 0 to 1.
    pub weight: f32,
    /// Similarities of the first embedder between which the second is asked, -1 to 1; outside them the first decides.
    pub unclear: [f32; 2],
}

impl Fusion {
    fn leaves_room(&self, similarity: f32) -> bool {
        let [from, to] = self.unclear;
        (from..=to).contains(&similarity)
    }
}

/// Why numbers make no template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a template needs finite numbers that are not all zero")]
pub struct NoTemplate;

/// Why two templates cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("templates of different models cannot be compared")]
pub struct DifferentModels;

impl Template {
    /// Normalises the embedder's output to length 1.
    pub fn new(model: ModelHash, values: Vec<f32>) -> Result<Self, NoTemplate> {
        Ok(Self { model, fusion: None, first: unit(values)?, second: Vec::new() })
    }

    /// Of embedders whose scores are fused; `second` where that one was asked, too.
    ///
    /// # Errors
    /// When either has no direction.
    pub fn fused(
        model: ModelHash,
        fusion: Fusion,
        first: Vec<f32>,
        second: Option<Vec<f32>>,
    ) -> Result<Self, NoTemplate> {
        let second = second.map(unit).transpose()?.unwrap_or_default();
        Ok(Self { model, fusion: Some(fusion), first: unit(first)?, second })
    }

    /// The models that made it.
    pub fn model(&self) -> &ModelHash {
        &self.model
    }

    /// Cosine similarity, -1 to 1: of the first embedder where that is clear or the second was not asked, else fused.
    pub fn similarity(&self, other: &Self) -> Result<f32, DifferentModels> {
        let first = self.first_similarity(other)?;
        let Some(fusion) = self.fusion.filter(|fusion| fusion.leaves_room(first)) else {
            return Ok(first);
        };
        if self.second.is_empty() || self.second.len() != other.second.len() {
            return Ok(first);
        }
        Ok(fusion.weight * first + (1.0 - fusion.weight) * dot(&self.second, &other.second))
    }

    /// One that is like this as little as can be: it stands for an ID photo that is not there, and nobody matches it.
    #[must_use]
    pub fn opposite(&self) -> Self {
        let turned = |values: &[f32]| values.iter().map(|value| -value).collect();
        let (model, fusion) = (self.model.clone(), self.fusion);
        Self { model, fusion, first: turned(&self.first), second: turned(&self.second) }
    }

    /// Whether the second embedder should be asked before the two are compared, and was not.
    pub fn needs_second(&self, other: &Self) -> bool {
        let asked = !self.second.is_empty() && !other.second.is_empty();
        let room = |fusion: Fusion| self.first_similarity(other).is_ok_and(|first| fusion.leaves_room(first));
        !asked && self.fusion.is_some_and(room)
    }

    /// This template with what the second embedder said for another of the same person; as it is where the models differ.
    #[must_use]
    pub fn with_second_of(mut self, other: &Self) -> Self {
        if self.model == other.model {
            self.second.clone_from(&other.second);
        }
        self
    }

    /// One template of several of the same models: their weighted mean, so that what is chance in each averages out. The
    /// second embedder's part is the mean of those that have one.
    ///
    /// # Errors
    /// When there are none, a model differs, or the mean has no direction.
    pub fn weighted_mean<'a>(parts: impl IntoIterator<Item = (f32, &'a Self)>) -> Result<Self, NoTemplate> {
        let mut parts = parts.into_iter();
        let (weight, part) = parts.next().ok_or(NoTemplate)?;
        let scaled = |values: &[f32]| Zeroizing::new(values.iter().map(|value| weight * value).collect::<Vec<f32>>());
        let (mut first, mut second) = (scaled(&part.first), scaled(&part.second));
        let (model, fusion) = (part.model.clone(), part.fusion);
        for (weight, part) in parts {
            if part.model != model || part.first.len() != first.len() {
                return Err(NoTemplate);
            }
            add(&mut first, weight, &part.first);
            if second.is_empty() {
                second.resize(part.second.len(), 0.0);
            }
            add(&mut second, weight, &part.second);
        }
        let mean = |values: &mut Zeroizing<Vec<f32>>| unit(std::mem::take(&mut **values));
        let second = if second.is_empty() { Vec::new() } else { mean(&mut second)? };
        Ok(Self { model, fusion, first: mean(&mut first)?, second })
    }

    /// The first `count` numbers of the first embedder, or all where there are fewer: good enough to look for candidates
    /// among many.
    pub fn leading(&self, count: usize) -> &[f32] {
        &self.first[..count.min(self.first.len())]
    }

    /// Everything but the model as little-endian bytes, for the encrypted column: how many numbers the first embedder
    /// gave (u32), the fusion (three f32, weight 1 for none), the numbers.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Fusion { weight, unclear: [from, to] } = self.fusion.unwrap_or(NO_FUSION);
        let count = u32::try_from(self.first.len()).unwrap_or(u32::MAX);
        let numbers =
            [weight, from, to].into_iter().chain(self.first.iter().copied()).chain(self.second.iter().copied());
        count.to_le_bytes().into_iter().chain(numbers.flat_map(f32::to_le_bytes)).collect()
    }

    /// Reads [`Template::to_bytes`] back.
    pub fn from_bytes(model: ModelHash, bytes: &[u8]) -> Result<Self, NoTemplate> {
        let (words, rest) = bytes.as_chunks::<4>();
        let ([count, header @ ..], true) = (words, rest.is_empty()) else {
            return Err(NoTemplate);
        };
        let count = usize::try_from(u32::from_le_bytes(*count)).map_err(|_| NoTemplate)?;
        let numbers: Vec<f32> = header.iter().map(|word| f32::from_le_bytes(*word)).collect();
        let numbers = Zeroizing::new(numbers);
        let [weight, from, to, values @ ..] = numbers.as_slice() else {
            return Err(NoTemplate);
        };
        let (first, second) = values.split_at_checked(count).ok_or(NoTemplate)?;
        let fusion = Fusion { weight: *weight, unclear: [*from, *to] };
        if fusion == NO_FUSION {
            if second.is_empty() { Self::new(model, first.to_vec()) } else { Err(NoTemplate) }
        } else {
            let second = (!second.is_empty()).then(|| second.to_vec());
            Self::fused(model, fusion, first.to_vec(), second)
        }
    }

    fn first_similarity(&self, other: &Self) -> Result<f32, DifferentModels> {
        if self.model != other.model || self.first.len() != other.first.len() {
            return Err(DifferentModels);
        }
        Ok(dot(&self.first, &other.first))
    }
}

const NO_FUSION: Fusion = Fusion { weight: 1.0, unclear: [0.0, 0.0] };

fn unit(mut values: Vec<f32>) -> Result<Vec<f32>, NoTemplate> {
    let norm = values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
    if !norm.is_finite() || norm < 1e-6 {
        values.zeroize();
        return Err(NoTemplate);
    }
    for value in &mut values {
        *value = (f64::from(*value) / norm) as f32;
    }
    Ok(values)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(sum: &mut [f32], weight: f32, values: &[f32]) {
    for (total, value) in sum.iter_mut().zip(values) {
        *total += weight * value;
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template({} and {} values, redacted)", self.first.len(), self.second.len())
    }
}

/// Similarity scores between which a comparison is in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// From here on: match.
    pub match_from: f32,
    /// Below this: no match.
    pub no_match_below: f32,
}

/// What a comparison came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The same person.
    Match,
    /// Another person.
    NoMatch,
    /// Neither can be said.
    Doubt,
}

impl Thresholds {
    /// Judges a similarity score; a score that is no number is no match.
    pub fn judge(&self, similarity: f32) -> Comparison {
        if similarity >= self.match_from {
            Comparison::Match
        } else if similarity >= self.no_match_below {
            Comparison::Doubt
        } else {
            Comparison::NoMatch
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn model(name: &str) -> ModelHash {
        ModelHash(name.into())
    }

    #[test]
    fn doubt_lies_between_the_thresholds_and_nan_never_matches() {
        let thresholds = Thresholds { match_from: 0.45, no_match_below: 0.363 };
        assert_eq!(thresholds.judge(0.45), Comparison::Match);
        assert_eq!(thresholds.judge(0.4), Comparison::Doubt);
        assert_eq!(thresholds.judge(0.36), Comparison::NoMatch);
        assert_eq!(thresholds.judge(f32::NAN), Comparison::NoMatch);
    }

    #[test]
    fn templates_of_other_models_and_empty_ones_are_refused() {
        let a = Template::new(model("a"), vec![1.0, 0.0]).unwrap();
        let b = Template::new(model("b"), vec![1.0, 0.0]).unwrap();
        assert_eq!(a.similarity(&b), Err(DifferentModels));
        for values in [vec![], vec![0.0; 4], vec![f32::NAN, 1.0], vec![f32::INFINITY]] {
            assert!(Template::new(model("a"), values).is_err());
        }
        assert!(Template::from_bytes(model("a"), &[1, 2, 3]).is_err());
    }

    #[test]
    fn a_mean_lies_between_its_parts_nearer_to_the_heavier() {
        let a = Template::new(model("a"), vec![1.0, 0.0]).unwrap();
        let b = Template::new(model("a"), vec![0.0, 1.0]).unwrap();
        let mean = Template::weighted_mean([(3.0, &a), (1.0, &b)]).unwrap();
        assert!(mean.similarity(&a).unwrap() > mean.similarity(&b).unwrap());
        assert!(mean.similarity(&b).unwrap() > 0.0);
        assert_eq!(mean.leading(1).len(), 1);
        assert_eq!(mean.leading(9).len(), 2);
        let other = Template::new(model("b"), vec![0.0, 1.0]).unwrap();
        assert_eq!(Template::weighted_mean([(1.0, &a), (1.0, &other)]), Err(NoTemplate));
        assert_eq!(Template::weighted_mean([]), Err(NoTemplate));
        assert_eq!(Template::weighted_mean([(0.0, &a)]), Err(NoTemplate));
    }

    const FUSION: Fusion = Fusion { weight: 0.5, unclear: [0.2, 0.6] };

    /// Two dimensions an embedder, at these angles.
    fn fused(first: f32, second: Option<f32>) -> Template {
        let at = |angle: f32| vec![angle.cos(), angle.sin()];
        Template::fused(model("m"), FUSION, at(first), second.map(at)).unwrap()
    }

    #[test]
    fn the_second_embedder_speaks_only_where_the_first_is_unclear() {
        let photo = fused(0.0, Some(0.0));
        for (angle, clear) in [(0.5, true), (1.2, false), (1.5, true)] {
            let (quick, full) = (fused(angle, None), fused(angle, Some(0.3)));
            assert_eq!(quick.needs_second(&photo), !clear, "{angle}");
            assert!(!full.needs_second(&photo));
            let expected = if clear { angle.cos() } else { f32::midpoint(angle.cos(), 0.3_f32.cos()) };
            assert!((full.similarity(&photo).unwrap() - expected).abs() < 1e-6, "{angle}");
            assert!((quick.similarity(&photo).unwrap() - angle.cos()).abs() < 1e-6);
        }
    }

    #[test]
    fn a_mean_takes_the_second_part_from_those_that_have_one() {
        let mean = Template::weighted_mean([(1.0, &fused(0.1, None)), (1.0, &fused(-0.1, Some(0.7)))]).unwrap();
        assert!((mean.similarity(&fused(0.0, None)).unwrap() - 1.0).abs() < 1e-6);
        assert_eq!(mean.second.len(), 2);
        assert!((mean.second[0] - 0.7_f32.cos()).abs() < 1e-6);
    }

    #[test]
    fn the_second_part_may_come_later() {
        let photo = fused(0.0, Some(0.0));
        let live = fused(1.2, None).with_second_of(&fused(0.0, Some(0.3)));
        assert!(!live.needs_second(&photo));
        assert!((live.first_similarity(&photo).unwrap() - 1.2_f32.cos()).abs() < 1e-6);
        let foreign = Template::new(model("other"), vec![1.0]).unwrap();
        assert_eq!(fused(1.2, None).with_second_of(&foreign), fused(1.2, None));
    }

    #[test]
    fn damaged_bytes_are_no_template() {
        let whole = fused(0.4, Some(0.3)).to_bytes();
        for length in 0..whole.len() {
            let read = Template::from_bytes(model("m"), &whole[..length]);
            assert!(read.is_err() || read.is_ok_and(|cut| cut.second.len() < 2), "{length}");
        }
        let mut long = whole.clone();
        long[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Template::from_bytes(model("m"), &long), Err(NoTemplate));
    }

    proptest! {
        #[test]
        fn nothing_matches_its_opposite(values in prop::collection::vec(-1.0_f32..1.0, 2..20), second: bool) {
            let fusion = Fusion { weight: 0.5, unclear: [0.2, 0.6] };
            let more = second.then(|| values.clone());
            if let Ok(template) = Template::fused(model("m"), fusion, values, more) {
                let opposite = template.opposite();
                prop_assert!((template.similarity(&opposite).unwrap() + 1.0).abs() < 1e-5);
                prop_assert!(!template.needs_second(&opposite));
                prop_assert_eq!(opposite.opposite(), template);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = Template::from_bytes(model("m"), &bytes);
        }

        #[test]
        fn similarity_is_symmetric_bounded_and_survives_storage(
            a in prop::collection::vec(-100.0_f32..100.0, 16), b in prop::collection::vec(-100.0_f32..100.0, 16)
        ) {
            let (Ok(a), Ok(b)) = (Template::new(model("m"), a), Template::new(model("m"), b)) else { return Ok(()) };
            let s = a.similarity(&b).unwrap();
            prop_assert!((-1.001..=1.001).contains(&s));
            prop_assert!((s - b.similarity(&a).unwrap()).abs() < 1e-6);
            let again = Template::from_bytes(model("m"), &a.to_bytes()).unwrap();
            prop_assert!((again.similarity(&a).unwrap() - 1.0).abs() < 1e-4);
            let pair = Template::fused(model("m"), FUSION, a.first.clone(), Some(b.first.clone())).unwrap();
            let again = Template::from_bytes(model("m"), &pair.to_bytes()).unwrap();
            prop_assert_eq!((again.fusion, again.second.len()), (Some(FUSION), b.first.len()));
        }
    }
}
