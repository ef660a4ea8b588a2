//! A browser arrives by a link: what the link, its address and its headers can do beside what the operator pushed.

use futures_util::future::join_all;
use rastau::domain::oauth::authorization::MAX_OPENINGS;
use reqwest::header::{ACCEPT, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use url::Url;

use crate::support::app::{CLIENT, TestApp};
use crate::support::browser::{Browser, OperatorServer, read};

fn http() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

/// The link to our pages, with more behind it.
fn link(app: &TestApp, request_uri: &str, more: &[(&str, &str)]) -> Url {
    let mut address = app.base.join("oauth2/authorize").unwrap();
    address.query_pairs_mut().append_pair("client_id", CLIENT).append_pair("request_uri", request_uri);
    for (name, value) in more {
        address.query_pairs_mut().append_pair(name, value);
    }
    address
}

async fn begun(app: &TestApp) -> usize {
    let events = app.services.store.read().await.unwrap().list_audit(1, 1_000).await.unwrap();
    events.iter().filter(|event| event.kind == "verification_started").count()
}

fn location(answer: &Response) -> &str {
    answer.headers()[LOCATION].to_str().unwrap()
}

#[tokio::test]
async fn a_request_is_opened_so_often_and_no_more_and_what_was_opened_goes_on() {
    let app = TestApp::start().await;
    let request_uri = OperatorServer::of(&app).push().await;
    let player = Browser::arrive(&app, &request_uri).await;
    let http = http();
    let opened = join_all((0..30).map(|_| http.get(link(&app, &request_uri, &[])).send())).await;
    let (mut new, most) = (0, usize::try_from(MAX_OPENINGS).unwrap());
    for answer in opened {
        let answer = answer.unwrap();
        if answer.status() == 303 {
            new += 1;
            continue;
        }
        assert_eq!(answer.headers().get(SET_COOKIE), None);
        let (status, problem) = read(answer).await;
        assert_eq!((status, problem["code"].as_str()), (400, Some("request_unknown")));
    }
    assert_eq!(new, most - 1);
    assert_eq!(begun(&app).await, most, "each opening is a row and an event: there are no more");
    player.consent().await;
    assert_eq!(player.view().await["stage"], "identify");
    // Another request of the operator is another count.
    Browser::arrive(&app, &OperatorServer::of(&app).push().await).await;
}

#[tokio::test]
async fn what_stands_in_the_address_beside_the_request_says_nothing() {
    let app = TestApp::start().await;
    let request_uri = OperatorServer::of(&app).push_with(&[("state", "pushed")]).await;
    let more = [
        ("redirect_uri", "https://evil.example/cb"),
        ("state", "evil"),
        ("scope", "openid play all"),
        ("response_type", "token"),
        ("response_mode", "fragment"),
        ("code_challenge", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("code_challenge_method", "plain"),
        ("dpop_jkt", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("nonce", "evil"),
        ("prompt", "none"),
        ("request", "a.b.c"),
    ];
    let arrived = http().get(link(&app, &request_uri, &more)).send().await.unwrap();
    assert_eq!((arrived.status().as_u16(), location(&arrived).starts_with("/verify/")), (303, true));
    assert!(!location(&arrived).contains("evil"), "{}", location(&arrived));
    // By the request as it was pushed the player goes back.
    let player = Browser::arrive(&app, &request_uri).await;
    assert_eq!(player.step("cancel", &json!({})).await.0, 200);
    let back = player.go_back().await;
    assert_eq!((back["state"].as_str(), back["error"].as_str()), ("pushed", "access_denied"));
    // Twice the same name: which one would count?
    for doubled in [("client_id", "other-bet"), ("request_uri", "urn:ietf:params:oauth:request_uri:x")] {
        let answer = http().get(link(&app, &request_uri, &[doubled])).send().await.unwrap();
        assert_eq!(read(answer).await.1["code"], "bad_request", "{doubled:?}");
    }
}

#[tokio::test]
async fn our_address_leads_nobody_elsewhere() {
    let app = TestApp::start().await;
    let good = OperatorServer::of(&app).push().await;
    for request_uri in [
        "",
        "https://evil.example/request.jwt",
        "urn:ietf:params:oauth:request_uri:unknown",
        "urn:ietf:params:oauth:request_uri:' OR '1'='1",
        "urn:ietf:params:oauth:request_uri:",
        &format!("{good} "),
        &good.to_uppercase(),
    ] {
        let address = link(&app, request_uri, &[("redirect_uri", "https://evil.example/cb")]);
        let told = http().get(address.clone()).send().await.unwrap();
        assert_eq!((told.status().as_u16(), told.headers().get(LOCATION)), (400, None), "{request_uri}");
        // A browser is shown a page of ours.
        let shown = http().get(address).header(ACCEPT, "text/html").send().await.unwrap();
        assert_eq!((shown.status().as_u16(), location(&shown)), (303, "/verify/"), "{request_uri}");
        assert_eq!(shown.headers().get(SET_COOKIE), None, "{request_uri}");
    }
    let mut plain = link(&app, &good, &[]);
    plain.set_query(Some("response_type=code&client_id=demo-bet&redirect_uri=https://evil.example/cb"));
    let told = http().get(plain.clone()).send().await.unwrap();
    let (status, problem) = read(told).await;
    assert_eq!((status, problem["code"].as_str()), (400, Some("bad_request")));
    assert!(problem["reason"].as_str().unwrap().contains("pushed_authorization_request_endpoint"), "{problem}");
    let shown = http().get(plain).header(ACCEPT, "text/html").send().await.unwrap();
    assert_eq!((shown.status().as_u16(), location(&shown)), (303, "/verify/?not-pushed"));
    assert_eq!(shown.headers().get(SET_COOKIE), None);
    let mut foreign = app.base.join("oauth2/authorize").unwrap();
    foreign.query_pairs_mut().append_pair("client_id", "other-bet").append_pair("request_uri", &good);
    assert_eq!(http().get(foreign).send().await.unwrap().status(), 400);
    assert_eq!(begun(&app).await, 0);
}

/// What a caller may say of where it called.
const SPOOFED: [(&str, &str); 9] = [
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "http"),
    ("x-forwarded-port", "81"),
    ("x-forwarded-prefix", "/evil"),
    ("x-host", "evil.example"),
    ("x-original-url", "/api/administration/operators"),
    ("x-rewrite-url", "/api/administration/operators"),
    ("forwarded", "for=127.0.0.1;host=evil.example;proto=http"),
];

fn spoofed(request: RequestBuilder) -> RequestBuilder {
    SPOOFED.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

/// All that could tell where somebody is led: status, body and headers, less what is of a moment.
async fn told(request: RequestBuilder) -> (u16, Vec<(String, String)>, Value) {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, kept(&headers), serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let kept = headers.iter().filter(|(name, _)| !["date", "set-cookie"].contains(&name.as_str()));
    kept.map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect()
}

#[tokio::test]
async fn who_a_caller_says_that_we_are_changes_nothing() {
    let app = TestApp::start().await;
    let http = http();
    for path in [
        "/.well-known/oauth-authorization-server/sandbox",
        "/oauth2/jwks",
        "/api/openapi.json",
        "/verify/",
        "/nothing",
        "/api/administration/operators",
    ] {
        let address = app.base.join(path).unwrap();
        let as_it_is = told(http.get(address.clone())).await;
        assert_eq!(told(spoofed(http.get(address))).await, as_it_is, "{path}");
    }
    let request_uri = OperatorServer::of(&app).push().await;
    let arrived = spoofed(http.get(link(&app, &request_uri, &[]))).send().await.unwrap();
    assert_eq!((arrived.status().as_u16(), location(&arrived)), (303, "/verify/"));
    let cookies: Vec<&str> = arrived.headers().get_all(SET_COOKIE).iter().map(|one| one.to_str().unwrap()).collect();
    assert!(cookies.iter().all(|cookie| !cookie.to_lowercase().contains("domain=")), "{cookies:?}");
    let session = cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ");

    let view = app.base.join("api/player/verification").unwrap();
    let view: Value = spoofed(http.get(view)).header(COOKIE, &session).send().await.unwrap().json().await.unwrap();
    let visit = view["visit"].as_str().unwrap();
    let cancel = app.base.join("api/player/cancel").unwrap();
    let own = app.base.origin().ascii_serialization();
    let step = |origin: &str| {
        let request = http.post(cancel.clone()).header(COOKIE, &session).header("rastau-visit", visit);
        spoofed(request.header("origin", origin).json(&json!({})))
    };
    assert_eq!(
        step("http://evil.example").send().await.unwrap().status(),
        403,
        "the host that is named is not our own"
    );
    let decided: Value = step(&own).send().await.unwrap().json().await.unwrap();
    let link = decided["outcome"]["return_url"].as_str().unwrap();
    assert!(link.starts_with(app.base.as_str()), "{link}");
    let back = spoofed(http.get(link)).header(COOKIE, &session).send().await.unwrap();
    assert!(location(&back).starts_with(&format!("{}sandbox/callback?", app.base)), "{}", location(&back));
}
