//! Every replica has an index of faces in its memory.

use async_trait::async_trait;

use super::{Job, JobFailure};
use crate::app::Services;
use crate::app::face::sightings::{forget_old_in_index, refresh};
use crate::domain::face::search::REFRESH_INTERVAL;
use crate::domain::jobs::Schedule;

/// Fills it and keeps it in step with the store, whichever process wrote there.
#[derive(Debug)]
pub struct FaceIndexRefresh(pub Services);

#[async_trait]
impl Job for FaceIndexRefresh {
    fn name(&self) -> &'static str {
        "face-index"
    }

    fn schedule(&self) -> Schedule {
        Schedule::each(REFRESH_INTERVAL)
    }

    async fn run(&mut self) -> Result<(), JobFailure> {
        refresh(&self.0).await?;
        forget_old_in_index(&self.0).await?;
        Ok(())
    }
}
