//! Change an operator, or let it ask for nothing: each with its audit event and the word to the operator, together.

use serde_json::json;

use super::add::{check_keys, note_by, registration};
use crate::app::webhooks::queue::queue_webhook;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::clock::{Clock, Randomness};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::ports::Grants;
use crate::domain::operators::operator::{Operator, OperatorChange, OperatorError, OperatorId};
use crate::domain::operators::ports::Operators;
use crate::domain::ports::Store;
use crate::domain::webhooks::event::WebhookEvent;
use crate::domain::webhooks::ports::WebhookMessages;

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeOperatorError {
    /// Wrong data.
    #[error(transparent)]
    Invalid(#[from] OperatorError),
    /// No usable public keys.
    #[error("the JWKS cannot be used: {0}")]
    Jwks(String),
    /// It opens a door.
    #[error("this opens a door, and takes two")]
    TakesTwo,
    /// There is none with this id.
    #[error("there is no operator with the id {0}")]
    Unknown(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Changes what `change` names. New keys count from the next request on: keep the old ones in the set until they are used no
/// more. An operator that loses the scope `play` loses everything that it was granted.
pub async fn change_operator(
    store: &dyn Store,
    (clock, randomness): (&dyn Clock, &dyn Randomness),
    id: &str,
    change: OperatorChange,
) -> Result<Operator, ChangeOperatorError> {
    let mut unit = store.begin().await?;
    let operator = self::change(unit.as_mut(), (clock.now(), randomness), id, change, "").await?;
    unit.commit().await?;
    Ok(operator)
}

/// Whether it could be changed like this now; says whether that opens a door.
pub async fn expect_changeable(
    unit: &mut (impl Operators + ?Sized),
    id: &str,
    change: &OperatorChange,
) -> Result<bool, ChangeOperatorError> {
    let (before, _) = drafted(unit, id, change).await?;
    Ok(change.opens(&before))
}

/// The same in a transaction of its own, which leaves nothing behind.
pub async fn would_open(store: &dyn Store, id: &str, change: &OperatorChange) -> Result<bool, ChangeOperatorError> {
    expect_changeable(store.begin().await?.as_mut(), id, change).await
}

/// Changes what opens no door, by one of the staff; the rest is refused.
pub async fn narrow(
    store: &dyn Store,
    (clock, randomness): (&dyn Clock, &dyn Randomness),
    id: &str,
    change: OperatorChange,
    by: &str,
) -> Result<Operator, ChangeOperatorError> {
    let mut unit = store.begin().await?;
    let draft = drafted(unit.as_mut(), id, &change).await?;
    if change.opens(&draft.0) {
        return Err(ChangeOperatorError::TakesTwo);
    }
    let operator = carry_out(unit.as_mut(), (clock.now(), randomness), draft, &change, by).await?;
    unit.commit().await?;
    Ok(operator)
}

/// The same within a transaction; `by` is who decided, where that is known.
pub async fn change(
    unit: &mut (impl AuditLog + Grants + Operators + WebhookMessages + ?Sized),
    at: (Timestamp, &dyn Randomness),
    id: &str,
    change: OperatorChange,
    by: &str,
) -> Result<Operator, ChangeOperatorError> {
    let draft = drafted(unit, id, &change).await?;
    carry_out(unit, at, draft, &change, by).await
}

/// The operator as it is, and as it would be.
async fn drafted(
    unit: &mut (impl Operators + ?Sized),
    id: &str,
    change: &OperatorChange,
) -> Result<(Operator, Operator), ChangeOperatorError> {
    if let Some(authentication) = &change.authentication {
        check_keys(authentication).map_err(ChangeOperatorError::Jwks)?;
    }
    let before = find(unit, id).await?;
    let after = before.clone().changed(change.clone())?;
    Ok((before, after))
}

async fn carry_out(
    unit: &mut (impl AuditLog + Grants + Operators + WebhookMessages + ?Sized),
    (now, randomness): (Timestamp, &dyn Randomness),
    (before, after): (Operator, Operator),
    change: &OperatorChange,
    by: &str,
) -> Result<Operator, ChangeOperatorError> {
    unit.update_operator(&after).await?;
    let ended = if before.may_play() && !after.may_play() { unit.end_grants_of(&after.id, now).await? } else { 0 };
    let mut details = registration(&after, by);
    details["changed"] = json!(change.changed());
    details["grants_ended"] = json!(ended);
    let event = NewAuditEvent::of_operator(AuditKind::OperatorChanged, &after.id, details, now);
    unit.append_audit(&event).await?;
    queue_webhook(unit, &after.id, &WebhookEvent::registration_changed(), now, randomness).await?;
    Ok(after)
}

/// Disables an operator and ends everything that it was granted, or enables it again; a second time changes nothing. `by` is
/// who decided, where that is known.
pub async fn set_disabled(
    store: &dyn Store,
    (clock, randomness): (&dyn Clock, &dyn Randomness),
    id: &str,
    disabled: bool,
    by: &str,
) -> Result<Operator, ChangeOperatorError> {
    let mut unit = store.begin().await?;
    let operator = switch(unit.as_mut(), (clock.now(), randomness), id, disabled, by).await?;
    unit.commit().await?;
    Ok(operator)
}

/// The same within a transaction; `by` is who decided, where that is known.
pub async fn switch(
    unit: &mut (impl AuditLog + Grants + Operators + WebhookMessages + ?Sized),
    at: (Timestamp, &dyn Randomness),
    id: &str,
    disabled: bool,
    by: &str,
) -> Result<Operator, ChangeOperatorError> {
    explained_switch(unit, at, id, disabled, (by, None)).await
}

/// Stops an operator, as one of the staff may alone; the log keeps who did, and why.
pub async fn stop(
    store: &dyn Store,
    (clock, randomness): (&dyn Clock, &dyn Randomness),
    id: &str,
    (by, why): (&str, &str),
) -> Result<Operator, ChangeOperatorError> {
    let mut unit = store.begin().await?;
    let operator = explained_switch(unit.as_mut(), (clock.now(), randomness), id, true, (by, Some(why))).await?;
    unit.commit().await?;
    Ok(operator)
}

/// How many grants stand that a stop of this operator would end.
pub async fn standing_grants_of(store: &dyn Store, clock: &dyn Clock, id: &str) -> Result<u64, ChangeOperatorError> {
    let parsed = OperatorId::parse(id)?;
    let mut unit = store.read().await?;
    unit.find_operator(&parsed).await?.ok_or_else(|| ChangeOperatorError::Unknown(id.to_owned()))?;
    Ok(unit.count_grants_of(&parsed, clock.now()).await?)
}

async fn explained_switch(
    unit: &mut (impl AuditLog + Grants + Operators + WebhookMessages + ?Sized),
    (now, randomness): (Timestamp, &dyn Randomness),
    id: &str,
    disabled: bool,
    (by, why): (&str, Option<&str>),
) -> Result<Operator, ChangeOperatorError> {
    let mut operator = find(unit, id).await?;
    if operator.disabled_at.is_some() == disabled {
        return Ok(operator);
    }
    operator.disabled_at = disabled.then_some(now);
    unit.update_operator(&operator).await?;
    let (kind, ended) = if disabled {
        (AuditKind::OperatorDisabled, unit.end_grants_of(&operator.id, now).await?)
    } else {
        (AuditKind::OperatorEnabled, 0)
    };
    let mut details = json!({ "grants_ended": ended });
    note_by(&mut details, by);
    if let Some(why) = why {
        details["why"] = json!(why);
    }
    let event = NewAuditEvent::of_operator(kind, &operator.id, details, now);
    unit.append_audit(&event).await?;
    queue_webhook(unit, &operator.id, &WebhookEvent::registration_changed(), now, randomness).await?;
    Ok(operator)
}

/// Finds it, and holds it until this transaction ends: what is judged of it is so still when it is changed.
async fn find(unit: &mut (impl Operators + ?Sized), id: &str) -> Result<Operator, ChangeOperatorError> {
    let parsed = OperatorId::parse(id)?;
    unit.hold_operator(&parsed).await?;
    unit.find_operator(&parsed).await?.ok_or_else(|| ChangeOperatorError::Unknown(id.to_owned()))
}
