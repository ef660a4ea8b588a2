//! The proof of a key that comes with a request: DPoP, RFC 9449.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest};
use url::Url;

use crate::app::Services;
use crate::app::oauth::prove_key::{CheckedProof, KeyProofError, check_proof, spend_proof};
use crate::domain::oauth::confirmation::Thumbprint;
use crate::domain::oauth::proof_nonce;
use crate::domain::operators::operator::Operator;
use crate::http::operator::ClientCertificates;
use crate::http::operator::client::authenticated;
use crate::http::operator::error::{OAuthError, refused_at_resource};
use crate::http::operator::form::Form;

/// RFC 9449 section 4.
const DPOP: &str = "dpop";
/// RFC 9449 section 8.1.
const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Who calls, and the key that they have shown to hold, if they tried to; `path` is the endpoint's. The proof is looked at first and
/// used up last: a caller who learns our nonce only now sends the same assertion again, beside another proof.
pub(in crate::http) async fn caller(
    services: &Services,
    request: &HttpRequest,
    form: &mut Form,
    path: &str,
) -> Result<(Operator, Option<Thumbprint>), OAuthError> {
    let proof = shown(services, request, path)?;
    let operator = authenticated(services, request, form).await?;
    let Some(proof) = proof else { return Ok((operator, None)) };
    let key = spend_proof(services, proof).await.map_err(refusal)?;
    Ok((operator, Some(key)))
}

/// The key of a proof that was made for this access token, where the token is shown at a resource (RFC 9449 section 7).
pub(super) async fn of_token(
    services: &Services,
    request: &HttpRequest,
    path: &str,
    token: &str,
) -> Result<Thumbprint, OAuthError> {
    let at_resource = |error: OAuthError| match error.code() {
        code @ ("use_dpop_nonce" | "invalid_dpop_proof") => refused_at_resource(code, error.description()),
        _ => error,
    };
    let proof = shown(services, request, path).map_err(at_resource)?;
    let proof = proof.filter(|proof| proof.is_for(token));
    let proof =
        proof.ok_or_else(|| refused_at_resource("invalid_dpop_proof", "a proof for this access token is required"))?;
    spend_proof(services, proof).await.map_err(|error| at_resource(refusal(error)))
}

fn shown(services: &Services, request: &HttpRequest, path: &str) -> Result<Option<CheckedProof>, OAuthError> {
    let mut headers = request.headers().get_all(DPOP);
    let Some(header) = headers.next() else { return Ok(None) };
    if headers.next().is_some() {
        return Err(refused("one DPoP proof a request"));
    }
    let proof = header.to_str().map_err(|_| refused("the DPoP proof is no JWT"))?;
    let checked = check_proof(services, proof, request.method().as_str(), &addresses(services, request, path));
    checked.map(Some).map_err(refusal)
}

/// Where the endpoint is: at our usual address, and where clients with certificates ask (RFC 8705 section 5).
fn addresses(services: &Services, request: &HttpRequest, path: &str) -> Vec<Url> {
    let alias = request.app_data::<Data<ClientCertificates>>().and_then(|settings| settings.alias(path));
    [services.policy.address(path)].into_iter().chain(alias).collect()
}

fn refusal(error: KeyProofError) -> OAuthError {
    match error {
        // Which one, every answer says.
        KeyProofError::UseNonce => {
            OAuthError::bad_request("use_dpop_nonce", "the DPoP proof must carry the nonce of this service")
        }
        KeyProofError::Refused(why) => {
            tracing::warn!(why, "a DPoP proof was refused");
            refused(&why)
        }
        KeyProofError::Store(error) => OAuthError::store(&error),
    }
}

/// Every answer of an endpoint that takes proofs brings the nonce for the next one (RFC 9449 section 8.2), refusals, too: a caller
/// learns it before it is needed.
pub(in crate::http) async fn offer_nonce(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let services = request.app_data::<Data<Services>>().cloned();
    let http = request.request().clone();
    let mut answer = match next.call(request).await {
        Ok(answer) => answer.map_into_boxed_body(),
        Err(error) => ServiceResponse::new(http, error.error_response()),
    };
    if let Some(services) = services {
        let nonce = proof_nonce::nonce(&services.policy.pairwise_key, services.clock.now());
        if let Ok(nonce) = HeaderValue::try_from(nonce) {
            answer.headers_mut().insert(NONCE, nonce);
        }
    }
    Ok(answer)
}

/// Tokens are bound to a key here, and none was shown.
pub(in crate::http) fn required() -> OAuthError {
    refused("tokens are bound to a key: a DPoP proof or a client certificate is required")
}

fn refused(why: &str) -> OAuthError {
    OAuthError::bad_request("invalid_dpop_proof", why)
}
