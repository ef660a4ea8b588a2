//! Operators, as they are registered.

use crate::domain::kernel::store_error::StoreError;
use crate::domain::operators::operator::Operator;
use crate::domain::ports::Store;

/// All, by id.
pub async fn list_operators(store: &dyn Store) -> Result<Vec<Operator>, StoreError> {
    store.read().await?.list_operators().await
}
