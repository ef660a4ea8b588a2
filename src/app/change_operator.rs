//! Change an operator, or let it ask for nothing: each with its audit event, together.

use serde_json::json;

use super::add_operator::check_jwks;
use crate::domain::audit::{AuditKind, NewAuditEvent};
use crate::domain::operator::{ClientAuthentication, Operator, OperatorChange, OperatorError, OperatorId};
use crate::domain::ports::{Clock, Store, StoreError, UnitOfWork};

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeOperatorError {
    /// Wrong data.
    #[error(transparent)]
    Invalid(#[from] OperatorError),
    /// No usable public keys.
    #[error("the JWKS cannot be used: {0}")]
    Jwks(String),
    /// There is none with this id.
    #[error("there is no operator with the id {0}")]
    Unknown(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Changes what `change` names. New keys count from the next request on: keep the old ones in the set until they are used no more.
pub async fn change_operator(
    store: &dyn Store,
    clock: &dyn Clock,
    id: &str,
    change: OperatorChange,
) -> Result<Operator, ChangeOperatorError> {
    if let Some(ClientAuthentication::PrivateKeyJwt { jwks }) = &change.authentication {
        check_jwks(jwks).map_err(ChangeOperatorError::Jwks)?;
    }
    let mut unit = store.begin().await?;
    let operator = find(unit.as_mut(), id).await?;
    let changed = change.changed();
    let operator = operator.changed(change)?;
    unit.update_operator(&operator).await?;
    let details = json!({
        "changed": changed,
        "name": operator.name,
        "authentication": operator.authentication.method(),
        "redirect_uris": operator.redirect_uris,
        "contact": operator.contact,
        "requests_per_second": operator.requests_per_second,
    });
    let event = NewAuditEvent::of_operator(AuditKind::OperatorChanged, &operator.id, details, clock.now());
    unit.append_audit(&event).await?;
    unit.commit().await?;
    Ok(operator)
}

/// Disables an operator and ends everything that it was granted, or enables it again; a second time changes nothing.
pub async fn set_disabled(
    store: &dyn Store,
    clock: &dyn Clock,
    id: &str,
    disabled: bool,
) -> Result<Operator, ChangeOperatorError> {
    let now = clock.now();
    let mut unit = store.begin().await?;
    let mut operator = find(unit.as_mut(), id).await?;
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
    let event = NewAuditEvent::of_operator(kind, &operator.id, json!({ "grants_ended": ended }), now);
    unit.append_audit(&event).await?;
    unit.commit().await?;
    Ok(operator)
}

async fn find(unit: &mut dyn UnitOfWork, id: &str) -> Result<Operator, ChangeOperatorError> {
    let parsed = OperatorId::parse(id)?;
    unit.find_operator(&parsed).await?.ok_or_else(|| ChangeOperatorError::Unknown(id.to_owned()))
}
