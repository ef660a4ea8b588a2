//! Modules about codes, tokens and what becomes of them.

use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::Value;

use super::super::forms::{form, grant_fields, refresh_fields, request_fields, with};
use super::super::world::World;
use super::{TOKEN, assert_no_client, assert_no_grant, openid_fields, resource_claims, tokens, use_at_resource};

#[actix_web::test]
async fn without_openid_there_is_no_id_token() {
    let world = World::production().await;
    let tokens = tokens(&world, request_fields()).await;
    assert!(tokens.get("id_token").is_none());
    assert_eq!(tokens["scope"], "play");
}

#[actix_web::test]
async fn ensure_client_id_in_token_endpoint() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let foreign = with(grant_fields(&code), "client_id", world.other.id);
    assert_no_client(&world.post(&world.bet, TOKEN, foreign).await);
}

#[actix_web::test]
async fn ensure_authorization_code_is_bound_to_client() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    assert_no_grant(&world.exchange(&world.other, &code).await);
}

#[actix_web::test]
async fn attempt_reuse_authorization_code_after_one_second() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let tokens = world.exchange(&world.bet, &code).await.body;
    world.clock.advance(Duration::from_secs(1));
    assert_no_grant(&world.exchange(&world.bet, &code).await);
    let token = tokens["access_token"].as_str().unwrap();
    let proof = world.bet.proof(&resource_claims(&world, token));
    assert_eq!(use_at_resource(&world, "DPoP", token, Some(&proof)).await.status, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn ensure_token_endpoint_fails_with_expired_auth_code() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    world.clock.advance(Duration::from_secs(61));
    assert_no_grant(&world.exchange(&world.bet, &code).await);
}

#[actix_web::test]
async fn refresh_token() {
    let world = World::production().await;
    let first = tokens(&world, openid_fields()).await;
    let token = |tokens: &Value| tokens["refresh_token"].as_str().unwrap().to_owned();
    let asked = |refresh: &str| with(refresh_fields(refresh), "scope", "openid play");
    let second = world.post(&world.bet, TOKEN, asked(&token(&first))).await;
    assert_eq!(second.status, StatusCode::OK, "{}", second.body);
    world.clock.advance(Duration::from_secs(30));
    let again = world.post(&world.bet, TOKEN, asked(&token(&first))).await;
    assert_eq!(again.status, StatusCode::OK, "5.3.2.1-9: {}", again.body);

    let refresh = token(&again.body);
    let proof = world.bet.proof(&world.proof_claims(TOKEN));
    assert_no_client(&world.send(form(TOKEN, &asked(&refresh)).insert_header(("DPoP", proof))).await);
    assert_no_grant(&world.post_proven(&world.bet, TOKEN, asked(&refresh), None).await);
    assert_no_grant(&world.post(&world.other, TOKEN, asked(&refresh)).await);
    let more = world.post(&world.bet, TOKEN, with(refresh_fields(&refresh), "scope", "openid play all")).await;
    assert_eq!(more.error(), "invalid_scope");
    assert_eq!(world.post(&world.bet, TOKEN, asked(&refresh)).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn ensure_pkce_code_verifier_required() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    assert_no_grant(&world.post(&world.bet, TOKEN, with(grant_fields(&code), "code_verifier", "")).await);
}

#[actix_web::test]
async fn incorrect_pkce_code_verifier_rejected() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let wrong = with(grant_fields(&code), "code_verifier", &"v".repeat(43));
    assert_no_grant(&world.post(&world.bet, TOKEN, wrong).await);
}
