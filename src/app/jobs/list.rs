//! What is kept of background jobs.

use crate::domain::jobs::JobStatus;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;

/// All jobs that were ever begun, by name.
///
/// # Errors
/// When the store does not answer.
pub async fn list_jobs(store: &dyn Store) -> Result<Vec<JobStatus>, StoreError> {
    store.read().await?.list_jobs().await
}
