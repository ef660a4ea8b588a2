//! The service's own background work: templates follow the model in use, whatever breaks in between.

use std::time::Duration;

use super::reembed::{Pace, ReembedPorts, reembed_id_photos};
use crate::app::Services;

/// After a register, a database or an engine that failed.
const RETRY: Duration = Duration::from_mins(1);
/// How often progress is logged.
const LOG_EVERY: u64 = 1_000;

/// Embeds what is due and ends when nothing is; a failure is tried again after a minute, for ever.
pub async fn keep_templates_current(services: &Services) {
    let ports = ReembedPorts::of(services);
    loop {
        let outcome = reembed_id_photos(ports, Pace::WhenIdle, |progress| {
            let done = progress.embedded + progress.unusable;
            if progress.total > 0 && done.is_multiple_of(LOG_EVERY) {
                tracing::info!(done, due = progress.total, unusable = progress.unusable, "embedding ID photos again");
            }
        })
        .await;
        match outcome {
            Ok(done) if done.failed == 0 => {
                if done.total > 0 {
                    tracing::info!(embedded = done.embedded, unusable = done.unusable, "ID photos are embedded again");
                }
                return;
            }
            Ok(done) => tracing::warn!(failed = done.failed, "some ID photos were not embedded; trying again"),
            Err(error) => tracing::warn!(%error, "embedding ID photos again has stopped; trying again"),
        }
        tokio::time::sleep(RETRY).await;
    }
}
