//! Comparison 1:1 of the live face with the ID photo.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Which model made a template: the sha256 of its file, hex. Templates of different models are never compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModelHash(pub String);

/// A face as the embedder sees it: a unit vector. Biometric data: wiped when dropped, never shown by `Debug`.
#[derive(Clone, PartialEq, Zeroize, ZeroizeOnDrop)]
pub struct Template {
    #[zeroize(skip)]
    model: ModelHash,
    values: Vec<f32>,
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
    pub fn new(model: ModelHash, mut values: Vec<f32>) -> Result<Self, NoTemplate> {
        let norm = values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
        if !norm.is_finite() || norm < 1e-6 {
            return Err(NoTemplate);
        }
        for value in &mut values {
            *value = (f64::from(*value) / norm) as f32;
        }
        Ok(Self { model, values })
    }

    /// The model that made it.
    pub fn model(&self) -> &ModelHash {
        &self.model
    }

    /// Cosine similarity, -1 to 1.
    pub fn similarity(&self, other: &Self) -> Result<f32, DifferentModels> {
        if self.model != other.model || self.values.len() != other.values.len() {
            return Err(DifferentModels);
        }
        Ok(self.values.iter().zip(&other.values).map(|(a, b)| a * b).sum())
    }

    /// One template of several of the same model: their weighted mean, so that what is chance in each averages out.
    ///
    /// # Errors
    /// When there are none, a model differs, or the mean has no direction.
    pub fn weighted_mean<'a>(parts: impl IntoIterator<Item = (f32, &'a Self)>) -> Result<Self, NoTemplate> {
        let mut parts = parts.into_iter();
        let (weight, first) = parts.next().ok_or(NoTemplate)?;
        let mut sum = zeroize::Zeroizing::new(first.values.iter().map(|value| weight * value).collect::<Vec<f32>>());
        for (weight, part) in parts {
            if part.model != first.model || part.values.len() != sum.len() {
                return Err(NoTemplate);
            }
            for (total, value) in sum.iter_mut().zip(&part.values) {
                *total += weight * value;
            }
        }
        Self::new(first.model.clone(), std::mem::take(&mut *sum))
    }

    /// The first `count` numbers, or all where there are fewer: in a fused template those of the first model, which
    /// alone is good enough to look for candidates among many.
    pub fn leading(&self, count: usize) -> &[f32] {
        &self.values[..count.min(self.values.len())]
    }

    /// The numbers as little-endian bytes, for the encrypted column.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.values.iter().flat_map(|v| v.to_le_bytes()).collect()
    }

    /// Reads [`Template::to_bytes`] back.
    pub fn from_bytes(model: ModelHash, bytes: &[u8]) -> Result<Self, NoTemplate> {
        let (chunks, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(NoTemplate);
        }
        Self::new(model, chunks.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect())
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template({} values, redacted)", self.values.len())
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

    proptest! {
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
        }
    }
}
