//! Every replica delivers notices; one is claimed before it is sent.

use std::time::Duration;

use async_trait::async_trait;

use super::{Job, JobFailure};
use crate::app::notices::deliver::{NoticeCourier, deliver_due_notices};
use crate::domain::jobs::Schedule;

/// How often it is looked whether something is due: somebody waits for a code.
const INTERVAL: Duration = Duration::from_millis(500);

/// Delivers what is due.
#[derive(Debug)]
pub struct NoticeDelivery(pub NoticeCourier);

#[async_trait]
impl Job for NoticeDelivery {
    fn name(&self) -> &'static str {
        "notices"
    }

    fn schedule(&self) -> Schedule {
        Schedule::each(INTERVAL)
    }

    async fn run(&mut self) -> Result<(), JobFailure> {
        // Claimed notices come back when their lease is over.
        Ok(deliver_due_notices(&self.0).await?)
    }
}
