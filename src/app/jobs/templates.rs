//! Templates follow the model in use, whatever breaks in between.

use std::time::Duration;

use async_trait::async_trait;

use super::{Job, JobFailure};
use crate::app::Services;
use crate::app::face::keep_current::bring_templates_up_to_date;
use crate::domain::jobs::Schedule;

/// Hex digits of the model's hash in the job's name.
const MODEL_DIGITS: usize = 8;

/// Embeds ID photos again that were embedded by another model. While replicas with two models serve, each model has a job.
#[derive(Debug)]
pub struct Templates {
    name: String,
    services: Services,
}

impl Templates {
    /// For the model of these services.
    pub fn new(services: Services) -> Self {
        let model = services.face.engine.embedder().0.as_str();
        let name = format!("templates:{}", model.get(..MODEL_DIGITS).unwrap_or(model));
        Self { name, services }
    }
}

#[async_trait]
impl Job for Templates {
    fn name(&self) -> &str {
        &self.name
    }

    fn schedule(&self) -> Schedule {
        Schedule { retry: Duration::from_mins(1), ..Schedule::one(Duration::from_hours(1)) }
    }

    async fn run(&mut self) -> Result<(), JobFailure> {
        match bring_templates_up_to_date(&self.services).await? {
            0 => Ok(()),
            failed => Err(JobFailure::new(&format!("the engine failed on {failed} ID photos"))),
        }
    }
}
