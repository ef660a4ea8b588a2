//! Does this token still stand? (RFC 7662)

use super::Services;
use super::status_lists::place_of;
use crate::domain::access_token::AccessTokenClaims;
use crate::domain::grant::Grant;
use crate::domain::operator::Operator;
use crate::domain::ports::{StoreError, UnitOfWork};

/// The claims of an active token of this operator; `None` for everything else, without a word why (RFC 7662 section
/// 2.2): not ours, damaged, expired, revoked, or of another operator. Whoever gets an error must take it for inactive.
pub async fn introspect(
    services: &Services,
    operator: &Operator,
    token: &str,
) -> Result<Option<AccessTokenClaims>, StoreError> {
    let now = services.clock.now();
    let mut unit = services.store.read().await?;
    let found = grant_of(services, unit.as_mut(), token).await?;
    Ok(found.and_then(|(grant, claims)| {
        let active = grant.operator == operator.id
            && grant.ended_at.is_none()
            && claims.iat <= now.seconds()
            && now.seconds() < claims.exp;
        active.then_some(claims)
    }))
}

/// The grant that an access token of ours is of. The signature alone is not enough: the grant must be one that was made,
/// and of whom the token says.
pub(super) async fn grant_of(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    token: &str,
) -> Result<Option<(Grant, AccessTokenClaims)>, StoreError> {
    let policy = &services.policy;
    let Some(claims) = services.signer.read(token) else {
        return Ok(None);
    };
    let Some(place) = place_of(policy, &claims.status) else {
        return Ok(None);
    };
    let grant = unit.grant_at(place).await?.filter(|grant| {
        claims.client_id == grant.operator.as_str()
            && claims.auth_time == grant.verified_at.seconds()
            && claims.exp <= grant.expires_at.seconds()
            && claims.cnf == grant.confirmation.map(Into::into)
            && claims.sub == policy.subject(&grant.operator, grant.player)
    });
    Ok(grant.map(|grant| (grant, claims)))
}
