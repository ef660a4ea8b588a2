//! The cookie by which a browser is known again, so that failed captures lock it: a random token and nothing else, of which
//! the store keeps the hash alone. Whoever deletes it is a new device; the person's own lock holds all the same.

use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::{HttpRequest, web};

use super::session_cookie::ours;
use crate::app::Services;
use crate::http::own_cookie::is_https;

/// As the session's: bound to this very host where the browser takes that prefix.
const SECURE_NAME: &str = "__Host-rastau_device";
const PLAIN_NAME: &str = "rastau_device";
/// Browsers keep no cookie for longer (RFC 6265bis section 5.5).
const LIFETIME: Duration = Duration::days(400);

fn name(services: &Services) -> &'static str {
    if is_https(services) { SECURE_NAME } else { PLAIN_NAME }
}

/// The cookie; given anew with every verification, so that it stays as long as the browser comes.
pub(super) fn make(services: &Services, token: &str) -> Cookie<'static> {
    ours(services, name(services), token, LIFETIME)
}

/// The token that the browser brings, if any.
pub(super) fn read(request: &HttpRequest, services: &web::Data<Services>) -> Option<String> {
    request.cookie(name(services)).map(|cookie| cookie.value().to_owned())
}
