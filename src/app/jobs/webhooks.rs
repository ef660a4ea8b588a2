//! Every replica delivers webhooks; a message is claimed before it is sent.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use tokio::task::JoinHandle;

use super::{Job, JobFailure};
use crate::app::webhooks::deliver::Courier;
use crate::domain::jobs::Schedule;
use crate::domain::operators::operator::OperatorId;

/// How often the outbox is looked at.
const INTERVAL: Duration = Duration::from_secs(1);

/// Delivers what is due, an operator at a time beside the others, so that one that does not answer keeps nobody waiting but
/// itself.
pub struct WebhookDelivery {
    courier: Courier,
    rounds: HashMap<OperatorId, JoinHandle<()>>,
}

impl WebhookDelivery {
    /// Has nothing under way.
    pub fn new(courier: Courier) -> Self {
        Self { courier, rounds: HashMap::new() }
    }
}

impl fmt::Debug for WebhookDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookDelivery")
    }
}

#[async_trait]
impl Job for WebhookDelivery {
    fn name(&self) -> &'static str {
        "webhooks"
    }

    fn schedule(&self) -> Schedule {
        Schedule::each(INTERVAL)
    }

    async fn run(&mut self) -> Result<(), JobFailure> {
        self.rounds.retain(|_, round| !round.is_finished());
        for operator in self.courier.operators_due().await? {
            let (courier, of) = (self.courier.clone(), operator.clone());
            self.rounds.entry(operator).or_insert_with(|| tokio::spawn(async move { courier.round(of).await }));
        }
        Ok(())
    }

    async fn finish(&mut self) {
        for round in self.rounds.values_mut() {
            // One that panicked was told by its own thread.
            let _ = round.await;
        }
    }
}

impl Drop for WebhookDelivery {
    fn drop(&mut self) {
        for round in self.rounds.values() {
            round.abort();
        }
    }
}
