//! The cookie of somebody who is signed in: a random handle, of which the store keeps the hash alone.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::app::Services;
use crate::domain::kernel::handle::{HandleHash, hash_handle};
use crate::domain::kernel::secret::SecretText;
use crate::domain::staff::MAX_SESSION;
use crate::http::own_cookie::{is_https, own_cookie};

/// Over https, bound to this very host; over the sandbox's plain http a browser would not take that prefix.
const SECURE_NAME: &str = "__Host-rastau_staff";
const PLAIN_NAME: &str = "rastau_staff";

fn name(services: &Services) -> &'static str {
    if is_https(services) { SECURE_NAME } else { PLAIN_NAME }
}

/// For a session that begins.
pub(in crate::http) fn make(services: &Services, handle: &SecretText) -> Cookie<'static> {
    let seconds = i64::try_from(MAX_SESSION.as_secs()).unwrap_or(0);
    ours(services, handle.expose(), Duration::seconds(seconds))
}

/// Takes it away.
pub(in crate::http) fn remove(services: &Services) -> Cookie<'static> {
    ours(services, "", Duration::ZERO)
}

/// The session of a request.
pub(in crate::http) fn read(request: &HttpRequest, services: &Services) -> Option<HandleHash> {
    request.cookie(name(services)).map(|cookie| hash_handle(cookie.value()))
}

fn ours(services: &Services, value: &str, lifetime: Duration) -> Cookie<'static> {
    // Strict: no other site's link or form sends it.
    own_cookie(services, name(services), value, lifetime, SameSite::Strict)
}
