//! The player goes back: the operator gets a code, or `access_denied` and no word why.

use url::Url;

use super::player_session::open;
use super::{PlayerError, Services};
use crate::domain::authorization::{AuthorizationCode, CODE_LIFETIME, HandleHash, hash_handle, new_handle};
use crate::domain::ports::StoreError;
use crate::domain::verification::{Verdict, Verification};

/// The address to send the browser to (RFC 6749 section 4.1.2, `iss` of RFC 9207). A second visit carries no
/// code, and a late one leads nowhere.
pub async fn return_to_operator(services: &Services, session: HandleHash) -> Result<Url, PlayerError> {
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let mut verification = open(unit.as_mut(), session).await?;
    let first = verification.hand_back(now)?;
    let approved = verification.outcome.as_ref().is_some_and(|outcome| outcome.verdict == Verdict::Approved);
    let mut address = Url::parse(&verification.request.redirect_uri)
        .map_err(|error| StoreError::Corrupt(format!("a redirect URI: {error}")))?;
    if first && approved {
        let code = new_handle(services.randomness.as_ref());
        unit.insert_code(&stored_code(&verification, &code, now.plus(CODE_LIFETIME))).await?;
        address.query_pairs_mut().append_pair("code", &code);
    } else {
        address.query_pairs_mut().append_pair("error", "access_denied");
    }
    if first {
        unit.update_verification(&mut verification).await?;
    }
    unit.commit().await?;
    if let Some(state) = &verification.request.state {
        address.query_pairs_mut().append_pair("state", state);
    }
    address.query_pairs_mut().append_pair("iss", &services.policy.issuer);
    Ok(address)
}

fn stored_code(
    verification: &Verification,
    code: &str,
    expires_at: crate::domain::time::Timestamp,
) -> AuthorizationCode {
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
