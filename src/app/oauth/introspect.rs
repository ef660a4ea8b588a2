//! Does this token still stand? (RFC 7662)

use std::sync::Arc;

use super::status_lists::place_of;
use crate::app::Services;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::oauth::access_token::AccessTokenClaims;
use crate::domain::oauth::grant::Grant;
use crate::domain::oauth::ports::Grants;
use crate::domain::oauth::status_list::StatusListIndex;
use crate::domain::operators::operator::Operator;

/// The claims of an active token of this operator; `None` for everything else, without a word why (RFC 7662 section
/// 2.2): not ours, damaged, expired, revoked, or of another operator. Whoever gets an error must take it for inactive.
pub async fn introspect(
    services: &Services,
    operator: &Operator,
    token: &str,
) -> Result<Option<Arc<AccessTokenClaims>>, StoreError> {
    let now = services.clock.now();
    let Some((claims, place)) = claimed(services, token) else {
        return Ok(None);
    };
    let grant = services.store.grant_at(place).await?.filter(|grant| fits(services, grant, &claims));
    Ok(grant.and_then(|grant| {
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
    unit: &mut (impl Grants + ?Sized),
    token: &str,
) -> Result<Option<Grant>, StoreError> {
    let Some((claims, place)) = claimed(services, token) else {
        return Ok(None);
    };
    Ok(unit.grant_at(place).await?.filter(|grant| fits(services, grant, &claims)))
}

/// What a token that we signed says, and the place that it names.
fn claimed(services: &Services, token: &str) -> Option<(Arc<AccessTokenClaims>, StatusListIndex)> {
    let claims = services.credentials.signer.read(token)?;
    let place = place_of(&services.policy, &claims.status)?;
    Some((claims, place))
}

fn fits(services: &Services, grant: &Grant, claims: &AccessTokenClaims) -> bool {
    claims.client_id == grant.operator.as_str()
        && claims.auth_time == grant.verified_at.seconds()
        && claims.exp <= grant.expires_at.seconds()
        && claims.cnf == grant.confirmation.map(Into::into)
        && claims.sub == services.policy.subject(&grant.operator, grant.player)
}
