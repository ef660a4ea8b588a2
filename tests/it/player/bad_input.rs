//! What strangers and broken clients send.

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;

use crate::support::app::TestApp;

async fn ask(app: &TestApp, method: Method, path: &str, body: impl Into<reqwest::Body>, kind: &str) -> (u16, String) {
    let player = app.arrive().await;
    let answer = Client::new()
        .request(method, app.base.join(path).unwrap())
        .header("cookie", player.cookie())
        .header("rastau-visit", player.visit())
        .header("origin", app.base.origin().ascii_serialization())
        .header("content-type", kind)
        .header("accept-language", "en")
        .body(body)
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    let problem = answer.headers()["content-type"] == "application/problem+json";
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default();
    assert!(problem, "{path}: {status} is no problem document");
    assert_eq!(body["status"], status);
    assert!(body["detail"].as_str().unwrap().len() > 10 && body["title"].is_string(), "{body}");
    (status, body["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
#[allow(clippy::too_many_lines)] // a table
async fn every_refusal_is_a_problem_with_a_code_and_a_sentence() {
    let app = TestApp::start().await;
    let json = "application/json";
    let refused = [
        (Method::POST, "/api/player/consent", String::new(), json, 400, "bad_request"),
        (Method::POST, "/api/player/consent", "{".to_owned(), json, 400, "bad_request"),
        (Method::POST, "/api/player/consent", r#"{"accepted":"yes","version":1}"#.to_owned(), json, 400, "bad_request"),
        (
            Method::POST,
            "/api/player/consent",
            r#"{"accepted":true,"version":"2026-11","x":1}"#.to_owned(),
            json,
            400,
            "bad_request",
        ),
        (
            Method::POST,
            "/api/player/consent",
            "accepted=true".to_owned(),
            "application/x-www-form-urlencoded",
            415,
            "media_type",
        ),
        (
            Method::POST,
            "/api/player/identify",
            format!("{{\"iin\":\"{}\"}}", "1".repeat(100_000)),
            json,
            413,
            "body_too_large",
        ),
        (Method::GET, "/api/player/nothing", String::new(), json, 404, "not_found"),
        (
            Method::GET,
            "/oauth2/authorize?client_id=demo-bet&request_uri=urn:ietf:params:oauth:request_uri:unknown",
            String::new(),
            json,
            400,
            "request_unknown",
        ),
        (Method::GET, "/oauth2/authorize", String::new(), json, 400, "bad_request"),
    ];
    for (method, path, body, kind, status, code) in refused {
        assert_eq!(ask(&app, method, path, body.clone(), kind).await, (status, code.to_owned()), "{path} {body:.60}");
    }
}

#[tokio::test]
async fn a_hundred_megabytes_are_refused_without_being_read() {
    let app = TestApp::start().await;
    let answer = Client::new()
        .post(app.base.join("/api/player/consent").unwrap())
        .header("cookie", app.arrive().await.cookie())
        .header("origin", app.base.origin().ascii_serialization())
        .header("content-type", "application/json")
        .body(vec![b' '; 100 * 1024 * 1024])
        .send()
        .await;
    // The service may answer and close while the client still writes.
    if let Ok(answer) = answer {
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    assert_eq!(reqwest::get(app.base.join("/health/live").unwrap()).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn foreign_pages_and_unknown_sessions_change_nothing() {
    let app = TestApp::start().await;
    let player = app.arrive().await;
    let consent = app.base.join("/api/player/consent").unwrap();
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let mut request = Client::new()
            .post(consent.clone())
            .header("cookie", player.cookie())
            .json(&serde_json::json!({ "accepted": true, "version": "2026-11" }));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{origin:?}");
    }
    assert_eq!(player.view().await.unwrap()["stage"], "consent");
    for cookie in ["rastau_session=unknown", "rastau_session=", "other=1"] {
        let view = app.base.join("/api/player/verification").unwrap();
        let answer = Client::new().get(view).header("cookie", cookie).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{cookie}");
    }
}

#[tokio::test]
async fn a_flood_of_one_session_is_slowed() {
    let app = TestApp::start().await;
    let player = app.arrive().await;
    let views = futures_util::future::join_all((0..60).map(|_| player.view())).await;
    let slowed = views.into_iter().filter(Result::is_err).count();
    assert!((20..60).contains(&slowed), "{slowed} of 60 were slowed");
    assert!(app.arrive().await.view().await.is_ok(), "another session is not");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = TestApp::start().await;
    for path in ["/health/live", "/api/player/verification", "/nothing", "/oauth2/jwks"] {
        let answer = reqwest::get(app.base.join(path).unwrap()).await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
}
