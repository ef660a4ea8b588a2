//! Does this token still stand? (RFC 7662)

use super::Services;
use crate::domain::access_token::AccessTokenClaims;
use crate::domain::id::TokenId;
use crate::domain::operator::Operator;
use crate::domain::ports::StoreError;

/// Why there is no answer. Whoever gets none must take the token for inactive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntrospectionError {
    /// The store did not do as asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The claims of an active token of this operator; `None` for everything else, without a word why (RFC 7662 section
/// 2.2): not ours, damaged, expired, revoked, or of another operator.
pub async fn introspect(
    services: &Services,
    operator: &Operator,
    token: &str,
) -> Result<Option<AccessTokenClaims>, IntrospectionError> {
    let Some(claims) = services.signer.read(token) else {
        return Ok(None);
    };
    let Ok(id) = claims.jti.parse::<TokenId>() else {
        return Ok(None);
    };
    let now = services.clock.now();
    let mut unit = services.store.read().await?;
    let active = unit.find_token(id).await?.is_some_and(|issued| {
        issued.is_active(now)
            && issued.operator == operator.id
            && claims.client_id == operator.id.as_str()
            && now.seconds() < claims.exp
    });
    Ok(active.then_some(claims))
}
