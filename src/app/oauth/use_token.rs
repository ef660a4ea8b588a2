//! Somebody shows an access token at a resource of ours: does it stand, and is the key theirs? (RFC 9068 section 4, RFC 9449 section 7)

use std::sync::Arc;

use super::introspect::introspect;
use crate::app::Services;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::oauth::access_token::AccessTokenClaims;
use crate::domain::oauth::confirmation::{Confirmation, ConfirmationClaim};
use crate::domain::operators::operator::{Operator, OperatorId};

/// A token that stands, and whose it is.
#[derive(Clone, Debug)]
pub struct UsedToken {
    /// What it says.
    pub claims: Arc<AccessTokenClaims>,
    /// Whose token it is.
    pub operator: Operator,
}

/// The token, when it stands and `shown` is the key that it is bound to; a token that is bound to none wants none. `None` for
/// everything else, without a word why.
pub async fn use_token(
    services: &Services,
    token: &str,
    shown: Option<Confirmation>,
) -> Result<Option<UsedToken>, StoreError> {
    let Some(read) = services.credentials.signer.read(token) else { return Ok(None) };
    let Ok(id) = OperatorId::parse(&read.client_id) else { return Ok(None) };
    let operator = services.store.operator(&id).await?.filter(|operator| operator.disabled_at.is_none());
    let Some(operator) = operator else { return Ok(None) };
    let claims = introspect(services, &operator, token).await?;
    let claims = claims.filter(|claims| claims.cnf == shown.map(ConfirmationClaim::from));
    Ok(claims.map(|claims| UsedToken { claims, operator }))
}
