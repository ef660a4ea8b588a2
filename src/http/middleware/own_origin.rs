//! Requests that change something, and the capture stream, must come from our own pages: a second guard beside SameSite.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ORIGIN, UPGRADE};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::app::Services;
use crate::http::problem::{Problem, ProblemCode, locale};

/// Refuses a foreign or missing `Origin`, except on plain reading.
pub async fn check(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let reads = request.method() == Method::GET && !request.headers().contains_key(UPGRADE);
    if reads || is_own(&request) {
        next.call(request).await
    } else {
        Err(Problem::new(ProblemCode::ForeignOrigin, locale(request.request())).into())
    }
}

fn is_own(request: &ServiceRequest) -> bool {
    let Some(services) = request.app_data::<web::Data<Services>>() else {
        return false;
    };
    let own = services.policy.public_url.origin().ascii_serialization();
    request.headers().get(ORIGIN).is_some_and(|origin| origin.as_bytes() == own.as_bytes())
}
