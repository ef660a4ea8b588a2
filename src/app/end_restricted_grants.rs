//! A restriction that begins ends what was granted to the person, wherever it came from and whichever replica took it in.

use std::time::Duration;

use super::Services;
use super::issue_tokens::end;
use crate::domain::grant::{EndOfGrant, Grant};
use crate::domain::ports::StoreError;
use crate::domain::time::Timestamp;

/// How often the registry is looked at: with the life of a status list it must stay below the 5 seconds that are promised.
const EVERY: Duration = Duration::from_secs(2);
/// How many are ended in one transaction.
const BATCH: u32 = 100;

/// Looks again and again, for as long as the service runs.
pub async fn keep_ending(services: Services) {
    loop {
        if let Err(error) = end_restricted_grants(&services).await {
            tracing::error!(%error, "grants of restricted people could not be ended; trying again");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Ends the standing grants of all whom an active restriction names; returns how many.
///
/// # Errors
/// When the store does not do as asked; what was ended until then stays ended.
pub async fn end_restricted_grants(services: &Services) -> Result<u64, StoreError> {
    let mut ended = 0;
    loop {
        let now = services.clock.now();
        let mut unit = services.store.read().await?;
        let found = unit.restricted_grants(now, BATCH).await?;
        drop(unit);
        let last = found.len() < BATCH as usize;
        if !found.is_empty() {
            ended += end_all(services, &found, now).await?;
        }
        if last {
            return Ok(ended);
        }
    }
}

async fn end_all(services: &Services, grants: &[Grant], now: Timestamp) -> Result<u64, StoreError> {
    let (mut unit, mut ended) = (services.store.begin().await?, 0);
    for grant in grants {
        ended += u64::from(end(services, unit.as_mut(), grant, EndOfGrant::Restricted, now).await?);
    }
    unit.commit().await?;
    Ok(ended)
}
