//! A short access token, and a refresh token for the next (RFC 9068, RFC 9700 section 4.14).

use std::time::Duration;

use serde_json::{Value, json};

use super::status_lists::status_claim;
use crate::app::Services;
use crate::app::webhooks::queue::queue_webhook;
use crate::domain::audit::event::{AuditKind, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::handle::{hash_handle, new_handle};
use crate::domain::kernel::id::TokenId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::access_token::{ACR_SESSION, AccessTokenClaims, acr, amr};
use crate::domain::oauth::confirmation::Confirmation;
use crate::domain::oauth::credentials::{SignError, Statement};
use crate::domain::oauth::grant::{EndOfGrant, Grant, NewRefreshToken};
use crate::domain::oauth::id_token::{IdTokenClaims, IdTokenRequest, LIFETIME, SCOPE, granted_scope};
use crate::domain::oauth::ports::Grants;
use crate::domain::webhooks::event::WebhookEvent;
use crate::domain::webhooks::ports::WebhookMessages;

/// What the operator gets.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The JWT.
    pub access_token: SecretText,
    /// `DPoP` or `Bearer`.
    pub token_type: &'static str,
    /// Its life.
    pub expires_in: Duration,
    /// Good until its successor was used, for this operator and the key of this token alone.
    pub refresh_token: SecretText,
    /// What was granted.
    pub scope: &'static str,
    /// Who it was, where that was asked for; with the first tokens alone.
    pub id_token: Option<SecretText>,
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The code or refresh token is unknown, used, expired, of another client or key, or what it stands for has ended; the
    /// reason is for the log, since only an attacker learns from it.
    #[error("the grant is not valid: {0}")]
    InvalidGrant(&'static str),
    /// A renewal asks for more than was granted.
    #[error("the scope is more than was granted")]
    Scope,
    /// Outside the sandbox tokens are bound to a key, and none was proven.
    #[error("tokens are bound to a key: a DPoP proof or a client certificate is required")]
    Unbound,
    /// Whether the person may play cannot be said now.
    #[error("whether the person may play cannot be said now")]
    CannotTell,
    /// The tokens were issued, and the answer does not reach the operator: a scenario of the sandbox.
    #[error("the answer was lost, as the scenario has it")]
    AnswerLost,
    /// The token could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The store did not do as asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Tokens that are made and not kept yet: nobody may have them before they are.
#[derive(Debug)]
pub(super) struct Prepared {
    issued: Issued,
    refresh: NewRefreshToken,
    event: NewAuditEvent,
}

/// Issues the first tokens of a grant that stands, for `lifetime`; `details` go into the audit event.
pub(in crate::app) async fn issue(
    services: &Services,
    unit: &mut (impl AuditLog + Grants + ?Sized),
    grant: &Grant,
    id_token: Option<&IdTokenRequest>,
    (details, lifetime): (Value, Duration),
    now: Timestamp,
) -> Result<Issued, GrantError> {
    let prepared = prepare(services, grant, 0, (details, lifetime), now)?;
    let id_token = id_token.map(|wanted| sign_id_token(services, grant, wanted, now)).transpose()?;
    let issued = keep(unit, vec![prepared], now).await?;
    let first = issued.into_iter().next().ok_or(StoreError::Conflict)?;
    Ok(Issued { id_token, ..first })
}

fn sign_id_token(
    services: &Services,
    grant: &Grant,
    wanted: &IdTokenRequest,
    now: Timestamp,
) -> Result<SecretText, SignError> {
    let policy = &services.policy;
    let claims = IdTokenClaims {
        iss: policy.issuer.clone(),
        sub: policy.subject(&grant.operator, grant.player),
        aud: grant.operator.to_string(),
        exp: now.plus(LIFETIME).seconds(),
        iat: now.seconds(),
        auth_time: grant.verified_at.seconds(),
        nonce: wanted.nonce.clone(),
        acr: acr(grant.bound_by, grant.factor).to_owned(),
        amr: amr(grant.factor),
        sandbox: policy.sandbox.then_some(true),
    };
    services.credentials.signer.state(Statement::IdToken, &json!(claims)).map(SecretText::new)
}

/// Keeps what was prepared, in this order.
pub(super) async fn keep(
    unit: &mut (impl AuditLog + Grants + ?Sized),
    prepared: Vec<Prepared>,
    now: Timestamp,
) -> Result<Vec<Issued>, StoreError> {
    if prepared.is_empty() {
        return Ok(Vec::new());
    }
    let tokens: Vec<_> = prepared.iter().map(|one| one.refresh).collect();
    let (issued, events): (Vec<_>, Vec<_>) = prepared.into_iter().map(|one| (one.issued, one.event)).unzip();
    unit.insert_refresh_tokens(&tokens, now).await?;
    unit.append_audits(&events).await?;
    Ok(issued)
}

/// Makes tokens of a grant that stands, after so many renewals and for `lifetime`.
pub(super) fn prepare(
    services: &Services,
    grant: &Grant,
    generation: u32,
    (details, lifetime): (Value, Duration),
    now: Timestamp,
) -> Result<Prepared, SignError> {
    let issued_at = Timestamp::from_seconds(now.seconds());
    let expires_at = Timestamp::from_seconds(issued_at.plus(lifetime).seconds().min(grant.expires_at.seconds()));
    let id = TokenId::new(now, services.randomness.as_ref());
    let access_token = services.credentials.signer.sign(&claims(services, grant, id, issued_at, expires_at))?;
    let refresh_token = new_handle(services.randomness.as_ref());
    let mut event =
        json!({ "operator": grant.operator.as_str(), "grant": grant.id.to_string(), "token": id.to_string() });
    if let (Value::Object(event), Value::Object(details)) = (&mut event, details) {
        event.extend(details);
    }
    let refresh = NewRefreshToken { hash: hash_handle(&refresh_token), grant: grant.id, generation };
    let issued = Issued {
        access_token,
        token_type: Confirmation::token_type(grant.confirmation),
        expires_in: expires_at.since(issued_at),
        refresh_token: SecretText::new(refresh_token),
        scope: granted_scope(grant.openid),
        id_token: None,
    };
    Ok(Prepared { issued, refresh, event: of_grant(AuditKind::TokenIssued, grant, event, now) })
}

/// Ends a grant and with it every token of it, and tells its operator; false when it had ended before.
pub(in crate::app) async fn end(
    services: &Services,
    unit: &mut (impl AuditLog + Grants + WebhookMessages + ?Sized),
    grant: &Grant,
    why: EndOfGrant,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !unit.end_grant(grant.id, now).await? {
        return Ok(false);
    }
    let details = json!({ "operator": grant.operator.as_str(), "grant": grant.id.to_string(), "why": why.as_str() });
    unit.append_audit(&of_grant(AuditKind::TokenRevoked, grant, details, now)).await?;
    let sub = || services.policy.subject(&grant.operator, grant.player);
    let mut events = vec![WebhookEvent::token_revoked(grant.verification, sub())];
    if why == EndOfGrant::Restricted {
        events.push(WebhookEvent::player_restricted(sub()));
    }
    for event in events {
        queue_webhook(unit, &grant.operator, &event, now, services.randomness.as_ref()).await?;
    }
    Ok(true)
}

fn of_grant(kind: AuditKind, grant: &Grant, details: Value, now: Timestamp) -> NewAuditEvent {
    NewAuditEvent { kind, at: now, subject: grant.verification.to_string(), details }
}

fn claims(
    services: &Services,
    grant: &Grant,
    id: TokenId,
    issued_at: Timestamp,
    expires_at: Timestamp,
) -> AccessTokenClaims {
    let policy = &services.policy;
    let class = if grant.is_elevated(issued_at) { acr(grant.bound_by, grant.factor) } else { ACR_SESSION };
    AccessTokenClaims {
        iss: policy.issuer.clone(),
        sub: policy.subject(&grant.operator, grant.player),
        aud: grant.operator.to_string(),
        client_id: grant.operator.to_string(),
        exp: expires_at.seconds(),
        iat: issued_at.seconds(),
        auth_time: grant.verified_at.seconds(),
        jti: id.to_string(),
        scope: SCOPE.to_owned(),
        acr: class.to_owned(),
        amr: amr(grant.factor),
        cnf: grant.confirmation.map(Into::into),
        status: status_claim(policy, grant.status),
        sandbox: policy.sandbox.then_some(true),
    }
}
