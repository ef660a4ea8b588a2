//! An answer whose time says nothing: it comes at the full quarter of a second alone.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// What takes less cannot be told apart. A register in the same database takes a few milliseconds, an ID photo that is looked
/// at for the first time a tenth of a second.
const STEP: Duration = Duration::from_millis(250);

/// Begun when the question came.
#[derive(Clone, Copy, Debug)]
pub(in crate::app) struct SteadyAnswer(Instant);

impl SteadyAnswer {
    pub(in crate::app) fn begin() -> Self {
        Self(Instant::now())
    }

    /// Waits for the next full step.
    pub(in crate::app) async fn due(self) {
        sleep_until(self.0 + next_step(self.0.elapsed())).await;
    }
}

fn next_step(took: Duration) -> Duration {
    let steps = took.as_micros() / STEP.as_micros() + 1;
    STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_a_while_is_told_at_the_next_full_step() {
        for (took, told) in [(0, 250), (3, 250), (249, 250), (250, 500), (600, 750), (3_000, 3_250)] {
            assert_eq!(next_step(Duration::from_millis(took)), Duration::from_millis(told), "{took} ms");
        }
    }
}
