//! A restriction that begins ends what was granted to the person, wherever it came from and whichever replica took it in.
//!
//! Everybody who may play is looked at when the registry has changed or a restriction's start has come; in between only
//! those who were granted something since the last look.

use std::time::Duration;

use super::issue::end;
use crate::app::Services;
use crate::app::scenario::played;
use crate::domain::kernel::id::GrantId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::grant::{EndOfGrant, Grant};
use crate::domain::oauth::ports::RegistryMark;

/// How many are looked at in one statement, so that none takes longer than the store allows.
const AT_ONCE: u32 = 200_000;
/// How many are ended in one transaction.
const BATCH: usize = 100;
/// A grant may come to be seen so long after it was decided on.
const OVERLAP: Duration = Duration::from_mins(1);

/// Who looks, and what is known from the last time.
#[derive(Debug)]
pub struct RestrictionSweep {
    services: Services,
    last: Option<Look>,
}

/// A look at everybody.
#[derive(Debug)]
struct Look {
    /// What the registry held just before.
    mark: RegistryMark,
    /// When the next restriction begins.
    next: Option<Timestamp>,
    /// When those who came since were last looked at.
    at: Timestamp,
}

impl RestrictionSweep {
    /// Has not looked yet.
    pub fn new(services: Services) -> Self {
        Self { services, last: None }
    }

    /// Ends the standing grants of all whom an active restriction names; returns how many.
    ///
    /// # Errors
    /// When the store does not do as asked; what was ended until then stays ended, and the next look is at everybody.
    pub async fn sweep(&mut self) -> Result<u64, StoreError> {
        let now = self.services.clock.now();
        let played = played::restricted_grants(&self.services, now).await?;
        let played = end_all(&self.services, &played, now).await?;
        Ok(played + self.sweep_registry(now).await?)
    }

    async fn sweep_registry(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let mark = self.services.store.read().await?.registry_mark().await?;
        let last = self.last.take().filter(|last| last.serves(&mark, now));
        let Some(last) = last else {
            let ended = end_restricted_grants(&self.services).await?;
            let next = self.services.store.read().await?.next_restriction(now).await?;
            self.last = Some(Look { mark, next, at: now });
            return Ok(ended);
        };
        let first = GrantId::least(last.at.minus(OVERLAP));
        let found = self.services.store.read().await?.restricted_grants_since(now, first).await?;
        let ended = end_all(&self.services, &found, now).await?;
        self.last = Some(Look { at: now, ..last });
        Ok(ended)
    }
}

impl Look {
    /// Whether it still tells of everybody who was there then.
    fn serves(&self, mark: &RegistryMark, now: Timestamp) -> bool {
        self.mark == *mark && self.at <= now && self.next.is_none_or(|next| now < next)
    }
}

/// Looks at everybody.
///
/// # Errors
/// As [`RestrictionSweep::sweep`].
pub async fn end_restricted_grants(services: &Services) -> Result<u64, StoreError> {
    let now = services.clock.now();
    let (mut from, mut ended) = (now, 0);
    loop {
        let mut unit = services.store.read().await?;
        let through = unit.expiry_of_standing(from, AT_ONCE).await?;
        let found = unit.restricted_grants(now, from, through).await?;
        drop(unit);
        ended += end_all(services, &found, now).await?;
        match through {
            // More may expire at the same moment; were it all of them, on to the next moment.
            Some(through) => from = through.max(from.plus(Duration::from_micros(1))),
            None => return Ok(ended),
        }
    }
}

async fn end_all(services: &Services, grants: &[Grant], now: Timestamp) -> Result<u64, StoreError> {
    let mut ended = 0;
    for batch in grants.chunks(BATCH) {
        let mut unit = services.store.begin().await?;
        for grant in batch {
            ended += u64::from(end(services, unit.as_mut(), grant, EndOfGrant::Restricted, now).await?);
        }
        unit.commit().await?;
    }
    Ok(ended)
}
