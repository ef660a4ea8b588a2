//! What all writes share: their key, their body, and an answer that is kept with them.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::Services;
use crate::app::operators::idempotent;
use crate::app::operators::idempotent::{IdempotencyError, once};
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::idempotency::{IdempotencyKey, KeptAnswer, RequestFingerprint};
use crate::domain::ports::UnitOfWork;
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
    let (key, asked) = identified(request, body)?;
    let ports = (services.store.as_ref(), services.clock.as_ref());
    let answer = once(ports, key, asked, work).await.map_err(|error| problem(request, error))?;
    sent(request, &answer)
}

/// The answer of the first time, where there was one.
pub(super) async fn answered(
    request: &HttpRequest,
    services: &Services,
    body: &[u8],
) -> Result<Option<HttpResponse>, Problem> {
    let (key, asked) = identified(request, body)?;
    let known =
        idempotent::answered(services.store.as_ref(), key, asked).await.map_err(|error| problem(request, error))?;
    known.map(|answer| sent(request, &answer)).transpose()
}

fn identified(request: &HttpRequest, body: &[u8]) -> Result<(IdempotencyKey, RequestFingerprint), Problem> {
    let key = key(request).ok_or_else(|| Problem::new(ProblemCode::IdempotencyKeyMissing, locale(request)))?;
    Ok((key, RequestFingerprint::of(request.method().as_str(), request.path(), body)))
}

fn problem(request: &HttpRequest, error: IdempotencyError<Problem>) -> Problem {
    match error {
        IdempotencyError::KeyReused => Problem::new(ProblemCode::IdempotencyKeyReused, locale(request)),
        IdempotencyError::Refused(problem) => problem,
        IdempotencyError::Store(error) => Problem::store(&error, locale(request)),
    }
}

fn sent(request: &HttpRequest, answer: &KeptAnswer) -> Result<HttpResponse, Problem> {
    let status = StatusCode::from_u16(answer.status);
    let status = status.map_err(|_| Problem::new(ProblemCode::Internal, locale(request)))?;
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
