//! `[face]`: PAD thresholds that replace those of the models' manifest, for a deployer who has measured on their own data.

use serde::{Deserialize, Serialize};

use crate::config::value::section::{Key, Problems, Section, in_range};
use crate::domain::face::liveness::decision::PresentationThresholds;

/// `[face]`: either both keys of a pair or none.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Face {
    /// PAD score from which a capture is bona fide.
    pub bona_fide_from: Option<f32>,
    /// PAD score below which it is an attack.
    pub attack_below: Option<f32>,
}

impl Face {
    /// The thresholds of PAD, `fallback` being the manifest's.
    pub fn presentation(&self, fallback: PresentationThresholds) -> PresentationThresholds {
        PresentationThresholds {
            bona_fide_from: self.bona_fide_from.unwrap_or(fallback.bona_fide_from),
            attack_below: self.attack_below.unwrap_or(fallback.attack_below),
        }
    }
}

impl Section for Face {
    const NAME: &'static str = "face";
    const KEYS: &'static [Key] = &[
        Key {
            name: "bona_fide_from",
            allowed: "0.05 to 1.0, together with face.attack_below and not below it (default: the models' manifest)",
        },
        Key {
            name: "attack_below",
            allowed: "0.05 to 1.0, together with face.bona_fide_from and not above it (default: the models' manifest)",
        },
    ];

    fn check(&self, problems: &mut Problems) {
        // The floor keeps a slip of the pen (0.0) from opening the gate.
        check_pair(("bona_fide_from", self.bona_fide_from), ("attack_below", self.attack_below), 0.05, problems);
    }
}

fn check_pair(
    upper: (&'static str, Option<f32>),
    lower: (&'static str, Option<f32>),
    floor: f32,
    problems: &mut Problems,
) {
    for (key, value) in [upper, lower] {
        if let Some(value) = value {
            in_range(key, &value, floor..=1.0, problems);
        }
    }
    match (upper.1, lower.1) {
        (Some(above), Some(below)) if below > above => {
            problems.push((lower.0, format!("{below} lies above {} ({above})", upper.0)));
        }
        (Some(_), None) => problems.push((lower.0, format!("it is missing beside {}", upper.0))),
        (None, Some(_)) => problems.push((upper.0, format!("it is missing beside {}", lower.0))),
        _ => {}
    }
}
