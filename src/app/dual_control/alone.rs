//! What takes two at the console can still be done by whoever has the machine, or its key, and says so: there must be a way when
//! there is nobody else.

use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::{Store, UnitOfWork};

/// Why one alone does not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AloneError {
    /// There are people for it.
    #[error(
        "there are {0} of the staff who say yes to this at the console, where it takes two, or did until seven days ago; \
         --alone does it without them, and the audit log says so"
    )]
    TakesTwo(usize),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Refuses where the staff has somebody who could be the second, or had until lately, unless `alone` is said.
pub async fn expect_alone(store: &dyn Store, now: Timestamp, alone: bool) -> Result<(), AloneError> {
    expect_alone_within(store.read().await?.as_mut(), now, alone).await.map(drop)
}

/// The same within a transaction. Says whether somebody could have been the second.
pub async fn expect_alone_within(unit: &mut dyn UnitOfWork, now: Timestamp, alone: bool) -> Result<bool, AloneError> {
    let staff = unit.list_staff().await?;
    let seconds = staff.iter().filter(|member| member.is_second(now)).count();
    if seconds > 0 && !alone { Err(AloneError::TakesTwo(seconds)) } else { Ok(seconds > 0) }
}
