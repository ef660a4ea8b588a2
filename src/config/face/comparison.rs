//! `[comparison]`: how often faces of two people may match. Which scores that means, the calibration says.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::value::section::{Key, Problems, Section, in_range};

/// The file in the models' directory that is read when none is named.
const USUAL_FILE: &str = "calibration.json";

/// `[comparison]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Comparison {
    /// The false match rate at which faces match.
    pub fmr: f64,
    /// The false match rate up to which a comparison is in doubt and goes to review; beyond it is no match.
    pub doubt_fmr: f64,
    /// The calibration of the embedders in use; `calibration.json` in the models' directory when not set.
    pub calibration: Option<PathBuf>,
}

impl Comparison {
    /// The calibration's file, `models` being the models' directory.
    pub fn calibration_file(&self, models: &Path) -> PathBuf {
        self.calibration.clone().unwrap_or_else(|| models.join(USUAL_FILE))
    }
}

impl Default for Comparison {
    fn default() -> Self {
        Self { fmr: 1e-4, doubt_fmr: 1e-3, calibration: None }
    }
}

impl Section for Comparison {
    const NAME: &'static str = "comparison";
    const KEYS: &'static [Key] = &[
        Key { name: "fmr", allowed: "1e-8 to 0.01, the rate at which two people match (default 1e-4)" },
        Key {
            name: "doubt_fmr",
            allowed: "1e-8 to 0.05 and not below comparison.fmr, the rate up to which staff look (default 1e-3)",
        },
        Key {
            name: "calibration",
            allowed: "a file that `rastau evaluate faces --calibrate FILE` wrote (default: calibration.json in models.directory)",
        },
    ];

    fn check(&self, problems: &mut Problems) {
        // The bounds keep a slip of the pen (1 for 1 %) from opening the gate.
        in_range("fmr", &self.fmr, 1e-8..=0.01, problems);
        in_range("doubt_fmr", &self.doubt_fmr, 1e-8..=0.05, problems);
        if self.doubt_fmr < self.fmr {
            problems.push(("doubt_fmr", format!("{} lies below fmr ({})", self.doubt_fmr, self.fmr)));
        }
    }

    fn resolve(&mut self, base: &Path) {
        self.calibration = self.calibration.take().map(|file| base.join(file));
    }
}
