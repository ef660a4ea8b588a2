//! `[retention]`: how long evidence is kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::section::{Key, Problems, Section, in_range};
use super::span::Span;

const DAY: Duration = Duration::from_hours(24);

/// `[retention]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// How long after its case was opened evidence is kept.
    pub evidence: Span,
}

impl Default for Retention {
    fn default() -> Self {
        // Five years, leap days and all: article 11 of the law on countering the legalisation of income asks for no less of what
        // identified a customer.
        Self { evidence: Span(1_827 * DAY) }
    }
}

impl Section for Retention {
    const NAME: &'static str = "retention";
    const KEYS: &'static [Key] = &[Key { name: "evidence", allowed: "30d to 7305d (default \"1827d\", five years)" }];

    fn check(&self, problems: &mut Problems) {
        in_range("evidence", &self.evidence, Span(30 * DAY)..=Span(7_305 * DAY), problems);
    }
}
