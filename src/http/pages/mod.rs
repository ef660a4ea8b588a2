//! Pages that the service writes itself, without a script: for who comes to its root or to an address that is none.

pub(super) mod refusal;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap, LOCATION, VARY};
use actix_web::{HttpRequest, HttpResponse, web};

use super::problem::locale;
use super::web_files::looked_at;
use crate::messages::Locale;
use crate::messages::page::page_texts;

const STYLE: &str = include_str!("page.css");
const ICON: &[u8] = include_bytes!("favicon.ico");
const A_DAY: &str = "public, max-age=86400";
/// Where pages stand; without its slash an address leads there all the same.
const ROOMS: [&str; 7] = ["/verify", "/console", "/docs", "/docs/interface", "/docs/reference", "/not-me", "/sandbox"];

/// What one page says.
struct Page<'a> {
    title: &'a str,
    text: &'a str,
    /// The stable code of a refusal.
    code: Option<&'a str>,
    /// The way on: address and words.
    link: Option<(&'a str, &'a str)>,
}

/// Mounts `/`, the addresses of the pages without their slash, and what these pages show.
pub(super) fn configure(config: &mut web::ServiceConfig, sandbox: bool) {
    for room in ROOMS.into_iter().filter(|room| sandbox || *room != "/sandbox") {
        config.service(looked_at(room, with_slash));
    }
    config.service(looked_at("/page.css", style)).service(looked_at("/favicon.ico", icon));
    if sandbox {
        config.service(looked_at("/", to_sandbox));
    } else {
        config.service(looked_at("/", front));
    }
}

/// Whether whoever asks shows what comes to a person.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

async fn with_slash(request: HttpRequest) -> HttpResponse {
    let query = request.query_string();
    let mark = if query.is_empty() { "" } else { "?" };
    let address = format!("{}/{mark}{query}", request.path());
    HttpResponse::PermanentRedirect().insert_header((LOCATION, address)).finish()
}

/// Not for good: the same address may be another service's tomorrow.
async fn to_sandbox() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, "/sandbox/")).insert_header((CACHE_CONTROL, "no-store")).finish()
}

async fn front(request: HttpRequest) -> HttpResponse {
    let locale = locale(&request);
    let Some(texts) = page_texts(locale) else { return HttpResponse::InternalServerError().finish() };
    let page =
        Page { title: &texts.front.title, text: &texts.front.text, code: None, link: Some(("/docs/", &texts.guide)) };
    HttpResponse::build(StatusCode::OK)
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_LANGUAGE, locale.tag()))
        .insert_header((VARY, "Accept-Language"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(render(&page, locale))
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((CACHE_CONTROL, A_DAY))
        .body(STYLE)
}

async fn icon() -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "image/x-icon")).insert_header((CACHE_CONTROL, A_DAY)).body(ICON)
}

fn render(page: &Page<'_>, locale: Locale) -> String {
    let code = page.code.map(|code| format!("<p class=\"code\">{}</p>", escaped(code))).unwrap_or_default();
    let link = page.link.map(|(address, words)| format!("<a href=\"{address}\">{}</a>", escaped(words)));
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{title}</title>\n<link rel=\"icon\" href=\"/favicon.ico\">\n<link rel=\"stylesheet\" href=\"/page.css\">\n\
         </head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{}</p>\n{code}{}\n</main>\n</body>\n</html>\n",
        locale.tag(),
        escaped(page.text),
        link.unwrap_or_default(),
        title = escaped(page.title),
    )
}

/// Text between tags stays text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::ACCEPT_LANGUAGE;
    use actix_web::{App, test};

    async fn got(address: &str, sandbox: bool) -> (StatusCode, String, String) {
        let app = test::init_service(App::new().configure(|config| configure(config, sandbox))).await;
        let request = test::TestRequest::get().uri(address).insert_header((ACCEPT_LANGUAGE, "kk")).to_request();
        let answer = test::call_service(&app, request).await;
        let location = answer.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = answer.status();
        (status, location, String::from_utf8_lossy(&test::read_body(answer).await).into_owned())
    }

    #[actix_web::test]
    async fn the_root_leads_to_the_sandbox_where_there_is_one_and_says_what_this_is_elsewhere() {
        let (status, location, _) = got("/", true).await;
        assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, "/sandbox/"));
        let (status, _, page) = got("/", false).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("<html lang=\"kk\">") && page.contains("<a href=\"/docs/\">"), "{page}");
        assert!(page.contains(&page_texts(Locale::Kk).unwrap().front.text), "{page}");
    }

    #[actix_web::test]
    async fn an_address_without_its_slash_leads_to_the_one_with_it() {
        for room in ROOMS {
            let (status, location, _) = got(room, true).await;
            assert_eq!((status, location), (StatusCode::PERMANENT_REDIRECT, format!("{room}/")));
        }
        assert_eq!(got("/verify?lang=kk", true).await.1, "/verify/?lang=kk");
        assert_eq!(got("/sandbox", false).await.0, StatusCode::NOT_FOUND);
    }

    #[actix_web::test]
    async fn text_stays_text() {
        let page = Page { title: "<b>", text: "a & \"b\"", code: Some("<script>"), link: None };
        let shown = render(&page, Locale::En);
        for part in ["<h1>&lt;b&gt;</h1>", "a &amp; &quot;b&quot;", "&lt;script&gt;"] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
    }

    #[actix_web::test]
    async fn browsers_find_an_icon_and_the_style() {
        for (address, begin) in [("/favicon.ico", "\0\0\u{1}\0"), ("/page.css", "/*")] {
            let (status, _, body) = got(address, false).await;
            assert!(status == StatusCode::OK && body.starts_with(begin), "{address}");
        }
    }
}
