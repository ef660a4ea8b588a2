//! The cookie that ties a browser to its verification: a random handle, of which the store keeps the hash alone.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, web};

use crate::app::Services;
use crate::domain::authorization::{HandleHash, hash_handle};
use crate::domain::self_restriction::SELF_SERVICE;
use crate::domain::verification::VERIFICATION_LIFETIME;
use crate::http::own_cookie::{is_https, own_cookie};
use crate::http::problem::{Problem, ProblemCode, locale};

/// Over https, bound to this very host; over the sandbox's plain http a browser would not take that prefix.
const SECURE_NAME: &str = "__Host-rastau_session";
const PLAIN_NAME: &str = "rastau_session";

/// The cookie's name under the service's own address.
pub(in crate::http) fn name(services: &Services) -> &'static str {
    if is_https(services) { SECURE_NAME } else { PLAIN_NAME }
}

/// The cookie for a new session.
pub(super) fn make(services: &Services, handle: &str) -> Cookie<'static> {
    // To the last moment at which the person may act on a decision of the last moment.
    let seconds = i64::try_from((VERIFICATION_LIFETIME + SELF_SERVICE).as_secs()).unwrap_or(0);
    ours(services, name(services), handle, Duration::seconds(seconds))
}

/// A cookie of the player's pages.
pub(super) fn ours(services: &Services, name: &'static str, value: &str, lifetime: Duration) -> Cookie<'static> {
    // Lax: the browser must send it when it comes back from the operator's site by a link.
    own_cookie(services, name, value, lifetime, SameSite::Lax)
}

/// The session of a request.
pub(super) fn read(request: &HttpRequest, services: &web::Data<Services>) -> Result<HandleHash, Problem> {
    request
        .cookie(name(services))
        .map(|cookie| hash_handle(cookie.value()))
        .ok_or_else(|| Problem::new(ProblemCode::SessionUnknown, locale(request)))
}
