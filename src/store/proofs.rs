//! DPoP proofs of many callers, spent in one transaction.

use std::collections::{HashMap, HashSet};

use super::SqlStore;
use super::unit_of_work::Result;
use crate::app::gather::Ticket;
use crate::domain::authorization::HandleHash;
use crate::domain::ports::Store as _;
use crate::domain::time::Timestamp;

/// One showing of a proof. Two showings of one proof are two: the second is a replay.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ShownProof {
    ticket: Ticket,
    hash: HandleHash,
    expires_at: Timestamp,
    now: Timestamp,
}

impl ShownProof {
    pub(super) fn new(hash: HandleHash, expires_at: Timestamp, now: Timestamp) -> Self {
        Self { ticket: Ticket::draw(), hash, expires_at, now }
    }
}

/// Which showings are the first of their proofs.
pub(super) async fn remember_all(store: SqlStore, mut shown: Vec<ShownProof>) -> Result<HashMap<ShownProof, bool>> {
    shown.sort_by_key(|shown| shown.ticket);
    let mut met = HashSet::new();
    let once: Vec<_> = shown.iter().filter(|shown| met.insert(shown.hash)).collect();
    let proofs: Vec<_> = once.iter().map(|shown| (shown.hash, shown.expires_at)).collect();
    let Some(now) = shown.iter().map(|shown| shown.now).min() else { return Ok(HashMap::new()) };
    let mut unit = store.begin().await?;
    let mut fresh = unit.remember_proofs(&proofs, now).await?;
    unit.commit().await?;
    Ok(shown
        .into_iter()
        .map(|shown| {
            let first = fresh.remove(&shown.hash);
            (shown, first)
        })
        .collect())
}
