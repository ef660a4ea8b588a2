//! The player's browser arrives from the operator by a pushed request, and a verification begins.

use serde_json::json;

use super::session::audit;
use crate::app::{PlayerError, Services};
use crate::domain::audit::event::AuditKind;
use crate::domain::kernel::handle::{hash_handle, is_handle, new_handle};
use crate::domain::kernel::id::VerificationId;
use crate::domain::kernel::secret::SecretText;
use crate::domain::oauth::authorization::{MAX_OPENINGS, REQUEST_URI_PREFIX};
use crate::domain::verification::Verification;

/// What the browser needs.
#[derive(Debug)]
pub struct Started {
    /// The session's handle, for the cookie; only its hash is kept.
    pub session: SecretText,
    /// The device's token, for a cookie that stays; only its hash is kept.
    pub device: SecretText,
    /// Languages that the operator suggests.
    pub ui_locales: Option<String>,
}

/// Begins at consent, which uses the request up: a preview of the link, or the wrong browser, does not. `device` is the token that the browser brought, if any: a
/// browser without one, or with something that we did not give, is a new device.
pub async fn start_verification(
    services: &Services,
    client_id: &str,
    request_uri: &str,
    device: Option<&str>,
) -> Result<Started, PlayerError> {
    let handle = request_uri.strip_prefix(REQUEST_URI_PREFIX).ok_or(PlayerError::RequestUnknown)?;
    let now = services.clock.now();
    let mut unit = services.store.begin().await?;
    let handle = hash_handle(handle);
    let request = unit.find_request(handle).await?.ok_or(PlayerError::RequestUnknown)?;
    if request.operator.as_str() != client_id || now >= request.expires_at {
        return Err(PlayerError::RequestUnknown);
    }
    let ui_locales = request.ui_locales.clone();
    let session = new_handle(services.randomness.as_ref());
    let id = VerificationId::new(now, services.randomness.as_ref());
    let device = match device.filter(|token| is_handle(token)) {
        Some(known) => known.to_owned(),
        None => new_handle(services.randomness.as_ref()),
    };
    let verification = Verification {
        device: Some(hash_handle(&device)),
        ..Verification::start(id, request, hash_handle(&session), now)
    };
    unit.insert_verification(&verification).await?;
    if !unit.open_request(handle, verification.id, MAX_OPENINGS).await? {
        return Err(PlayerError::RequestUnknown);
    }
    let details = json!({ "operator": verification.operator.as_str() });
    audit(unit.as_mut(), &verification, AuditKind::VerificationStarted, details, now).await?;
    unit.commit().await?;
    Ok(Started { session: SecretText::new(session), device: SecretText::new(device), ui_locales })
}
