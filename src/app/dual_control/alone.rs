//! What takes two at the console can still be done by whoever has the machine, or its key, and says so: there must be a way when
//! there is nobody else.

use crate::app::operators::change::{ChangeOperatorError, change, expect_changeable};
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::{Operator, OperatorChange};
use crate::domain::ports::Store;
use crate::domain::staff::ports::Staff;

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
pub async fn expect_alone_within(
    unit: &mut (impl Staff + ?Sized),
    now: Timestamp,
    alone: bool,
) -> Result<bool, AloneError> {
    let staff = unit.list_staff().await?;
    let seconds = staff.iter().filter(|member| member.is_second(now)).count();
    if seconds > 0 && !alone { Err(AloneError::TakesTwo(seconds)) } else { Ok(seconds > 0) }
}

/// Why an operator was not changed at the machine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeAloneError {
    /// It takes two.
    #[error(transparent)]
    Alone(#[from] AloneError),
    /// The change.
    #[error("the operator was not changed")]
    Change(#[source] ChangeOperatorError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Changes an operator at the machine: what opens a door needs `alone` said where there are people for it.
pub async fn change_operator_alone(
    store: &dyn Store,
    (clock, randomness): (&dyn Clock, &dyn Randomness),
    id: &str,
    wanted: OperatorChange,
    (by, alone): (&str, bool),
) -> Result<Operator, ChangeAloneError> {
    let (mut unit, now) = (store.begin().await?, clock.now());
    if expect_changeable(unit.as_mut(), id, &wanted).await.map_err(ChangeAloneError::Change)? {
        expect_alone_within(unit.as_mut(), now, alone).await?;
    }
    let operator = change(unit.as_mut(), (now, randomness), id, wanted, by).await.map_err(ChangeAloneError::Change)?;
    unit.commit().await?;
    Ok(operator)
}
