//! The proof of a key that comes with a request: DPoP, RFC 9449.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;

use super::error::OAuthError;
use crate::app::Services;
use crate::app::prove_key::{KeyProofError, prove_key};
use crate::domain::confirmation::Thumbprint;
use crate::domain::proof_nonce;

/// RFC 9449 section 4.
const DPOP: &str = "dpop";
/// RFC 9449 section 8.1.
const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// The key that the caller has shown to hold, if it tried to; `path` is the endpoint's.
pub(super) async fn proven(
    services: &Services,
    request: &HttpRequest,
    path: &str,
) -> Result<Option<Thumbprint>, OAuthError> {
    let mut headers = request.headers().get_all(DPOP);
    let Some(header) = headers.next() else { return Ok(None) };
    if headers.next().is_some() {
        return Err(refused("one DPoP proof a request"));
    }
    let proof = header.to_str().map_err(|_| refused("the DPoP proof is no JWT"))?;
    match prove_key(services, proof, request.method().as_str(), path).await {
        Ok(key) => Ok(Some(key)),
        Err(KeyProofError::UseNonce) => {
            let (name, nonce) = fresh_nonce(services);
            Err(OAuthError::bad_request("use_dpop_nonce", "the DPoP proof must carry the nonce of this service")
                .with_header(name, nonce))
        }
        Err(KeyProofError::Refused(why)) => {
            tracing::warn!(why, "a DPoP proof was refused");
            Err(refused(&why))
        }
        Err(KeyProofError::Store(error)) => Err(OAuthError::store(&error)),
    }
}

/// Tokens are bound to a key here, and none was shown.
pub(super) fn required() -> OAuthError {
    refused("tokens are bound to a key: a DPoP proof or a client certificate is required")
}

/// The nonce for the caller's next proof.
pub(super) fn fresh_nonce(services: &Services) -> (HeaderName, String) {
    (NONCE, proof_nonce::nonce(&services.policy.pairwise_key, services.clock.now()))
}

fn refused(why: &str) -> OAuthError {
    OAuthError::bad_request("invalid_dpop_proof", why)
}
