//! What a service outside a sandbox gives browsers along, and which doors it has not.

use rastau::http::web_files::has_page;
use reqwest::header::{HeaderMap, HeaderName, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method};
use serde_json::json;

use crate::support::app::{CLIENT, TestApp};
use crate::support::browser::Browser;

const PUBLIC: &str = "https://rastau.example";

/// A service as production has it; the proxy that ends TLS is left out.
async fn production() -> TestApp {
    TestApp::start_with(|policy| {
        policy.sandbox = false;
        policy.public_url = PUBLIC.parse().unwrap();
        PUBLIC.clone_into(&mut policy.issuer);
    })
    .await
}

fn http() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

#[tokio::test]
async fn cookies_are_of_this_host_alone_and_no_script_reads_them() {
    let app = production().await;
    let browser = Browser::arrive_unasked(&app).await;
    assert_eq!(browser.view().await["stage"], "consent", "they are taken as they are given");
    let link = format!("oauth2/authorize?client_id={CLIENT}&request_uri=urn:ietf:params:oauth:request_uri:handle");
    let arrived = http().get(app.base.join(&link).unwrap()).send().await.unwrap();
    let cookies: Vec<&str> = arrived.headers().get_all(SET_COOKIE).iter().map(|one| one.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    for name in ["__Host-rastau_session", "__Host-rastau_device"] {
        let cookie = cookies.iter().find(|cookie| cookie.starts_with(&format!("{name}="))).expect(name);
        let mut parts = cookie.split("; ");
        assert_eq!(parts.next().unwrap().len(), name.len() + 1 + 43, "{cookie}");
        let marks: Vec<&str> = parts.collect();
        for mark in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(marks.contains(&mark), "{mark}: {cookie}");
        }
        assert!(marks.iter().all(|mark| !mark.starts_with("Domain")), "{cookie}");
    }
}

fn expect_guarded(headers: &HeaderMap, what: &str) {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let policy = header("content-security-policy");
    let directives: Vec<&str> = policy.split("; ").collect();
    for directive in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(directives.contains(&directive), "{what}: {directive} in {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{what}: {policy}");
    assert_eq!(header("strict-transport-security"), "max-age=63072000; includeSubDomains", "{what}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("referrer-policy"), "no-referrer", "{what}");
    assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{what}");
    let shared: Vec<&str> =
        headers.keys().map(HeaderName::as_str).filter(|name| name.contains("control-allow")).collect();
    assert!(shared.is_empty(), "{what}: {shared:?}");
}

#[tokio::test]
async fn every_answer_is_guarded_and_none_is_for_pages_of_others() {
    let app = production().await;
    let http = http();
    for path in [
        "/health/live",
        "/health/ready",
        "/verify/",
        "/console/",
        "/not-me/",
        "/api/player/verification",
        "/api/player/consent",
        "/api/player/nothing",
        "/api/console/me",
        "/api/console/nothing",
        "/api/administration/operators",
        "/api/compliance/cases",
        "/oauth2/authorize",
        "/oauth2/par",
        "/oauth2/token",
        "/oauth2/userinfo",
        "/oauth2/introspect",
        "/oauth2/jwks",
        "/.well-known/openid-configuration",
        "/nothing",
    ] {
        let address = app.base.join(path).unwrap();
        for method in [Method::GET, Method::POST, Method::OPTIONS, Method::TRACE] {
            let request = http.request(method.clone(), address.clone()).header(ORIGIN, "https://evil.example");
            let asked = request
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "content-type, rastau-visit, dpop");
            let answer = asked.send().await.unwrap();
            let what = format!("{method} {path}");
            expect_guarded(answer.headers(), &what);
            let status = answer.status();
            assert!(!status.is_server_error() || path == "/health/ready", "{what}: {status}");
            if method == Method::OPTIONS || method == Method::TRACE {
                assert!(status.is_client_error(), "{what}: {status}");
            }
        }
    }
}

/// Every door of a sandbox, and whether something is there to be found behind it.
const DOORS: [(Method, &str, bool); 19] = [
    (Method::POST, "/sandbox/play", true),
    (Method::GET, "/sandbox/callback?code=x", true),
    (Method::GET, "/sandbox/", false),
    (Method::GET, "/api/sandbox/scenarios", true),
    (Method::GET, "/api/sandbox/clock", true),
    (Method::POST, "/api/sandbox/clock", true),
    (Method::DELETE, "/api/sandbox/clock", true),
    (Method::GET, "/api/sandbox/notices?iin=900101300017", true),
    (Method::POST, "/api/sandbox/photo-check", true),
    (Method::GET, "/api/sandbox/session/unknown", false),
    (Method::GET, "/api/sandbox/people", true),
    (Method::POST, "/api/sandbox/people", true),
    (Method::GET, "/api/sandbox/people/suggest-iin?birth_date=1990-01-01", true),
    (Method::DELETE, "/api/sandbox/people/900101300017", false),
    (Method::GET, "/api/sandbox/people/900101300017/photo", false),
    (Method::POST, "/api/player/captures/pretend", true),
    (Method::POST, "/api/player/contact/pretend", true),
    (Method::POST, "/api/player/second-factor/pretend", true),
    (Method::GET, "/.well-known/oauth-authorization-server/sandbox", true),
];

#[tokio::test]
async fn no_door_of_a_sandbox_is_there_outside_of_one() {
    let (sandbox, production) = (TestApp::start().await, production().await);
    let ask = async |app: &TestApp, method: &Method, path: &str| {
        let own = app.services.policy.public_url.origin().ascii_serialization();
        let request = http().request(method.clone(), app.base.join(path).unwrap()).header(ORIGIN, own);
        request.json(&json!({})).send().await.unwrap().status().as_u16()
    };
    for (method, path, is_there) in &DOORS {
        assert_eq!(ask(&production, method, path).await, 404, "{method} {path}");
        if *is_there || (*path == "/sandbox/" && has_page("sandbox")) {
            assert_ne!(ask(&sandbox, method, path).await, 404, "{method} {path}");
        }
    }
}
