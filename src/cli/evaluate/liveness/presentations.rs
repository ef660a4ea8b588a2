//! Reads and examines the files of an index.

use std::path::Path;
use std::sync::Arc;

use super::frames::{self, Unread};
use super::index::Row;
use crate::app::face::evaluate_faces::Failure;
use crate::app::face::evaluate_liveness::{PresentationSample, Seen};
use crate::cli::evaluate::progress;
use crate::domain::face::engine::{EngineError, ExamineRequest, FaceEngine, QualityGate, TemplateDepth};

/// What is asked of every frame.
const ASK: ExamineRequest = ExamineRequest::of(QualityGate::LiveFrame, true, TemplateDepth::None);

/// Examines every file, in the order of the rows.
pub(super) async fn examine(
    engine: &Arc<dyn FaceEngine>,
    folder: &Path,
    rows: &[Row],
) -> anyhow::Result<Vec<PresentationSample>> {
    progress::through(rows, "files", |row| sample(engine.as_ref(), folder, row)).await
}

async fn sample(engine: &dyn FaceEngine, folder: &Path, row: &Row) -> PresentationSample {
    let outcome = match seen(engine, folder, row).await {
        Ok(seen) => Ok(seen),
        Err((code, detail)) => Err(Failure { file: Some(row.file.clone()), line: row.line, code, detail }),
    };
    PresentationSample {
        file: row.file.clone(),
        line: row.line,
        label: row.label.clone(),
        subject: row.subject.clone(),
        outcome,
    }
}

async fn seen(engine: &dyn FaceEngine, folder: &Path, row: &Row) -> Result<Seen, Unread> {
    let path = folder.join(&row.file);
    let failed = |why: String| ("engine_failed", why);
    let read = tokio::task::spawn_blocking(move || frames::read(&path)).await;
    let frames = read.map_err(|why| failed(why.to_string()))??;
    let mut seen = Seen { frames: frames.len(), ..Seen::default() };
    for frame in frames {
        let examination = match engine.examine(frame.into(), ASK).await {
            Ok(examination) => examination,
            Err(EngineError::Picture(reason)) => {
                *seen.stopped.entry(reason.code()).or_default() += 1;
                continue;
            }
            Err(error) => return Err(failed(error.to_string())),
        };
        match (examination.presentation, examination.rejection) {
            (Some(scores), None) => seen.scores.push(scores),
            (_, Some(reason)) => *seen.stopped.entry(reason.code()).or_default() += 1,
            (None, None) => return Err(failed("no score of a frame that passed".to_owned())),
        }
    }
    Ok(seen)
}
