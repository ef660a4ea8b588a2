//! The operator gives back what it was granted (RFC 7009).

use super::introspect::grant_of;
use super::issue::end;
use crate::app::Services;
use crate::domain::kernel::handle::hash_handle;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::oauth::grant::EndOfGrant;
use crate::domain::operators::operator::Operator;

/// Ends the grant of an access or refresh token of this operator: a token that is given back leaves nothing behind to renew
/// it with. Of every other text nothing comes, and nothing is said (RFC 7009 section 2.2).
pub async fn revoke(services: &Services, operator: &Operator, token: &str) -> Result<(), StoreError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let grant = match unit.grant_of_refresh_token(hash_handle(token)).await? {
        Some(grant) => Some(grant),
        None => grant_of(services, unit.as_mut(), token).await?,
    };
    if let Some(grant) = grant.filter(|grant| grant.operator == operator.id) {
        end(services, unit.as_mut(), &grant, EndOfGrant::Revoked, now).await?;
        unit.commit().await?;
    }
    Ok(())
}
