//! Templates follow the model in use.

use super::reembed::{Pace, ReembedError, ReembedPorts, reembed_id_photos};
use crate::app::Services;

/// How often progress is logged.
const LOG_EVERY: u64 = 1_000;

/// Embeds what is due, while the engine is idle; returns how many photos the engine failed on, which are due again.
///
/// # Errors
/// See [`ReembedError`]; what was embedded until then stays.
pub async fn bring_templates_up_to_date(services: &Services) -> Result<u64, ReembedError> {
    let done = reembed_id_photos(ReembedPorts::of(services), Pace::WhenIdle, |progress| {
        let done = progress.embedded + progress.unusable;
        if progress.total > 0 && done.is_multiple_of(LOG_EVERY) {
            tracing::info!(done, due = progress.total, unusable = progress.unusable, "embedding ID photos again");
        }
    })
    .await?;
    if done.total > 0 {
        tracing::info!(embedded = done.embedded, unusable = done.unusable, "ID photos are embedded again");
    }
    Ok(done.failed)
}
