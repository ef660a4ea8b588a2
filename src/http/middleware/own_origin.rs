//! Requests that change something, and the capture stream, must come from our own pages: a second guard beside SameSite.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, ORIGIN, UPGRADE};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::app::Services;
use crate::http::problem::{Problem, ProblemCode, locale};

/// What a browser says of who asks (Fetch Metadata); no page can write it.
const FETCH_SITE: &str = "sec-fetch-site";
const SAME_ORIGIN: &[u8] = b"same-origin";

/// Refuses a foreign or missing `Origin`, except on plain reading.
pub async fn check(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    expect_own_change(&request)?;
    next.call(request).await
}

/// The same for a door that has looked at the method already.
pub(in crate::http) fn expect_own_change(request: &ServiceRequest) -> Result<(), Problem> {
    // Whatever has another method changes nothing here: it goes on to be told so (405).
    let changes = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(request.method());
    if changes || request.headers().contains_key(UPGRADE) { expect_own(request) } else { Ok(()) }
}

/// The same where a GET changes something, too.
pub async fn check_every_method(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    expect_own(&request)?;
    next.call(request).await
}

fn expect_own(request: &ServiceRequest) -> Result<(), Problem> {
    let services = request.app_data::<web::Data<Services>>();
    let own = services.map(|services| services.policy.public_url.origin().ascii_serialization());
    if own.is_some_and(|own| is_of(request.headers(), &own)) {
        Ok(())
    } else {
        Err(Problem::new(ProblemCode::ForeignOrigin, locale(request.request())))
    }
}

/// Not every browser tells the site; every one tells the origin.
fn is_of(headers: &HeaderMap, own: &str) -> bool {
    let from_here = headers.get(FETCH_SITE).is_none_or(|site| site.as_bytes() == SAME_ORIGIN);
    from_here && headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes() == own.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn is_own(headers: &[(&'static str, &str)]) -> bool {
        let request = headers.iter().fold(TestRequest::default(), |request, header| request.insert_header(*header));
        is_of(request.to_http_request().headers(), "https://verify.example")
    }

    #[test]
    fn only_our_own_pages_are_our_own() {
        let own = ("origin", "https://verify.example");
        assert!(is_own(&[own]));
        assert!(is_own(&[own, (FETCH_SITE, "same-origin")]));
        for foreign in
            ["https://evil.example", "https://verify.example.evil.example", "https://VERIFY.example", "null", ""]
        {
            assert!(!is_own(&[("origin", foreign)]), "{foreign}");
        }
        assert!(!is_own(&[]));
        assert!(!is_own(&[(FETCH_SITE, "same-origin")]), "a site alone is no origin");
        for site in ["cross-site", "same-site", "none", ""] {
            assert!(!is_own(&[own, (FETCH_SITE, site)]), "{site}");
        }
    }
}
