//! Modules about authorization requests and how they are pushed.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use rastau::app::PlayerError;
use rastau::app::verification::consent::{CONSENT_VERSION, give_consent};
use rastau::app::verification::start::start_verification;
use rastau::app::verification::way_back::return_to_operator;
use serde_json::json;

use super::super::forms::{request_fields, with};
use super::super::world::{BASE, World};
use super::{PAR, id_token, opened, openid_fields, parameter, tokens};

#[actix_web::test]
async fn ensure_authorization_request_without_state_success() {
    let world = World::production().await;
    let session = world.approved_of(with(request_fields(), "state", "")).await;
    let address = return_to_operator(&world.services, session).await.unwrap();
    assert!(parameter(&address, "code").is_some() && parameter(&address, "state").is_none());
}

#[actix_web::test]
async fn ensure_authorization_request_without_nonce_success() {
    let world = World::production().await;
    let claims = id_token(&tokens(&world, openid_fields()).await);
    assert!(claims.get("nonce").is_none(), "{claims}");
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(BASE), &json!("demo-bet")));
    assert_eq!(claims["exp"], json!(world.now() + 300));
    assert_eq!(claims["acr"], "urn:rastau:acr:face+contact+passkey");
}

#[actix_web::test]
async fn ensure_authorization_request_with_64_char_nonce_success() {
    let world = World::production().await;
    let nonce = "n".repeat(64);
    let claims = id_token(&tokens(&world, with(openid_fields(), "nonce", &nonce)).await);
    assert_eq!(claims["nonce"], json!(nonce));
}

#[actix_web::test]
async fn ensure_authorization_request_with_long_nonce() {
    let world = World::production().await;
    let nonce = "n".repeat(384);
    let claims = id_token(&tokens(&world, with(openid_fields(), "nonce", &nonce)).await);
    assert_eq!(claims["nonce"], json!(nonce), "whole, or refused; never cut");
    let longer = world.post(&world.bet, PAR, with(openid_fields(), "nonce", &"n".repeat(513))).await;
    assert_eq!(longer.error(), "invalid_request");
}

#[actix_web::test]
async fn ensure_other_scope_order_succeeds() {
    let world = World::production().await;
    let tokens = tokens(&world, with(request_fields(), "scope", "play openid")).await;
    assert!(tokens["id_token"].is_string());
    assert_eq!(tokens["scope"], "openid play");
}

#[actix_web::test]
async fn ensure_authorization_request_with_long_state() {
    let world = World::production().await;
    let state = "s".repeat(1_024);
    let session = world.approved_of(with(request_fields(), "state", &state)).await;
    let address = return_to_operator(&world.services, session).await.unwrap();
    assert_eq!(parameter(&address, "state"), Some(state));
}

#[actix_web::test]
async fn plain_fapi_tolerate_unregistered_redirect_uri() {
    let world = World::production().await;
    let answer = world.post(&world.bet, PAR, with(request_fields(), "redirect_uri", "https://bet.example/other")).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_request"));
}

#[actix_web::test]
async fn ensure_redirect_uri_in_authorization_request() {
    let world = World::production().await;
    let answer = world.post(&world.bet, PAR, with(request_fields(), "redirect_uri", "")).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_request"));
}

#[actix_web::test]
async fn ensure_response_type_code_idtoken_fails() {
    let world = World::production().await;
    let answer = world.post(&world.bet, PAR, with(openid_fields(), "response_type", "code id_token")).await;
    assert_eq!(answer.error(), "unsupported_response_type");
}

#[actix_web::test]
async fn ensure_response_type_token_fails() {
    let world = World::production().await;
    let answer = world.post(&world.bet, PAR, with(request_fields(), "response_type", "token")).await;
    assert_eq!(answer.error(), "unsupported_response_type");
}

#[actix_web::test]
async fn par_ensure_reused_request_uri_prior_to_auth_completion_succeeds() {
    let world = World::production().await;
    let request_uri = world.pushed(&world.bet).await;
    opened(&world, &request_uri).await.unwrap();
    let second = opened(&world, &request_uri).await.unwrap();
    assert_eq!(give_consent(&world.services, second, true, CONSENT_VERSION).await, Ok(()));
}

#[actix_web::test]
async fn par_attempt_reuse_request_uri() {
    let world = World::production().await;
    let request_uri = world.pushed(&world.bet).await;
    let session = opened(&world, &request_uri).await.unwrap();
    give_consent(&world.services, session, true, CONSENT_VERSION).await.unwrap();
    assert_eq!(opened(&world, &request_uri).await, Err(PlayerError::RequestUnknown));
}

#[actix_web::test]
async fn par_attempt_to_use_expired_request_uri() {
    let world = World::production().await;
    let request_uri = world.pushed(&world.bet).await;
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(opened(&world, &request_uri).await, Err(PlayerError::RequestUnknown));
}

#[actix_web::test]
async fn par_attempt_to_use_request_uri_for_different_client() {
    let world = World::production().await;
    let request_uri = world.pushed(&world.bet).await;
    let stolen = start_verification(&world.services, world.other.id, &request_uri, None).await;
    assert_eq!(stolen.err(), Some(PlayerError::RequestUnknown));
}

#[actix_web::test]
async fn par_authorization_request_containing_request_uri_form_param() {
    let world = World::production().await;
    let fields = with(request_fields(), "request_uri", "urn:ietf:params:oauth:request_uri:x");
    assert_eq!(world.post(&world.bet, PAR, fields).await.error(), "invalid_request");
}

#[actix_web::test]
async fn par_attempt_invalid_http_method() {
    let world = World::production().await;
    for request in [TestRequest::get(), TestRequest::put()] {
        assert_eq!(world.send(request.uri(PAR)).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[actix_web::test]
async fn par_ensure_pkce_required() {
    let world = World::production().await;
    let fields = with(with(request_fields(), "code_challenge", ""), "code_challenge_method", "");
    assert_eq!(world.post(&world.bet, PAR, fields).await.error(), "invalid_request");
}

#[actix_web::test]
async fn par_plain_pkce_rejected() {
    let world = World::production().await;
    let answer = world.post(&world.bet, PAR, with(request_fields(), "code_challenge_method", "plain")).await;
    assert_eq!(answer.error(), "invalid_request");
}

#[actix_web::test]
async fn par_without_duplicate_parameters() {
    let world = World::production().await;
    let request_uri = world.pushed(&world.bet).await;
    assert!(opened(&world, &request_uri).await.is_ok(), "client_id and request_uri are all that the browser carries");
}

#[actix_web::test]
async fn ensure_unsigned_authorization_request_without_using_par_fails() {
    let app = crate::support::app::TestApp::start().await;
    let query = "client_id=demo-bet&response_type=code&redirect_uri=https%3A%2F%2Fbet.example%2Fcb&scope=play";
    let answer = reqwest::get(app.base.join(&format!("/oauth2/authorize?{query}")).unwrap()).await.unwrap();
    assert_eq!(answer.status().as_u16(), 400);
}
