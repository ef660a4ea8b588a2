//! Sources of restrictions are asked, each at its own interval.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::oneshot;

use super::{Job, JobFailure};
use crate::app::restrictions::registry::follow::{Followed, take_in_all};
use crate::app::restrictions::registry::spooled_file::run_blocking;
use crate::domain::jobs::Schedule;
use crate::domain::kernel::clock::Clock;
use crate::domain::ports::Store;

/// Takes in what one source has to say.
pub struct RestrictionSource {
    name: String,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    followed: Followed,
}

impl RestrictionSource {
    /// Follows a source; `clock` dates what it says.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, followed: Followed) -> Self {
        Self { name: format!("source:{}", followed.source), store, clock, followed }
    }
}

#[async_trait]
impl Job for RestrictionSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn schedule(&self) -> Schedule {
        Schedule::one(self.followed.every)
    }

    async fn run(&mut self) -> Result<(), JobFailure> {
        let (store, clock, followed) = (self.store.clone(), self.clock.clone(), self.followed.clone());
        // A thread is not cut off with whoever waits for it: it is told.
        let (wanted, dropped) = oneshot::channel::<()>();
        let work = async move {
            tokio::select! {
                taken = take_in_all(store.as_ref(), clock.as_ref(), &followed) => taken.map_err(JobFailure::from),
                _ = dropped => Err(JobFailure::new("it was cut off")),
            }
        };
        let taken = run_blocking(work).await;
        drop(wanted);
        taken?
    }
}
