//! What all writes share: their key, their body, and an answer that is kept with them.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::Services;
use crate::app::once::{OnceError, once};
use crate::domain::idempotency::{IdempotencyKey, KeptAnswer, RequestFingerprint};
use crate::domain::ports::UnitOfWork;
use crate::domain::secret::SecretBytes;
use crate::domain::time::Timestamp;
use crate::http::problem::{Problem, ProblemCode, locale};

/// The header (draft-ietf-httpapi-idempotency-key-header).
const HEADER: &str = "idempotency-key";
/// Keys of this door are its own.
const DOOR: &str = "administration";

/// Does `work` once, however often the request comes, and answers each time the same.
pub(super) async fn write_once(
    request: &HttpRequest,
    services: &Services,
    body: &[u8],
    work: impl AsyncFnOnce(&mut dyn UnitOfWork, Timestamp) -> Result<KeptAnswer, Problem>,
) -> Result<HttpResponse, Problem> {
    let problem = |code| Problem::new(code, locale(request));
    let key = key(request).ok_or_else(|| problem(ProblemCode::IdempotencyKeyMissing))?;
    let asked = RequestFingerprint::of(request.method().as_str(), request.path(), body);
    let ports = (services.store.as_ref(), services.clock.as_ref());
    let answer = once(ports, key, asked, work).await.map_err(|error| match error {
        OnceError::KeyReused => problem(ProblemCode::IdempotencyKeyReused),
        OnceError::Refused(problem) => problem,
        OnceError::Store(error) => Problem::store(&error, locale(request)),
    })?;
    let status = StatusCode::from_u16(answer.status).map_err(|_| problem(ProblemCode::Internal))?;
    Ok(HttpResponse::build(status)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_TYPE, "application/json"))
        .body(answer.body.expose().to_vec()))
}

fn key(request: &HttpRequest) -> Option<IdempotencyKey> {
    let mut headers = request.headers().get_all(HEADER);
    let header = headers.next()?.to_str().ok()?;
    if headers.next().is_some() { None } else { IdempotencyKey::parse(DOOR, header) }
}

/// An answer to keep.
pub(super) fn answer(status: StatusCode, body: &impl Serialize) -> KeptAnswer {
    // What we answer always has a JSON form.
    let body = serde_json::to_vec(body).unwrap_or_default();
    KeptAnswer { status: status.as_u16(), body: SecretBytes::new(body) }
}

/// Reads a JSON body; a refusal says where it is wrong.
pub(super) fn read<T: DeserializeOwned>(request: &HttpRequest, body: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let parsed: Result<T, _> = serde_path_to_error::deserialize(&mut json);
    let refused = |why: String| Problem::new(ProblemCode::BadRequest, locale(request)).because(why);
    let parsed = parsed.map_err(|error| refused(error.to_string()))?;
    json.end().map_err(|error| refused(error.to_string()))?;
    Ok(parsed)
}
