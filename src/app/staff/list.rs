//! Who is of the staff.

use crate::domain::kernel::id::StaffId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;
use crate::domain::staff::{Login, StaffMember};

/// All, by login.
pub async fn list_staff(store: &dyn Store) -> Result<Vec<StaffMember>, StoreError> {
    store.read().await?.list_staff().await
}

/// By login.
pub async fn find_staff(store: &dyn Store, login: &Login) -> Result<Option<StaffMember>, StoreError> {
    store.read().await?.find_staff_by_login(login).await
}

/// Whether they have made a passkey, and so come in by themselves.
pub async fn has_joined(store: &dyn Store, member: StaffId) -> Result<bool, StoreError> {
    Ok(!store.read().await?.list_staff_passkeys(member).await?.is_empty())
}
