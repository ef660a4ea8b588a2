//! `[retention]`: how long evidence is kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::value::section::{Key, Problems, Section, in_range};
use crate::config::value::span::Span;

const DAY: Duration = Duration::from_hours(24);

/// `[retention]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// How long after its case was opened evidence is kept.
    pub evidence: Span,
    /// The same of a clear refusal that nobody has opened since: anybody can be refused as often as they like.
    pub unopened: Span,
}

impl Default for Retention {
    fn default() -> Self {
        // Five years, leap days and all: article 11 of the law on countering the legalisation of income asks for no less of what
        // identified a customer.
        // A refusal identified nobody.
        Self { evidence: Span(1_827 * DAY), unopened: Span(180 * DAY) }
    }
}

impl Section for Retention {
    const NAME: &'static str = "retention";
    const KEYS: &'static [Key] = &[
        Key { name: "evidence", allowed: "30d to 7305d (default \"1827d\", five years)" },
        Key { name: "unopened", allowed: "7d to 7305d (default \"180d\"); evidence counts where that is less" },
    ];

    fn check(&self, problems: &mut Problems) {
        in_range("evidence", &self.evidence, Span(30 * DAY)..=Span(7_305 * DAY), problems);
        in_range("unopened", &self.unopened, Span(7 * DAY)..=Span(7_305 * DAY), problems);
    }
}
