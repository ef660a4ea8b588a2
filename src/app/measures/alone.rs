//! What takes two at the console can still be done by whoever has the machine, and says so: there must be a way when there
//! is nobody else.

use crate::domain::ports::{Store, StoreError};
use crate::domain::staff::Act;

/// Why one alone does not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AloneError {
    /// There are people for it.
    #[error(
        "there are {0} of the staff who say yes to this at the console, where it takes two; --alone does it without them, \
         and the audit log says so"
    )]
    TakesTwo(usize),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Refuses where the staff has somebody who could be the second, unless `alone` is said.
pub async fn expect_alone(store: &dyn Store, alone: bool) -> Result<(), AloneError> {
    let staff = store.read().await?.list_staff().await?;
    let seconds = staff.iter().filter(|member| member.may(Act::Approve)).count();
    if seconds > 0 && !alone { Err(AloneError::TakesTwo(seconds)) } else { Ok(()) }
}
