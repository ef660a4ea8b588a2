//! The cookie that ties a browser to its verification: a random handle, of which the store keeps the hash alone.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::HeaderValue;
use actix_web::{HttpRequest, web};

use crate::app::Services;
use crate::domain::kernel::handle::{HandleHash, hash_handle, visit_name};
use crate::domain::restrictions::self_restriction::SELF_SERVICE;
use crate::domain::verification::VERIFICATION_TTL;
use crate::http::own_cookie::{is_https, own_cookie};
use crate::http::problem::{Problem, ProblemCode, locale};

/// Over https, bound to this very host; over the sandbox's plain http a browser would not take that prefix.
const SECURE_NAME: &str = "__Host-rastau_session";
const PLAIN_NAME: &str = "rastau_session";
/// In which a page says whose visit it shows. No page of another site can send it.
const VISIT_HEADER: &str = "rastau-visit";

/// The cookie's name under the service's own address.
pub(in crate::http) fn name(services: &Services) -> &'static str {
    if is_https(services) { SECURE_NAME } else { PLAIN_NAME }
}

/// The cookie for a new session.
pub(super) fn make(services: &Services, handle: &str) -> Cookie<'static> {
    // To the last moment at which the person may act on a decision of the last moment.
    let seconds = i64::try_from((VERIFICATION_TTL + SELF_SERVICE).as_secs()).unwrap_or(0);
    ours(services, name(services), handle, Duration::seconds(seconds))
}

/// A cookie of the player's pages.
pub(super) fn ours(services: &Services, name: &'static str, value: &str, lifetime: Duration) -> Cookie<'static> {
    // Lax: the browser must send it when it comes back from the operator's site by a link.
    own_cookie(services, name, value, lifetime, SameSite::Lax)
}

/// The session of a request, which says whose visit its page shows.
///
/// A browser has one session, and may have several tabs: what is done in one of an earlier visit must not count for a later one,
/// of another operator perhaps.
pub(super) fn read(request: &HttpRequest, services: &web::Data<Services>) -> Result<HandleHash, Problem> {
    let session = any(request, services)?;
    let named = request.headers().get(VISIT_HEADER).map(HeaderValue::as_bytes);
    expect(request, session, named)
}

/// The same where a browser goes by an address and can send no header of ours.
pub(super) fn read_by_address(
    request: &HttpRequest,
    services: &web::Data<Services>,
    visit: Option<&str>,
) -> Result<HandleHash, Problem> {
    let session = any(request, services)?;
    expect(request, session, visit.map(str::as_bytes))
}

/// The session of a page that does not know yet whose visit it shows; one that does must say so.
pub(super) fn read_on_arrival(request: &HttpRequest, services: &web::Data<Services>) -> Result<HandleHash, Problem> {
    if request.headers().contains_key(VISIT_HEADER) { read(request, services) } else { any(request, services) }
}

fn any(request: &HttpRequest, services: &web::Data<Services>) -> Result<HandleHash, Problem> {
    request
        .cookie(name(services))
        .map(|cookie| hash_handle(cookie.value()))
        .ok_or_else(|| Problem::new(ProblemCode::SessionUnknown, locale(request)))
}

fn expect(request: &HttpRequest, session: HandleHash, named: Option<&[u8]>) -> Result<HandleHash, Problem> {
    if named == Some(visit_name(session).as_bytes()) {
        Ok(session)
    } else {
        Err(Problem::new(ProblemCode::OtherVisit, locale(request)))
    }
}
