//! What is asked, before the player comes: checked to the letter, good once, for a minute, for one operator.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use rastau::app::PlayerError;
use rastau::app::verification::consent::{CONSENT_VERSION, give_consent};
use rastau::app::verification::start::start_verification;
use rastau::app::verification::way_back::return_to_operator;
use rastau::domain::kernel::handle::hash_handle;

use super::forms::{CHALLENGE, VERIFIER, form, request_fields, with};
use super::world::World;

const PAR: &str = "/oauth2/par";

#[actix_web::test]
async fn a_pushed_request_gets_a_handle_for_a_minute() {
    let world = World::production().await;
    let answer = world.post(&world.bet, PAR, request_fields()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.body["expires_in"], 60);
    let uri = answer.body["request_uri"].as_str().unwrap();
    let handle = uri.strip_prefix("urn:ietf:params:oauth:request_uri:").unwrap();
    assert_eq!(handle.len(), 43);
    assert_ne!(world.pushed(&world.bet).await, uri);
}

#[actix_web::test]
async fn every_deviation_is_refused_with_its_own_code() {
    let world = World::production().await;
    for (name, value, error) in [
        ("response_type", "", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("redirect_uri", "", "invalid_request"),
        ("redirect_uri", "https://bet.example/cb/", "invalid_request"),
        ("redirect_uri", "https://evil.example/cb", "invalid_request"),
        ("scope", "openid", "invalid_scope"),
        ("scope", "", "invalid_scope"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("ui_locales", &"k".repeat(65), "invalid_request"),
        ("state", "a\u{0}b", "invalid_request"),
        ("response_mode", "fragment", "invalid_request"),
        ("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request"),
        ("request", "a.b.c", "request_not_supported"),
    ] {
        let answer = world.post(&world.bet, PAR, with(request_fields(), name, value)).await;
        assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, error), "{name}={value}");
    }
    // Others are ignored (RFC 6749 section 3.1).
    let more = with(request_fields(), "nonce", "n");
    assert_eq!(world.post(&world.bet, PAR, more).await.status, StatusCode::CREATED);
}

#[actix_web::test]
async fn a_redirect_uri_is_the_registered_one_to_the_byte() {
    let world = World::production().await;
    for variant in [
        "https://bet.example/cb/",
        "https://bet.example/cb?",
        "https://bet.example/cb?next=https://evil.example",
        "https://bet.example/cb#fragment",
        "https://bet.example/CB",
        "https://BET.example/cb",
        "https://bet.example./cb",
        "https://bet.example:443/cb",
        "https://bet.example:8443/cb",
        "https://bet.example/x/../cb",
        "https://bet.example/%63b",
        "https://bet.example//cb",
        "https://bet.example/cb/../../evil",
        "https://sub.bet.example/cb",
        "https://bet.example.evil.example/cb",
        "https://bet.example@evil.example/cb",
        "https://user@bet.example/cb",
        "https://evil.example\\@bet.example/cb",
        "https:/bet.example/cb",
        "http://bet.example/cb",
        "//bet.example/cb",
        " https://bet.example/cb",
        "https://bet.example/cb\t",
        "https://bet.example/cb\r\nX: y",
        "javascript:alert(1)",
        "urn:ietf:wg:oauth:2.0:oob",
    ] {
        let answer = world.post(&world.bet, PAR, with(request_fields(), "redirect_uri", variant)).await;
        assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_request"), "{variant}");
    }
    assert_eq!(world.post(&world.bet, PAR, request_fields()).await.status, StatusCode::CREATED);
}

#[actix_web::test]
async fn a_challenge_is_sha256_of_a_verifier_and_nothing_else() {
    let world = World::production().await;
    let (padded, standard) = (format!("{CHALLENGE}="), CHALLENGE.replace('-', "+"));
    for challenge in [padded.as_str(), &standard, &CHALLENGE[..42], &format!("{CHALLENGE}A"), &"é".repeat(43)] {
        let fields = with(request_fields(), "code_challenge", challenge);
        assert_eq!(world.post(&world.bet, PAR, fields).await.error(), "invalid_request", "{challenge}");
    }
    for method in ["s256", "S512", "plain S256", "none"] {
        let fields = with(request_fields(), "code_challenge_method", method);
        assert_eq!(world.post(&world.bet, PAR, fields).await.error(), "invalid_request", "{method}");
    }
}

