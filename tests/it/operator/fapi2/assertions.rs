//! Modules about how a client authenticates itself.

use actix_web::http::StatusCode;
use rastau::domain::operators::operator::{ClientAuthentication, KeySource};
use serde_json::json;

use super::super::forms::{assertion_fields, form, grant_fields, request_fields, with};
use super::super::rsa_client::RsaClient;
use super::super::world::{BASE, World};
use super::{PAR, TOKEN, assert_no_client, exchange_asserting, push_asserting};

#[actix_web::test]
async fn ensure_client_assertion_in_token_endpoint() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let fields = with(grant_fields(&code), "client_id", world.bet.id);
    let proof = world.bet.proof(&world.proof_claims(TOKEN));
    assert_no_client(&world.send(form(TOKEN, &fields).insert_header(("DPoP", proof))).await);
}

#[actix_web::test]
async fn ensure_client_assertion_with_exp_is_5_minutes_in_past_fails() {
    let world = World::production().await;
    let past = world.now() - 300;
    assert_no_client(&exchange_asserting(&world, |claims| claims["exp"] = json!(past)).await);
}

#[actix_web::test]
async fn ensure_client_assertion_with_wrong_aud_fails() {
    let world = World::production().await;
    assert_no_client(&exchange_asserting(&world, |claims| claims["aud"] = json!("https://other1.example.com/")).await);
}

#[actix_web::test]
async fn ensure_client_assertion_with_no_sub_fails() {
    let world = World::production().await;
    let answer = exchange_asserting(&world, |claims| {
        claims.as_object_mut().unwrap().remove("sub");
    });
    assert_no_client(&answer.await);
}

#[actix_web::test]
async fn par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted() {
    let world = World::production().await;
    let soon = world.now() + 8;
    let answer = push_asserting(&world, |claims| {
        claims["iat"] = json!(soon);
        claims["nbf"] = json!(soon);
    });
    assert_eq!(answer.await.status, StatusCode::CREATED);
}

#[actix_web::test]
async fn par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails() {
    let world = World::production().await;
    let later = world.now() + 70;
    let answer = push_asserting(&world, |claims| {
        claims["iat"] = json!(later);
        claims["nbf"] = json!(later);
        claims["exp"] = json!(later + 60);
    });
    assert_no_client(&answer.await);
}

#[actix_web::test]
async fn par_test_array_as_audience_fails() {
    let world = World::production().await;
    assert_no_client(&push_asserting(&world, |claims| claims["aud"] = json!([BASE])).await);
    assert_no_client(&push_asserting(&world, |claims| claims["aud"] = json!([BASE, "https://other.example"])).await);
}

#[actix_web::test]
async fn par_test_par_endpoint_url_as_audience_fails() {
    let world = World::production().await;
    assert_no_client(&push_asserting(&world, |claims| claims["aud"] = json!(format!("{BASE}{PAR}"))).await);
}

#[actix_web::test]
async fn par_test_token_endpoint_url_as_audience_fails() {
    let world = World::production().await;
    assert_no_client(&push_asserting(&world, |claims| claims["aud"] = json!(format!("{BASE}{TOKEN}"))).await);
}

#[actix_web::test]
async fn ensure_signed_client_assertion_with_rs256_fails() {
    let world = World::production().await;
    let rsa = RsaClient::new();
    let keys = KeySource::Registered(rsa.jwks().to_string());
    world.insert("rsa-bet", ClientAuthentication::PrivateKeyJwt(keys), false).await;
    let ask = async |algorithm| {
        let mut claims = world.bet.claims(world.now());
        (claims["iss"], claims["sub"]) = (json!("rsa-bet"), json!("rsa-bet"));
        let mut fields = request_fields();
        fields.extend(assertion_fields(rsa.sign(&claims, algorithm)));
        world.send(form(PAR, &fields)).await
    };
    assert_no_client(&ask("RS256").await);
    let good = ask("PS256").await;
    assert_eq!(good.status, StatusCode::CREATED, "{}", good.body);
}
