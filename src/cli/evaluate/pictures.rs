//! Reads and examines the pictures of an index.

use std::io::ErrorKind;
use std::path::Path;

use super::index::Row;
use super::progress;
use crate::app::face::evaluate_faces::{Failure, Sample};
use crate::domain::face::engine::{EngineError, ExamineRequest, FaceEngine, QualityGate, TemplateDepth};
use crate::domain::reason::ReasonCode;
use crate::messages::{Locale, message};

/// A larger file is not read; the engine's own limit is not above it.
const MAX_PICTURE: u64 = 16 * 1024 * 1024;

/// Examines every picture, in the order of the rows.
pub(super) async fn examine(engine: &dyn FaceEngine, folder: &Path, rows: &[Row]) -> anyhow::Result<Vec<Sample>> {
    progress::through(rows, "pictures", |row| sample(engine, folder, row)).await
}

async fn sample(engine: &dyn FaceEngine, folder: &Path, row: &Row) -> Sample {
    let mut sample = Sample {
        file: row.file.clone(),
        identity: row.identity.clone(),
        group: row.group.clone(),
        capture: row.capture.clone(),
        found: false,
        outcome: Err(failure(row, "no_face", String::new())),
    };
    let bytes = match read(&folder.join(&row.file)).await {
        Ok(bytes) => bytes,
        Err((code, detail)) => {
            sample.outcome = Err(failure(row, code, detail));
            return sample;
        }
    };
    let ask = ExamineRequest::of(QualityGate::IdPhoto, false, TemplateDepth::Full);
    sample.outcome = match engine.examine(bytes.into(), ask).await {
        Ok(examination) => {
            sample.found = examination.quality.is_some();
            let rejection = examination.rejection.unwrap_or(ReasonCode::NoFace);
            let weight = examination.quality.map_or(0.0, |quality| quality.weight());
            examination.template.map(|template| (weight, template)).ok_or_else(|| refused(row, rejection))
        }
        Err(EngineError::Picture(reason)) => Err(refused(row, reason)),
        Err(error) => Err(failure(row, "engine_failed", error.to_string())),
    };
    sample
}

async fn read(path: &Path) -> Result<Vec<u8>, (&'static str, String)> {
    let told = |why: std::io::Error| match why.kind() {
        ErrorKind::NotFound => ("file_missing", "there is no such file".to_owned()),
        _ => ("file_unreadable", why.to_string()),
    };
    let about = tokio::fs::metadata(path).await.map_err(told)?;
    if !about.is_file() {
        return Err(("file_unreadable", "it is not a file".to_owned()));
    }
    if about.len() > MAX_PICTURE {
        let reason = ReasonCode::PictureTooManyBytes;
        return Err((reason.code(), message(reason.code(), Locale::En).title));
    }
    tokio::fs::read(path).await.map_err(told)
}

fn refused(row: &Row, reason: ReasonCode) -> Failure {
    failure(row, reason.code(), message(reason.code(), Locale::En).title)
}

fn failure(row: &Row, code: &'static str, detail: String) -> Failure {
    Failure { file: Some(row.file.clone()), line: row.line, code, detail }
}
