//! Addresses that people type: the root, a page without its slash, and one that is none.

use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, HeaderMap};
use reqwest::{Client, StatusCode};

use crate::support::app::TestApp;

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn http() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

async fn open(app: &TestApp, path: &str, accept: &str) -> (StatusCode, HeaderMap, String) {
    let request = http().get(app.base.join(path).unwrap()).header(ACCEPT, accept).header(ACCEPT_LANGUAGE, "kk");
    let answer = request.send().await.unwrap();
    (answer.status(), answer.headers().clone(), answer.text().await.unwrap())
}

#[tokio::test]
async fn every_address_leads_somewhere_and_carries_the_security_headers() {
    let app = TestApp::start().await;
    for (path, status, leads_to) in [
        ("/", 303, Some("/sandbox/")),
        ("/sandbox", 308, Some("/sandbox/")),
        ("/docs", 308, Some("/docs/")),
        ("/docs/reference", 308, Some("/docs/reference/")),
        ("/console", 308, Some("/console/")),
        ("/verify", 308, Some("/verify/")),
        ("/not-me", 308, Some("/not-me/")),
        ("/favicon.ico", 200, None),
        ("/page.css", 200, None),
        ("/nothing", 404, None),
        ("/api/player/nothing", 404, None),
    ] {
        let (got, headers, _) = open(&app, path, BROWSER).await;
        assert_eq!(got.as_u16(), status, "{path}");
        assert_eq!(headers.get("location").map(|to| to.to_str().unwrap()), leads_to, "{path}");
        assert!(headers.contains_key("content-security-policy"), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
    }
}

#[tokio::test]
async fn a_browser_reads_a_refusal_as_a_page_and_a_program_as_a_document() {
    let app = TestApp::start().await;
    for path in ["/nothing", "/verify/nothing", "/api/player/nothing"] {
        let (status, headers, page) = open(&app, path, BROWSER).await;
        assert_eq!(
            (status, headers["content-type"].to_str().unwrap()),
            (StatusCode::NOT_FOUND, "text/html; charset=utf-8")
        );
        assert_eq!(headers["content-language"], "kk");
        assert!(page.contains("<html lang=\"kk\">") && page.contains("<a href=\"/\">"), "{page}");
        let (status, headers, body) = open(&app, path, "*/*").await;
        assert_eq!(
            (status, headers["content-type"].to_str().unwrap()),
            (StatusCode::NOT_FOUND, "application/problem+json")
        );
        assert_eq!(serde_json::from_str::<serde_json::Value>(&body).unwrap()["code"], "not_found");
    }
    // Two refusals of one address are told apart by what was asked for.
    for accept in [BROWSER, "*/*"] {
        let (_, headers, _) = open(&app, "/nothing", accept).await;
        let vary: Vec<_> = headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        assert!(vary.contains(&"Accept") && vary.contains(&"Accept-Language"), "{vary:?}");
    }
}

#[tokio::test]
async fn whoever_asks_for_the_head_gets_it_and_another_method_is_told_what_there_is() {
    let app = TestApp::start().await;
    let http = http();
    for path in [
        "/",
        "/sandbox",
        "/sandbox/",
        "/docs/",
        "/verify/",
        "/console/",
        "/not-me/",
        "/favicon.ico",
        "/page.css",
        "/health/live",
        "/health/ready",
        "/api/openapi.json",
    ] {
        let address = app.base.join(path).unwrap();
        let whole = http.get(address.clone()).send().await.unwrap();
        let head = http.head(address.clone()).send().await.unwrap();
        assert_eq!(head.status(), whole.status(), "{path}");
        for name in ["content-type", "content-length", "location", "etag"] {
            assert_eq!(head.headers().get(name), whole.headers().get(name), "{path} {name}");
        }
        assert!(head.bytes().await.unwrap().is_empty(), "{path}");
        for method in [reqwest::Method::POST, reqwest::Method::DELETE] {
            let refused = http.request(method.clone(), address.clone()).send().await.unwrap();
            assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_eq!(refused.headers()["allow"], "GET, HEAD", "{method} {path}");
        }
    }
    // What only looking would change something is not looked at in passing.
    let back = http.head(app.base.join("/api/player/return").unwrap()).send().await.unwrap();
    assert!(back.status().is_client_error(), "{}", back.status());
}
