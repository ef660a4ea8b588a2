//! Rows of the restrictions registry that count no more are removed: when somebody has decided so, and now and then what was
//! left.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{Job, JobFailure};
use crate::app::restrictions::registry::tidy::{TIDY_JOB, tidy};
use crate::domain::jobs::Schedule;
use crate::domain::ports::Store;

/// Removes them, source by source.
pub struct SupersededRestrictions(pub Arc<dyn Store>);

#[async_trait]
impl Job for SupersededRestrictions {
    fn name(&self) -> &'static str {
        TIDY_JOB
    }

    fn schedule(&self) -> Schedule {
        Schedule { retry: Duration::from_mins(1), ..Schedule::one(Duration::from_hours(6)) }
    }

    async fn run(&mut self) -> Result<(), JobFailure> {
        let sources = self.0.read().await?.list_sources().await?;
        for source in sources {
            tidy(self.0.as_ref(), &source.name, |_, _| ()).await?;
        }
        Ok(())
    }
}
