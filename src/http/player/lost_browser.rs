//! A browser that follows a link shows whatever comes: a page of ours says more to a player than a problem document.

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};

use crate::http::pages::wants_page;
use crate::http::problem::Problem;

/// Where the page finds out for itself whether there is anything to go on with.
const PAGE: &str = "/verify/";

/// Answers a link that leads nowhere (any more): a browser is sent to the player's page, anybody else gets the refusal.
pub(super) fn answer(request: &HttpRequest, refusal: Problem) -> Result<HttpResponse, Problem> {
    answer_by(request, refusal, PAGE)
}

/// The same, with a page that says what is wrong with this link.
pub(super) fn answer_by(request: &HttpRequest, refusal: Problem, page: &'static str) -> Result<HttpResponse, Problem> {
    if refusal.status_code().is_client_error() && wants_page(request.headers()) {
        Ok(HttpResponse::SeeOther().insert_header((LOCATION, page)).insert_header((CACHE_CONTROL, "no-store")).finish())
    } else {
        Err(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::problem::ProblemCode;
    use crate::messages::Locale;
    use actix_web::http::StatusCode;
    use actix_web::http::header::ACCEPT;
    use actix_web::test::TestRequest;

    fn answered(accept: &str, code: ProblemCode) -> Result<StatusCode, StatusCode> {
        let request = TestRequest::default().insert_header((ACCEPT, accept)).to_http_request();
        answer(&request, Problem::new(code, Locale::En))
            .map(|answer| answer.status())
            .map_err(|refusal| refusal.status_code())
    }

    #[test]
    fn only_a_browser_with_a_dead_link_is_sent_to_a_page() {
        let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        let dead = ProblemCode::RequestUnknown;
        assert_eq!(answered(browser, dead), Ok(StatusCode::SEE_OTHER));
        assert_eq!(answered("application/json", dead), Err(StatusCode::BAD_REQUEST));
        let ours = ProblemCode::Unavailable;
        assert_eq!(answered(browser, ours), Err(StatusCode::SERVICE_UNAVAILABLE));
    }
}
