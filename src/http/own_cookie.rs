//! Cookies that are ours alone: no script reads them, and over https no other host sets them.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::app::Services;

/// One of this name and life; `same_site` says from where it is sent.
pub(in crate::http) fn own_cookie(
    services: &Services,
    name: &'static str,
    value: &str,
    lifetime: Duration,
    same_site: SameSite,
) -> Cookie<'static> {
    Cookie::build(name, value.to_owned())
        .path("/")
        .secure(is_https(services))
        .http_only(true)
        .same_site(same_site)
        .max_age(lifetime)
        .finish()
}

/// Whether the service's own address is one of https.
pub(in crate::http) fn is_https(services: &Services) -> bool {
    services.policy.public_url.scheme() == "https"
}
