//! The player goes back: the operator gets a code, or `access_denied` and no word why.

use url::Url;

use super::session::open;
use crate::app::{PlayerError, Services};
use crate::domain::decision::Verdict;
use crate::domain::kernel::handle::{HandleHash, hash_handle, new_handle};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::authorization::{AuthorizationCode, CODE_TTL};
use crate::domain::oauth::ports::Authorizations;
use crate::domain::verification::Verification;

/// The address to send the browser to (RFC 6749 section 4.1.2, `iss` of RFC 9207). Whoever was approved may ask for it again, and
/// is given another code, while none was redeemed: the answer before may never have arrived.
///
/// # Errors
/// [`PlayerError::AlreadyReturned`] once a code was redeemed, or after so many; `Expired` when it is too late.
pub async fn return_to_operator(services: &Services, session: HandleHash) -> Result<Url, PlayerError> {
    match hand_over(services, session).await {
        // Two first visits at once, by a double click: this one comes second.
        Err(PlayerError::Store(StoreError::Conflict)) => hand_over(services, session).await,
        other => other,
    }
}

async fn hand_over(services: &Services, session: HandleHash) -> Result<Url, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    let first = verification.hand_back(now)?;
    let code = draw_code(services, unit.as_mut(), &verification, now).await?;
    if first {
        unit.update_verification(&mut verification).await?;
    }
    unit.commit().await?;
    let mut address = Url::parse(&verification.request.redirect_uri)
        .map_err(|error| StoreError::Corrupt(format!("a redirect URI: {error}")))?;
    match &code {
        Some(code) => address.query_pairs_mut().append_pair("code", code),
        None => address.query_pairs_mut().append_pair("error", "access_denied"),
    };
    if let Some(state) = &verification.request.state {
        address.query_pairs_mut().append_pair("state", state);
    }
    address.query_pairs_mut().append_pair("iss", &services.policy.issuer);
    Ok(address)
}

/// A code where the player was approved; `None` where they were not. Nobody whose code was redeemed is told of as denied.
async fn draw_code(
    services: &Services,
    unit: &mut (impl Authorizations + ?Sized),
    verification: &Verification,
    now: Timestamp,
) -> Result<Option<String>, PlayerError> {
    let drawn = unit.codes_drawn(verification.id).await?;
    let approved = verification.outcome.as_ref().is_some_and(|outcome| outcome.verdict == Verdict::Approved);
    if drawn.redeemed || (approved && !drawn.may_draw()) {
        return Err(PlayerError::AlreadyReturned);
    }
    if !approved {
        return Ok(None);
    }
    let code = new_handle(services.randomness.as_ref());
    unit.insert_code(&stored_code(verification, &code, now.plus(CODE_TTL))).await?;
    Ok(Some(code))
}

fn stored_code(verification: &Verification, code: &str, expires_at: Timestamp) -> AuthorizationCode {
    AuthorizationCode {
        hash: hash_handle(code),
        operator: verification.operator.clone(),
        verification: verification.id,
        redirect_uri: verification.request.redirect_uri.clone(),
        code_challenge: verification.request.code_challenge.clone(),
        dpop_jkt: verification.request.dpop_jkt,
        expires_at,
    }
}
