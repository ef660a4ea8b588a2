//! `[restrictions]`: what the restrictions registry must hold before anybody is allowed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::value::section::{Key, Problems, Section};
use crate::config::value::span::Span;
use crate::domain::restrictions::Source;

/// `[restrictions]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Restrictions {
    /// Sources that must all be there and fresh; while one is not, everybody is refused.
    pub required_sources: Vec<String>,
    /// The registry must answer within this time.
    pub timeout: Span,
    /// The file of sources that are followed.
    pub sources_file: Option<PathBuf>,
    /// What players read of reasons and sources in other words than ours.
    pub texts_file: Option<PathBuf>,
}

impl Default for Restrictions {
    fn default() -> Self {
        Self {
            required_sources: Vec::new(),
            timeout: Span(Duration::from_secs(2)),
            sources_file: None,
            texts_file: None,
        }
    }
}

impl Section for Restrictions {
    const NAME: &'static str = "restrictions";
    const KEYS: &'static [Key] = &[
        Key {
            name: "required_sources",
            allowed: "1 to 32 source names as `rastau registry import --source` has them (default: none, and then nobody may play)",
        },
        Key { name: "timeout", allowed: "100ms to 30s (default \"2s\")" },
        Key {
            name: "sources_file",
            allowed: "a TOML file with a table for each source that is followed (default: none is)",
        },
        Key {
            name: "texts_file",
            allowed: "a TOML file with texts for players, in their three languages (default: those of the program)",
        },
    ];

    fn check(&self, problems: &mut Problems) {
        if self.required_sources.len() > 32 {
            problems.push(("required_sources", format!("{} are too many", self.required_sources.len())));
        }
        if let Some(bad) = self.required_sources.iter().find(|name| !Source::is_name(name)) {
            problems.push(("required_sources", format!("{bad:?} is no source name")));
        }
        let millis = self.timeout.0.as_millis();
        if !(100..=30_000).contains(&millis) {
            problems.push(("timeout", format!("{} is out of range", self.timeout)));
        }
    }

    fn resolve(&mut self, base: &Path) {
        for path in [&mut self.sources_file, &mut self.texts_file].into_iter().flatten() {
            *path = base.join(&*path);
        }
    }
}
