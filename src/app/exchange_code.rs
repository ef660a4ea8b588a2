//! The operator trades the code for the token (RFC 6749 section 4.1.3, RFC 7636, RFC 9068).

use std::time::Duration;

use serde_json::json;

use super::Services;
use crate::domain::access_token::{AccessTokenClaims, IssuedToken, LONGEST_LIFETIME, acr, amr, pairwise_subject};
use crate::domain::audit::{AuditKind, NewAuditEvent};
use crate::domain::authorization::{AuthorizationCode, Redemption, SCOPE, hash_handle, pkce_fits};
use crate::domain::id::{PlayerId, TokenId};
use crate::domain::operator::Operator;
use crate::domain::ports::{SignError, StoreError, UnitOfWork};
use crate::domain::second_factor::FactorKind;
use crate::domain::secret::SecretText;
use crate::domain::time::Timestamp;
use crate::domain::verification::{Verdict, Verification};

/// What the operator sends.
#[derive(Clone, Debug)]
pub struct CodeGrant {
    /// The code.
    pub code: SecretText,
    /// The redirect URI of the request, once more.
    pub redirect_uri: String,
    /// The PKCE verifier.
    pub code_verifier: SecretText,
}

/// The token and what is said beside it.
#[derive(Clone, Debug)]
pub struct Exchanged {
    /// The JWT.
    pub access_token: SecretText,
    /// Its life.
    pub expires_in: Duration,
    /// Always [`SCOPE`].
    pub scope: &'static str,
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// The code is unknown, used, expired, of another client or redirect URI, or the verifier is not the one; the reason
    /// is for the log, since only an attacker learns from it.
    #[error("the grant is not valid: {0}")]
    InvalidGrant(&'static str),
    /// The token could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The store did not do as asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Redeems a code for an authenticated operator. The first attempt uses the code up, even when it then fails; a second
/// one ends the token that the first was given.
pub async fn exchange(services: &Services, operator: &Operator, grant: CodeGrant) -> Result<Exchanged, ExchangeError> {
    let now = services.clock.now();
    let hash = hash_handle(grant.code.expose());
    let mut unit = services.store.begin().await?;
    let answer = match unit.redeem_code(hash, now).await? {
        Redemption::Unknown => Err(ExchangeError::InvalidGrant("no such code")),
        Redemption::Replayed { token } => {
            end_token(unit.as_mut(), token, now).await?;
            Err(ExchangeError::InvalidGrant("the code was used before"))
        }
        Redemption::Fresh(code) => match check(&code, operator, &grant, now) {
            Err(why) => Err(ExchangeError::InvalidGrant(why)),
            Ok(()) => issue(services, unit.as_mut(), operator, &code, now).await,
        },
    };
    // A refused grant must burn the code. A failure of ours must not: it leaves nothing behind, and the code stays good.
    if matches!(answer, Ok(_) | Err(ExchangeError::InvalidGrant(_))) {
        unit.commit().await?;
    }
    answer
}

fn check(code: &AuthorizationCode, operator: &Operator, grant: &CodeGrant, now: Timestamp) -> Result<(), &'static str> {
    if code.operator != operator.id {
        Err("the code was made for another client")
    } else if code.redirect_uri != grant.redirect_uri {
        Err("redirect_uri is not the one of the request")
    } else if !pkce_fits(grant.code_verifier.expose(), &code.code_challenge) {
        Err("code_verifier does not fit the challenge")
    } else if now >= code.expires_at {
        Err("the code has expired")
    } else {
        Ok(())
    }
}

async fn issue(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    operator: &Operator,
    code: &AuthorizationCode,
    now: Timestamp,
) -> Result<Exchanged, ExchangeError> {
    let verification = unit.find_verification(code.verification).await?;
    let approved = verification
        .as_ref()
        .filter(|verification| verification.operator == operator.id)
        .and_then(Approval::of)
        .ok_or(ExchangeError::InvalidGrant("the verification was not approved"))?;

    let lifetime = services.policy.token_lifetime.min(LONGEST_LIFETIME);
    let issued_at = Timestamp::from_seconds(now.seconds());
    let token = IssuedToken {
        id: TokenId::new(now, services.randomness.as_ref()),
        operator: operator.id.clone(),
        player: approved.player,
        verification: code.verification,
        issued_at,
        expires_at: Timestamp::from_seconds(issued_at.plus(lifetime).seconds()),
        revoked_at: None,
    };
    let access_token = services.signer.sign(&claims(services, operator, &approved, &token))?;
    unit.insert_token(&token, code.hash).await?;
    unit.append_audit(&event(AuditKind::TokenIssued, &token, now)).await?;
    Ok(Exchanged { access_token, expires_in: token.expires_at.since(issued_at), scope: SCOPE })
}

/// What of an approved verification goes into the token.
struct Approval {
    player: PlayerId,
    factor: FactorKind,
    at: Timestamp,
}

impl Approval {
    fn of(verification: &Verification) -> Option<Self> {
        let outcome = verification.outcome.as_ref()?;
        if outcome.verdict != Verdict::Approved {
            return None;
        }
        Some(Self { player: verification.player?, factor: verification.factor?, at: verification.decided_at? })
    }
}

fn claims(services: &Services, operator: &Operator, approved: &Approval, token: &IssuedToken) -> AccessTokenClaims {
    let policy = &services.policy;
    AccessTokenClaims {
        iss: policy.issuer.clone(),
        sub: pairwise_subject(&policy.pairwise_key, operator.sector(), approved.player),
        aud: operator.id.to_string(),
        client_id: operator.id.to_string(),
        exp: token.expires_at.seconds(),
        iat: token.issued_at.seconds(),
        auth_time: approved.at.seconds(),
        jti: token.id.to_string(),
        scope: SCOPE.to_owned(),
        acr: acr(approved.factor).to_owned(),
        amr: amr(approved.factor),
        sandbox: policy.sandbox.then_some(true),
    }
}

/// RFC 6749 section 4.1.2: a code that comes back ends what came of it.
async fn end_token(unit: &mut dyn UnitOfWork, token: Option<TokenId>, now: Timestamp) -> Result<(), StoreError> {
    let Some(id) = token else { return Ok(()) };
    let Some(token) = unit.find_token(id).await? else {
        return Ok(());
    };
    if unit.revoke_token(id, now).await? {
        unit.append_audit(&event(AuditKind::TokenRevoked, &token, now)).await?;
    }
    Ok(())
}

fn event(kind: AuditKind, token: &IssuedToken, now: Timestamp) -> NewAuditEvent {
    NewAuditEvent {
        kind,
        at: now,
        subject: token.verification.to_string(),
        details: json!({ "operator": token.operator.as_str(), "token": token.id.to_string() }),
    }
}
