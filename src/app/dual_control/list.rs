//! What takes two, with who is of the staff.

use crate::domain::dual_control::Proposal;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;
use crate::domain::staff::StaffMember;

/// At most `limit` proposals, about `subject` where one is given, the newest first; and the staff, for their names.
pub async fn list_proposals(
    store: &dyn Store,
    subject: Option<&str>,
    limit: u32,
) -> Result<(Vec<Proposal>, Vec<StaffMember>), StoreError> {
    let mut unit = store.read().await?;
    Ok((unit.list_proposals(subject, limit).await?, unit.list_staff().await?))
}
