//! A refusal, for who reads it in a browser: the same status and headers, and the sentence as a page instead of a document.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, VARY};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};
use serde::Deserialize;

use super::{Page, render, wants_page};
use crate::http::middleware::refused::Refused;
use crate::http::problem::locale_of;
use crate::messages::Locale;
use crate::messages::page::page_texts;

/// Longer documents are none of ours.
const MAX_LENGTH: usize = 64 * 1024;

#[derive(Deserialize)]
struct Document {
    title: String,
    detail: String,
    code: String,
}

/// Answers who opens an address in a browser, and not a script of a page, with a page where it is refused.
pub(in crate::http) async fn as_page(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    let reads = wants_page(request.headers());
    let locale = locale_of(request.headers());
    match next.call(request).await {
        Ok(answer) if looks => {
            let (request, answer) = answer.map_into_boxed_body().into_parts();
            Ok(ServiceResponse::new(request, told(answer, reads, locale)))
        }
        Ok(answer) => Ok(answer.map_into_boxed_body()),
        Err(error) if looks => Err(Refused::completed(error, move |answer| told(answer, reads, locale))),
        Err(error) => Err(error),
    }
}

/// A problem as whoever asked reads it; any other answer as it is.
fn told(mut answer: HttpResponse, reads: bool, locale: Locale) -> HttpResponse {
    if !is_problem(answer.headers()) {
        return answer;
    }
    // Whoever keeps it must not show the one to who asks for the other.
    answer.headers_mut().append(VARY, HeaderValue::from_static("Accept"));
    if reads { page_of(answer, locale) } else { answer }
}

fn page_of(answer: HttpResponse, locale: Locale) -> HttpResponse {
    let (mut answer, body) = answer.into_parts();
    let read = body.try_into_bytes().ok().filter(|bytes| bytes.len() <= MAX_LENGTH);
    let document: Option<Document> = read.as_ref().and_then(|bytes| serde_json::from_slice(bytes).ok());
    let Some(document) = document else {
        return answer.set_body(BoxBody::new(read.unwrap_or_default()));
    };
    let page = Page {
        title: &document.title,
        text: &document.detail,
        code: Some(&document.code),
        link: page_texts(locale).map(|texts| ("/", texts.home.as_str())),
    };
    let page = render(&page, locale);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer.set_body(BoxBody::new(page))
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::middleware::explain::explain;
    use crate::http::problem::{Problem, ProblemCode};
    use actix_web::http::header::{ACCEPT, ACCEPT_LANGUAGE, RETRY_AFTER};
    use actix_web::middleware::from_fn;
    use actix_web::{App, test, web};
    use std::time::Duration;

    const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

    async fn busy() -> Result<&'static str, Problem> {
        Err(Problem::new(ProblemCode::Busy, Locale::Ru).retry_after(Duration::from_secs(7)))
    }

    /// Status, kind and body of the answer, and when to come again.
    async fn asked(method: Method, address: &str, accept: &str) -> (u16, String, String, Option<String>) {
        let app = App::new()
            .wrap(from_fn(explain))
            .wrap(from_fn(as_page))
            .route("/busy", web::to(busy))
            .route("/fine", web::get().to(|| async { "as it is" }));
        let app = test::init_service(app).await;
        let request = test::TestRequest::default()
            .method(method)
            .uri(address)
            .insert_header((ACCEPT, accept))
            .insert_header((ACCEPT_LANGUAGE, "ru"));
        let answer = match test::try_call_service(&app, request.to_request()).await {
            Ok(answer) => answer.into_parts().1.map_into_boxed_body(),
            Err(error) => error.error_response(),
        };
        let header = |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, kind, wait) = (answer.status().as_u16(), header(CONTENT_TYPE), header(RETRY_AFTER));
        let body = answer.into_body().try_into_bytes().unwrap();
        (status, kind.unwrap_or_default(), String::from_utf8(body.to_vec()).unwrap(), wait)
    }

    #[actix_web::test]
    async fn a_browser_reads_a_page_with_the_same_status_and_headers_and_a_way_on() {
        let (status, kind, page, wait) = asked(Method::GET, "/busy", BROWSER).await;
        assert_eq!((status, kind.as_str(), wait.as_deref()), (503, "text/html; charset=utf-8", Some("7")));
        let sentence = Problem::new(ProblemCode::Busy, Locale::Ru);
        assert!(page.contains("<html lang=\"ru\">") && page.contains(sentence.body().detail()), "{page}");
        assert!(page.contains("<a href=\"/\">") && page.contains("class=\"code\">busy<"), "{page}");

        // Nothing is there: the framework's own refusal, on its way out as an error.
        let (status, kind, page, _) = asked(Method::GET, "/nothing", BROWSER).await;
        assert_eq!((status, kind.as_str()), (404, "text/html; charset=utf-8"));
        assert!(page.contains("not_found"), "{page}");
    }

    #[actix_web::test]
    async fn a_program_reads_the_document_and_what_is_no_refusal_stays() {
        for (method, accept) in [(Method::GET, "*/*"), (Method::GET, "application/json"), (Method::POST, BROWSER)] {
            let (status, kind, body, _) = asked(method, "/busy", accept).await;
            assert_eq!((status, kind.as_str()), (503, "application/problem+json"));
            assert!(body.starts_with('{'), "{body}");
        }
        assert_eq!(asked(Method::GET, "/fine", BROWSER).await.2, "as it is");
    }
}
