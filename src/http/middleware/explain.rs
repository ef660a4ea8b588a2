//! What the framework refuses without a word is a problem like any other (RFC 9457).

use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::ALLOW;
use actix_web::middleware::Next;

use crate::http::problem::{Problem, ProblemCode, locale};

/// Gives an empty 404 or 405 its problem.
pub async fn explain(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let locale = locale(request.request());
    let answer = next.call(request).await?.map_into_boxed_body();
    if !matches!(answer.response().body().size(), BodySize::None | BodySize::Sized(0)) {
        return Ok(answer);
    }
    match answer.status() {
        StatusCode::NOT_FOUND => Err(Problem::new(ProblemCode::NotFound, locale).into()),
        StatusCode::METHOD_NOT_ALLOWED => {
            let allow = answer.headers().get(ALLOW).and_then(|allow| allow.to_str().ok()).unwrap_or_default();
            Err(Problem::method_not_allowed(allow, locale).into())
        }
        _ => Ok(answer),
    }
}
