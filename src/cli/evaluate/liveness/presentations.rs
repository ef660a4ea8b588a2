//! Reads and examines the files of an index, as many at once as there are processors, under a progress bar.

use std::path::Path;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};

use super::frames::{self, Unread};
use super::index::Row;
use crate::app::evaluate_faces::Failure;
use crate::app::evaluate_liveness::{Sample, Seen};
use crate::domain::ports::{Ask, Detail, EngineError, FaceEngine, Gate};

/// What is asked of every frame.
const ASK: Ask = Ask { gate: Gate::LiveFrame, presentation: true, template: Detail::None, follow: None };

/// Examines every file, in the order of the rows.
pub(super) async fn examine(engine: &Arc<dyn FaceEngine>, folder: &Path, rows: &[Row]) -> anyhow::Result<Vec<Sample>> {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files, {eta} left")?;
    let progress = ProgressBar::new(rows.len() as u64).with_style(style);
    let abreast = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut samples = Vec::with_capacity(rows.len());
    let mut work = stream::iter(rows).map(|row| sample(engine.as_ref(), folder, row)).buffered(abreast);
    while let Some(sample) = work.next().await {
        samples.push(sample);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(samples)
}

async fn sample(engine: &dyn FaceEngine, folder: &Path, row: &Row) -> Sample {
    let outcome = match seen(engine, folder, row).await {
        Ok(seen) => Ok(seen),
        Err((code, detail)) => Err(Failure { file: Some(row.file.clone()), line: row.line, code, detail }),
    };
    Sample { file: row.file.clone(), line: row.line, label: row.label.clone(), subject: row.subject.clone(), outcome }
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
