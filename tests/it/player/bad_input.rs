//! What strangers and broken clients send.

use std::io::Write as _;

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::faces::{Who, id_photo};
use crate::support::people::{adult, to_face};

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
            "/api/player/consent",
            r#"{"accepted":true,"version":"2026-11"}"#.to_owned(),
            // What a form of another site may send without being asked for more.
            "text/plain",
            415,
            "media_type",
        ),
        (Method::POST, "/api/player/identify", "[".repeat(60_000), json, 400, "bad_request"),
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
async fn what_is_packed_is_not_unpacked() {
    let app = TestApp::start().await;
    let player = app.arrive().await;
    let packed = |text: &str| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    };
    let consent = packed(r#"{"accepted":true,"version":"2026-11"}"#);
    let bomb = packed(&format!("{{\"iin\":\"{}\"}}", "1".repeat(10_000_000)));
    assert!(bomb.len() < 20_000, "small enough to be read");
    let http = Client::builder().no_proxy().build().unwrap();
    for (path, body) in [("consent", consent), ("identify", bomb)] {
        let request =
            http.post(app.base.join(&format!("/api/player/{path}")).unwrap()).header("cookie", player.cookie());
        let request =
            request.header("rastau-visit", player.visit()).header("origin", app.base.origin().ascii_serialization());
        let request = request.header("content-type", "application/json").header("content-encoding", "gzip");
        assert_eq!(request.body(body).send().await.unwrap().status(), StatusCode::BAD_REQUEST, "{path}");
    }
    assert_eq!(player.view().await.unwrap()["stage"], "consent");
}

#[tokio::test]
async fn a_refusal_is_told_in_the_language_that_was_asked_for() {
    let app = TestApp::start().await;
    let mut titles = std::collections::BTreeSet::new();
    for (asked, told) in [("kk", "kk"), ("ru-KZ,en;q=0.5", "ru"), ("en-GB", "en")] {
        let request = Client::new().get(app.base.join("/api/player/nothing").unwrap()).header("accept-language", asked);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-language"], told, "{asked}");
        titles.insert(answer.json::<Value>().await.unwrap()["title"].as_str().unwrap().to_owned());
    }
    assert_eq!(titles.len(), 3, "{titles:?}");
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
async fn only_our_own_origin_to_the_letter_takes_a_step_or_opens_the_stream() {
    let app = TestApp::start().await;
    let iin = adult(435);
    app.add_person(&iin, &id_photo(Who::Astronaut)).await;
    let (fresh, player) = (app.arrive().await, app.arrive().await);
    to_face(&player, &iin).await;
    let own = app.base.origin().ascii_serialization();
    let port = app.base.port().unwrap();
    let http = Client::builder().no_proxy().build().unwrap();
    let consent = async |origin: Option<&str>| {
        let request = http.post(app.base.join("/api/player/consent").unwrap()).header("cookie", fresh.cookie());
        let request = request.header("rastau-visit", fresh.visit());
        let request = request.json(&serde_json::json!({ "accepted": true, "version": "2026-11" }));
        origin.iter().fold(request, |request, origin| request.header("origin", *origin)).send().await.unwrap().status()
    };
    let stream = async |origin: Option<&str>| {
        let address = app.base.join(&format!("api/player/capture?visit={}", player.visit())).unwrap();
        let request = http.get(address).header("cookie", player.cookie());
        let request = request.header("connection", "upgrade").header("upgrade", "websocket");
        let request = request.header("sec-websocket-version", "13");
        let request = request.header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        origin.iter().fold(request, |request, origin| request.header("origin", *origin)).send().await.unwrap().status()
    };
    let foreign = [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        String::new(),
        format!("{own}.evil.example"),
        format!("http://evil.localhost:{port}"),
        own.to_uppercase(),
        own.replace("http:", "https:"),
        format!("http://localhost:{}", port ^ 1),
        "http://localhost".to_owned(),
        format!("http://127.0.0.1:{port}"),
        format!("{own}/"),
        format!("{own}, https://evil.example"),
        format!("https://evil.example, {own}"),
    ];
    for origin in foreign.iter().map(|origin| Some(origin.as_str())).chain([None]) {
        assert_eq!(consent(origin).await, StatusCode::FORBIDDEN, "{origin:?}");
        assert_eq!(stream(origin).await, StatusCode::FORBIDDEN, "{origin:?}");
    }
    assert_eq!(fresh.view().await.unwrap()["stage"], "consent");
    let left = player.view().await.unwrap()["face"]["attempts_left"].clone();
    assert_eq!(left, 3, "nothing was counted");
    assert_eq!(consent(Some(&own)).await, StatusCode::OK);
    assert_eq!(stream(Some(&own)).await, StatusCode::SWITCHING_PROTOCOLS);
}

#[tokio::test]
async fn a_session_that_was_made_up_takes_no_step() {
    let app = TestApp::start().await;
    let player = app.arrive().await;
    let own = app.base.origin().ascii_serialization();
    let session = player.cookie().split("; ").find_map(|pair| pair.strip_prefix("rastau_session=")).unwrap();
    let (longer, shorter) = (format!("{session}A"), &session[..42]);
    let upper = session.to_uppercase();
    for made_up in ["", "unknown", "' OR '1'='1", "%00", &longer, shorter, &upper, player.visit()] {
        for step in ["consent", "identify", "cancel", "totp/verify"] {
            let request = Client::new().post(app.base.join(&format!("/api/player/{step}")).unwrap());
            let request = request.header("cookie", format!("rastau_session={made_up}"));
            let request = request.header("rastau-visit", player.visit()).header("origin", &own);
            let body = match step {
                "consent" => serde_json::json!({ "accepted": true, "version": "2026-11" }),
                "identify" => serde_json::json!({ "iin": "900101300017" }),
                "cancel" => serde_json::json!({}),
                _ => serde_json::json!({ "code": "123456" }),
            };
            let status = request.json(&body).send().await.unwrap().status().as_u16();
            // A handle that is none of ours names another visit than the page does, or none.
            assert!([401, 409].contains(&status), "{step} as {made_up}: {status}");
        }
    }
    assert_eq!(player.view().await.unwrap()["stage"], "consent");
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