#[actix_web::test]
async fn a_parameter_comes_once() {
    let world = World::production().await;
    for (name, value) in [
        ("redirect_uri", "https://evil.example/cb"),
        ("code_challenge", CHALLENGE),
        ("client_assertion", "a.b.c"),
        ("unknown", "1"),
    ] {
        let mut fields = with(request_fields(), "unknown", "1");
        fields.extend(world.bet.credentials(world.now()));
        fields.push((name, value.to_owned()));
        assert_eq!(world.send(form(PAR, &fields)).await.error(), "invalid_request", "{name}");
    }
}

#[actix_web::test]
async fn bodies_are_small_forms_and_nothing_else() {
    let world = World::production().await;
    let padding = "p".repeat(16 * 1024);
    for request in [
        form(PAR, &with(request_fields(), "padding", &padding)),
        // Announced small, or not at all, and large all the same.
        form(PAR, &with(request_fields(), "padding", &padding)).insert_header(("Content-Length", "10")),
    ] {
        let answer = world.send(request).await;
        assert_eq!((answer.status, answer.error()), (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request"));
    }
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form"] {
        let answer = world.send(form(PAR, &request_fields()).insert_header(("Content-Type", kind))).await;
        assert_eq!((answer.status, answer.error()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_request"));
    }
    let charset = "application/x-www-form-urlencoded; charset=UTF-8";
    let answer = world.send(form(PAR, &request_fields()).insert_header(("Content-Type", charset))).await;
    assert_eq!(answer.error(), "invalid_client");
    let empty = world.send(TestRequest::post().uri(PAR)).await;
    assert_eq!(empty.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[actix_web::test]
async fn other_methods_are_told_which_is_right() {
    let world = World::production().await;
    for path in [PAR, "/oauth2/token", "/oauth2/introspect"] {
        let answer = world.send(TestRequest::get().uri(&format!("{path}?code={VERIFIER}"))).await;
        assert_eq!((answer.status, answer.error()), (StatusCode::METHOD_NOT_ALLOWED, "invalid_request"));
        assert_eq!(answer.header("allow"), Some("POST"));
    }
    let answer = world.send(TestRequest::post().uri("/oauth2/jwks")).await;
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
}

#[actix_web::test]
async fn a_request_uri_is_opened_for_a_minute_by_its_own_operator_and_used_up_by_consent() {
    let world = World::production().await;
    let start = |id: &'static str, uri: String| {
        let services = world.services.clone();
        async move { start_verification(&services, id, &uri, None).await.map(|_| ()) }
    };
    let unknown = || Err(PlayerError::RequestUnknown);
    let uri = world.pushed(&world.bet).await;
    assert_eq!(start("other-bet", uri.clone()).await, unknown());
    // A preview of the link, and then the player's own browser, and the other one of theirs.
    let mut opened = Vec::new();
    for _ in 0..3 {
        let started = start_verification(&world.services, "demo-bet", &uri, None).await.unwrap();
        opened.push(hash_handle(started.session.expose()));
    }
    // Reading may take longer than the link lives.
    world.clock.advance(Duration::from_mins(5));
    let consent = async |session| give_consent(&world.services, session, true, CONSENT_VERSION).await;
    assert_eq!(consent(opened[1]).await, Ok(()));
    assert_eq!(consent(opened[2]).await, Err(PlayerError::RequestTaken));
    assert_eq!(start("demo-bet", uri).await, unknown());
    let stale = world.pushed(&world.bet).await;
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(start("demo-bet", stale).await, unknown());
}

#[actix_web::test]
async fn a_state_may_be_as_long_as_a_request() {
    let world = World::production().await;
    // Frameworks seal a session in it: ASP.NET some 1,800 characters.
    let state = "s".repeat(10_000);
    let session = world.approved_of(with(request_fields(), "state", &state)).await;
    let address = return_to_operator(&world.services, session).await.unwrap();
    assert!(address.query_pairs().any(|(name, value)| name == "state" && value == state));
}
