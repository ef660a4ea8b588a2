//! Headers that every answer carries, a guard's refusal as well as a page.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use super::refused::Refused;
use crate::app::Services;
use crate::http::own_cookie::is_https;

/// Our own scripts, styles and pictures, the camera stream, and nothing from anywhere else.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; media-src 'self' blob:; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// The camera and passkeys for our own pages alone.
const PERMISSIONS: &str = "camera=(self), publickey-credentials-create=(self), publickey-credentials-get=(self), microphone=(), geolocation=()";
const TWO_YEARS: &str = "max-age=63072000; includeSubDomains";

const ALWAYS: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds them; answers that set a header themselves keep theirs.
pub async fn add(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let https = request.app_data::<web::Data<Services>>().is_some_and(|services| is_https(services));
    match next.call(request).await {
        Ok(mut answer) => {
            complete(answer.headers_mut(), https);
            Ok(answer)
        }
        Err(error) => Err(Refused::completed(error, move |mut answer| {
            complete(answer.headers_mut(), https);
            answer
        })),
    }
}

fn complete(headers: &mut HeaderMap, https: bool) {
    let always = ALWAYS.into_iter();
    for (name, value) in always.chain(https.then_some((STRICT_TRANSPORT_SECURITY, TWO_YEARS))) {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}
