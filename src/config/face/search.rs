//! `[face_search]`: whether live faces are kept and searched among those seen under other IINs, and for how long.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::value::section::{Key, Problems, Section, in_range};
use crate::config::value::span::Span;

const DAY: Duration = Duration::from_hours(24);

/// `[face_search]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaceSearch {
    /// Whether faces are kept and searched at all.
    pub enabled: bool,
    /// Share of searches that may hit by chance.
    pub false_hits: f64,
    /// How long a face that was seen is kept.
    pub keep: Span,
}

impl Default for FaceSearch {
    fn default() -> Self {
        Self { enabled: true, false_hits: 0.01, keep: Span(180 * DAY) }
    }
}

impl Section for FaceSearch {
    const NAME: &'static str = "face_search";
    const KEYS: &'static [Key] = &[
        Key {
            name: "enabled",
            allowed: "true or false; without it nobody notices one face under several IINs (default true)",
        },
        Key { name: "false_hits", allowed: "0.0001 to 0.1 of all searches (default 0.01)" },
        Key { name: "keep", allowed: "1d to 1825d (default \"180d\")" },
    ];

    fn check(&self, problems: &mut Problems) {
        in_range("false_hits", &self.false_hits, 0.0001..=0.1, problems);
        in_range("keep", &self.keep, Span(DAY)..=Span(1_825 * DAY), problems);
    }
}
