//! A write that is sent twice happens once, and is answered twice.

use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::idempotency::{ANSWER_RETENTION, Claim, IdempotencyKey, KeptAnswer, RequestFingerprint};
use crate::domain::ports::{Store, UnitOfWork};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdempotencyError<E> {
    /// The key came with another request before.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The work itself. Nothing of it stays, and the key is free again.
    #[error(transparent)]
    Refused(E),
    /// The store.
    #[error("the store did not do as asked")]
    Store(StoreError),
}

/// Does `work` in one transaction with its answer, or gives the answer of the first time. Of two that come at once the
/// second waits for the first.
pub async fn once<E>(
    (store, clock): (&dyn Store, &dyn Clock),
    key: IdempotencyKey,
    request: RequestFingerprint,
    work: impl AsyncFnOnce(&mut dyn UnitOfWork, Timestamp) -> Result<KeptAnswer, E>,
) -> Result<KeptAnswer, IdempotencyError<E>> {
    let now = clock.now();
    let mut unit = store.begin().await.map_err(IdempotencyError::Store)?;
    match unit.claim_request(key, request, now).await.map_err(IdempotencyError::Store)? {
        Claim::Answered { request: first, answer } if first == request => Ok(answer),
        Claim::Answered { .. } => Err(IdempotencyError::KeyReused),
        Claim::New => {
            let answer = work(unit.as_mut(), now).await.map_err(IdempotencyError::Refused)?;
            unit.keep_answer(key, &answer).await.map_err(IdempotencyError::Store)?;
            unit.commit().await.map_err(IdempotencyError::Store)?;
            Ok(answer)
        }
    }
}

/// The answer of the first time, where there was one: for work that asks others before its transaction begins.
pub async fn answered<E>(
    store: &dyn Store,
    key: IdempotencyKey,
    request: RequestFingerprint,
) -> Result<Option<KeptAnswer>, IdempotencyError<E>> {
    let mut unit = store.read().await.map_err(IdempotencyError::Store)?;
    match unit.answered_request(key).await.map_err(IdempotencyError::Store)? {
        Some((first, _)) if first != request => Err(IdempotencyError::KeyReused),
        known => Ok(known.map(|(_, answer)| answer)),
    }
}

/// Deletes answers past their term.
pub async fn forget_old_answers(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    let mut unit = store.begin().await?;
    unit.delete_requests(now.minus(ANSWER_RETENTION)).await?;
    unit.commit().await
}
