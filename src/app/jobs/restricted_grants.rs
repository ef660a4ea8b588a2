//! Every replica looks whether a restriction ends a grant: within five seconds, which leaves no time to wait for the lease of
//! one that died.

use std::time::Duration;

use async_trait::async_trait;

use super::{Job, JobFailure};
use crate::app::Services;
use crate::app::oauth::end_restricted::RestrictionSweep;
use crate::domain::jobs::Schedule;

/// How often the registry is looked at. With a look at everybody and the life of a status list it must stay below the 5
/// seconds that are promised.
const INTERVAL: Duration = Duration::from_millis(500);

/// Ends the grants of people whom a restriction names.
#[derive(Debug)]
pub struct RestrictedGrants(RestrictionSweep);

impl RestrictedGrants {
    /// Has not looked yet.
    pub fn new(services: Services) -> Self {
        Self(RestrictionSweep::new(services))
    }
}

#[async_trait]
impl Job for RestrictedGrants {
    fn name(&self) -> &'static str {
        "restricted-grants"
    }

    fn schedule(&self) -> Schedule {
        Schedule::each(INTERVAL)
    }

    async fn run(&mut self) -> Result<(), JobFailure> {
        self.0.sweep().await?;
        Ok(())
    }
}
