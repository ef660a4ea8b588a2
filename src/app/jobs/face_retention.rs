//! Every hour: deletes faces that were seen too long ago.

use std::time::Duration;

use async_trait::async_trait;

use super::{Job, JobFailure};
use crate::app::Services;
use crate::app::face::sightings::delete_old;
use crate::domain::jobs::Schedule;

/// Deletes them in the store; each replica's index forgets them by itself.
#[derive(Debug)]
pub struct FaceRetention(pub Services);

#[async_trait]
impl Job for FaceRetention {
    fn name(&self) -> &'static str {
        "face-retention"
    }

    fn schedule(&self) -> Schedule {
        Schedule::one(Duration::from_hours(1))
    }

    async fn run(&mut self) -> Result<(), JobFailure> {
        Ok(delete_old(&self.0).await?)
    }
}
