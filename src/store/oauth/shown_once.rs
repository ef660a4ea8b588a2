//! What serves once and is shown by many callers at the same moment: DPoP proofs and client assertions, spent in one
//! transaction.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use crate::app::support::request_batcher::RequestToken;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::ports::Store as _;
use crate::store::SqlStore;
use crate::store::engine::unit_of_work::Result;

/// One showing. Two showings of one thing are two: the second is a replay.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::store) struct Shown<T> {
    ticket: RequestToken,
    what: T,
    expires_at: Timestamp,
    now: Timestamp,
}

pub(in crate::store) type ShownProof = Shown<HandleHash>;
/// A `jti` is unique to its client, and of any length; an index entry is not.
pub(in crate::store) type ShownAssertion = Shown<(OperatorId, HandleHash)>;

impl<T: Clone + Eq + Hash> Shown<T> {
    pub(in crate::store) fn new(what: T, expires_at: Timestamp, now: Timestamp) -> Self {
        Self { ticket: RequestToken::draw(), what, expires_at, now }
    }

    /// Each thing once, as its first showing has it, and the time of the earliest.
    fn distinct(shown: &mut [Self]) -> (Vec<(T, Timestamp)>, Option<Timestamp>) {
        shown.sort_by_key(|shown| shown.ticket);
        let mut met = HashSet::new();
        let once = shown.iter().filter(|shown| met.insert(&shown.what));
        (once.map(|shown| (shown.what.clone(), shown.expires_at)).collect(), shown.iter().map(|shown| shown.now).min())
    }

    /// Which showings are the first of what was never shown before.
    fn firsts(shown: Vec<Self>, mut fresh: HashSet<T>) -> HashMap<Self, bool> {
        let first = |shown: Self| {
            let first = fresh.remove(&shown.what);
            (shown, first)
        };
        shown.into_iter().map(first).collect()
    }
}

pub(in crate::store) async fn spend_proofs(
    store: SqlStore,
    mut shown: Vec<ShownProof>,
) -> Result<HashMap<ShownProof, bool>> {
    let (proofs, Some(now)) = Shown::distinct(&mut shown) else { return Ok(HashMap::new()) };
    let mut unit = store.begin().await?;
    let fresh = unit.remember_proofs(&proofs, now).await?;
    unit.commit().await?;
    Ok(Shown::firsts(shown, fresh))
}

pub(in crate::store) async fn spend_assertions(
    store: SqlStore,
    mut shown: Vec<ShownAssertion>,
) -> Result<HashMap<ShownAssertion, bool>> {
    let (assertions, Some(now)) = Shown::distinct(&mut shown) else { return Ok(HashMap::new()) };
    let mut unit = store.begin().await?;
    let fresh = unit.remember_assertions(&assertions, now).await?;
    unit.commit().await?;
    Ok(Shown::firsts(shown, fresh))
}
