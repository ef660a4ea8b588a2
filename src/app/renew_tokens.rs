//! The operator renews its token: no face is asked for, but the restrictions are, each time (RFC 6749 section 6).

use super::Services;
use super::check_restrictions::check_restrictions;
use super::issue_tokens::{GrantError, Issued, end, issue};
use crate::app::PlayerError;
use crate::domain::authorization::hash_handle;
use crate::domain::confirmation::Confirmation;
use crate::domain::grant::{EndOfGrant, Grant, RefreshUse};
use crate::domain::operator::Operator;
use crate::domain::reason::ReasonCode;
use crate::domain::secret::SecretText;
use crate::domain::time::Timestamp;
use crate::domain::verification::Verdict;

/// Uses a refresh token up for new ones. One that comes back ends its whole grant, whoever sent it; where it cannot be said
/// whether the person may play, nothing is used up and nothing issued.
pub async fn renew(
    services: &Services,
    operator: &Operator,
    refresh_token: &SecretText,
    confirmation: Option<Confirmation>,
) -> Result<Issued, GrantError> {
    let hash = hash_handle(refresh_token.expose());
    let mut unit = services.store.read().await?;
    let known = unit.grant_of_refresh_token(hash).await?;
    drop(unit);
    let known = known.ok_or(GrantError::InvalidGrant("no such refresh token"))?;
    check(&known, operator, confirmation, services.clock.now()).map_err(GrantError::InvalidGrant)?;
    let permission = check_restrictions(services, known.player).await.map_err(of_check)?;
    if permission.outcome.codes().contains(&ReasonCode::RestrictionsUnknown) {
        return Err(GrantError::CannotTell);
    }

    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let answer = match unit.use_refresh_token(hash, now).await? {
        RefreshUse::Unknown => Err(GrantError::InvalidGrant("no such refresh token")),
        RefreshUse::Replayed(grant) => {
            end(services, unit.as_mut(), &grant, EndOfGrant::RefreshReplayed, now).await?;
            Err(GrantError::InvalidGrant("the refresh token was used before"))
        }
        // Another replica may have ended it in the meantime.
        RefreshUse::Fresh(grant) if !grant.stands(now) => Err(GrantError::InvalidGrant("the grant has ended")),
        RefreshUse::Fresh(grant) if permission.outcome.verdict != Verdict::Approved => {
            end(services, unit.as_mut(), &grant, EndOfGrant::Restricted, now).await?;
            Err(GrantError::InvalidGrant("the person may no longer play"))
        }
        RefreshUse::Fresh(grant) => issue(services, unit.as_mut(), &grant, permission.details, now).await,
    };
    if matches!(answer, Ok(_) | Err(GrantError::InvalidGrant(_))) {
        unit.commit().await?;
    }
    answer
}

/// Of this operator, of this key, and standing. A stranger who shows a stolen token learns nothing and ends nothing.
fn check(
    grant: &Grant,
    operator: &Operator,
    confirmation: Option<Confirmation>,
    now: Timestamp,
) -> Result<(), &'static str> {
    if grant.operator != operator.id {
        Err("the refresh token is of another client")
    } else if grant.confirmation != confirmation {
        Err("the refresh token is bound to another key")
    } else if !grant.stands(now) {
        Err("the grant has ended")
    } else {
        Ok(())
    }
}

fn of_check(error: PlayerError) -> GrantError {
    match error {
        PlayerError::Store(error) => GrantError::Store(error),
        _ => GrantError::CannotTell,
    }
}
