//! `[tokens]`: how long access tokens live.

use serde::{Deserialize, Serialize};

use crate::config::value::section::{Key, Problems, Section};
use crate::config::value::span::Span;
use crate::domain::oauth::access_token::MAX_LIFETIME;

/// `[tokens]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tokens {
    /// Life of an access token.
    pub lifetime: Span,
}

impl Default for Tokens {
    fn default() -> Self {
        Self { lifetime: Span(MAX_LIFETIME) }
    }
}

impl Section for Tokens {
    const NAME: &'static str = "tokens";
    const KEYS: &'static [Key] = &[Key { name: "lifetime", allowed: "30s to 300s (default \"300s\")" }];

    fn check(&self, problems: &mut Problems) {
        let seconds = self.lifetime.0.as_secs_f64();
        if !(30.0..=MAX_LIFETIME.as_secs_f64()).contains(&seconds) {
            problems.push(("lifetime", format!("{} is out of range", self.lifetime)));
        }
    }
}
