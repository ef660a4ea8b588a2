//! The calibration of the embedders in use: without it no score means anything, so nothing is compared.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::domain::face::calibration::{Calibration, CalibrationError};
use crate::domain::face::comparison::{ModelHash, Thresholds};

/// What makes a new calibration; docs/OPERATIONS.md says of which photos.
const REMEDY: &str = "make a new one: rastau evaluate faces --index INDEX.csv --calibrate FILE";

/// Why the calibration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationProblem {
    /// There is none.
    #[error("calibration {} cannot be read ({why}); {REMEDY}", .file.display())]
    Missing {
        /// Its file.
        file: PathBuf,
        /// What the operating system says.
        why: String,
    },
    /// It is none.
    #[error("calibration {}: {why}; {REMEDY}", .file.display())]
    Invalid {
        /// Its file.
        file: PathBuf,
        /// What is wrong with it.
        why: CalibrationError,
    },
    /// It says what scores of another embedder mean.
    #[error(
        "calibration {} is of the embedder {}, and {} is in use; {REMEDY}",
        .file.display(), short(.of), short(.in_use)
    )]
    OtherModel {
        /// Its file.
        file: PathBuf,
        /// Its embedder.
        of: ModelHash,
        /// The embedder of the manifest.
        in_use: ModelHash,
    },
}

/// The thresholds of `[comparison]` for this embedder.
///
/// # Errors
/// See [`CalibrationProblem`]; each names the file and what to do.
pub fn thresholds(config: &Config, embedder: &ModelHash) -> Result<Thresholds, CalibrationProblem> {
    Ok(of(config, embedder)?.thresholds(config.comparison.fmr, config.comparison.doubt_fmr))
}

/// The calibration that `config` names, when it is of this embedder.
///
/// # Errors
/// See [`CalibrationProblem`].
pub fn of(config: &Config, embedder: &ModelHash) -> Result<Calibration, CalibrationProblem> {
    read(&config.comparison.calibration_file(&config.models.directory), embedder)
}

/// The calibration of `file`, when it is of this embedder.
///
/// # Errors
/// See [`CalibrationProblem`].
pub fn read(file: &Path, embedder: &ModelHash) -> Result<Calibration, CalibrationProblem> {
    let text = std::fs::read_to_string(file)
        .map_err(|why| CalibrationProblem::Missing { file: file.to_owned(), why: why.to_string() })?;
    let calibration =
        Calibration::from_json(&text).map_err(|why| CalibrationProblem::Invalid { file: file.to_owned(), why })?;
    if calibration.model == *embedder {
        Ok(calibration)
    } else {
        let (of, in_use) = (calibration.model, embedder.clone());
        Err(CalibrationProblem::OtherModel { file: file.to_owned(), of, in_use })
    }
}

/// Enough of a hash to tell two apart.
fn short(model: &ModelHash) -> String {
    model.0.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_calibration_serves_and_that_of_others_is_refused_by_both_names() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/calibration.json");
        let text = std::fs::read_to_string(&file).unwrap();
        let model = Calibration::from_json(&text).unwrap().model;
        assert!(read(&file, &model).is_ok());
        let refused = read(&file, &ModelHash("ab".repeat(32))).unwrap_err().to_string();
        for part in ["calibration.json", &model.0[..12], "abababababab is in use", "--calibrate"] {
            assert!(refused.contains(part), "{refused}");
        }
        assert!(!refused.contains(&model.0));
    }

    #[test]
    fn what_is_no_calibration_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("c.json");
        let refused = || read(&file, &ModelHash("m".into())).unwrap_err().to_string();
        assert!(refused().contains("cannot be read") && refused().contains("--calibrate"), "{}", refused());
        std::fs::write(&file, "{}").unwrap();
        assert!(refused().contains("no calibration") && refused().contains("c.json"), "{}", refused());
    }
}
