//! What an operator did with a code: whoever tests its back end in a sandbox sees it by what reached the service.

use serde_json::Value;

use crate::app::Services;
use crate::domain::audit::event::AuditKind;
use crate::domain::audit::ports::AuditLog;
use crate::domain::kernel::handle::hash_handle;
use crate::domain::kernel::secret::SecretText;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::grant::Grant;
use crate::domain::operators::operator::OperatorId;

/// Events of one verification that are looked through for the end of its grant.
const TRAIL: u32 = 100;

/// What came of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedCode {
    /// Who redeemed it.
    pub operator: OperatorId,
    /// What was issued, the oldest first.
    pub tokens: Vec<IssuedAt>,
    /// When all of it ended before its time, and why ([`EndOfGrant::as_str`](crate::domain::oauth::grant::EndOfGrant::as_str)).
    pub ended: Option<(Timestamp, Option<String>)>,
}

/// One pair of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuedAt {
    /// When.
    pub at: Timestamp,
    /// How many renewals lie between the first pair and this one. Two pairs with the same number came of the same refresh token.
    pub renewals: u32,
}

/// What came of the code; `None` while it was not redeemed, of every other text, and outside a sandbox.
pub async fn follow_code(services: &Services, code: &SecretText) -> Result<Option<FollowedCode>, StoreError> {
    if !services.policy.sandbox {
        return Ok(None);
    }
    let mut unit = services.store.read().await?;
    let Some(grant) = unit.grant_of_code(hash_handle(code.expose())).await? else { return Ok(None) };
    let issued = unit.refresh_tokens_of(grant.id).await?;
    let ended = match grant.ended_at {
        Some(at) => Some((at, why_ended(unit.as_mut(), &grant).await?)),
        None => None,
    };
    let tokens = issued.into_iter().map(|(renewals, at)| IssuedAt { at, renewals }).collect();
    Ok(Some(FollowedCode { operator: grant.operator, tokens, ended }))
}

/// What the log says. An operator that is disabled ends all of its grants at once, and that is told of the operator.
async fn why_ended(unit: &mut (impl AuditLog + ?Sized), grant: &Grant) -> Result<Option<String>, StoreError> {
    let trail = unit.audit_trail(&[grant.verification.to_string()], TRAIL).await?;
    let id = grant.id.to_string();
    let revoked = trail.iter().filter(|event| event.kind == AuditKind::TokenRevoked.as_str());
    let details = revoked.filter_map(|event| serde_json::from_str::<Value>(&event.details).ok());
    let of_it =
        |details: Value| (details["grant"] == id.as_str()).then(|| details["why"].as_str().map(str::to_owned))?;
    Ok(details.filter_map(of_it).next_back())
}
