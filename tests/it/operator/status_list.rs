//! The list that anyone may fetch tells of every end, within seconds.

use std::io::Read as _;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use rastau::app::oauth::end_restricted::end_restricted_grants;
use serde_json::Value;

use super::world::{BASE, World};

async fn token(world: &World) -> String {
    let code = world.code(&world.bet).await;
    world.exchange(&world.bet, &code).await.body["access_token"].as_str().unwrap().to_owned()
}

/// The bit of a token, as an operator's service reads it.
async fn status(world: &World, token: &str) -> u8 {
    let reference = world.services.credentials.signer.read(token).unwrap().status.status_list.clone();
    let claims = list(world, reference.uri.strip_prefix(BASE).unwrap()).await;
    assert_eq!(claims["sub"], reference.uri, "the list is the one that was asked for");
    let packed = URL_SAFE_NO_PAD.decode(claims["status_list"]["lst"].as_str().unwrap()).unwrap();
    let mut bits = Vec::new();
    flate2::read::ZlibDecoder::new(packed.as_slice()).read_to_end(&mut bits).unwrap();
    let index = reference.idx as usize;
    bits[index / 8] >> (index % 8) & 1
}

async fn list(world: &World, path: &str) -> Value {
    let answer = world.send(TestRequest::get().uri(path)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("application/statuslist+jwt"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=2"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "section 8.1: browsers may read it");
    let jwks: JwkSet = serde_json::from_value(world.services.credentials.signer.jwks()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let told = decode::<Value>(&answer.text, &DecodingKey::from_jwk(&jwks.keys[0]).unwrap(), &validation).unwrap();
    assert_eq!(told.header.typ.as_deref(), Some("statuslist+jwt"));
    assert!(answer.text.len() < 2_000, "a list in which few have ended is small: {}", answer.text.len());
    let time = |name: &str| told.claims[name].as_i64().unwrap();
    assert!(time("iat") <= world.now() && time("exp") > world.now() && time("ttl") > 0, "{}", told.claims);
    assert_eq!(told.claims["status_list"]["bits"], 1);
    told.claims
}

#[actix_web::test]
async fn a_revocation_is_seen_within_seconds_and_of_that_token_alone() {
    let world = World::production().await;
    let (one, two) = (token(&world).await, token(&world).await);
    assert_eq!((status(&world, &one).await, status(&world, &two).await), (0, 0));
    world.post(&world.bet, "/oauth2/revoke", vec![("token", one.clone())]).await;
    world.clock.advance(Duration::from_secs(2));
    assert_eq!((status(&world, &one).await, status(&world, &two).await), (1, 0));
}

#[actix_web::test]
async fn a_restriction_ends_the_tokens_of_its_person() {
    let world = World::production().await;
    world.allow().await;
    let token = token(&world).await;
    assert_eq!(end_restricted_grants(&world.services).await.unwrap(), 0);
    world.restrict().await;
    assert_eq!(end_restricted_grants(&world.services).await.unwrap(), 1);
    assert_eq!(end_restricted_grants(&world.services).await.unwrap(), 0);
    world.clock.advance(Duration::from_secs(2));
    assert_eq!(status(&world, &token).await, 1);
    assert_eq!(world.introspect(&world.bet, &token).await.body["active"], false);
    assert_eq!(world.audit().await.last().unwrap(), "token_revoked");
}

#[actix_web::test]
async fn an_end_at_one_replica_is_seen_at_another_within_five_seconds() {
    let here = World::production().await;
    here.allow().await;
    let there = here.replica().await;
    let (returned, restricted) = (token(&here).await, token(&there).await);
    for token in [&returned, &restricted] {
        assert_eq!(there.introspect(&there.bet, token).await.body["active"], true);
        // Whatever it keeps of the list, it keeps from now on.
        assert_eq!((status(&here, token).await, status(&there, token).await), (0, 0));
    }
    here.post(&here.bet, "/oauth2/revoke", vec![("token", returned.clone())]).await;
    assert_eq!(there.introspect(&there.bet, &returned).await.body["active"], false, "at once");
    here.restrict().await;
    // The sweep comes each two seconds, and what a list says is kept for two.
    end_restricted_grants(&there.services).await.unwrap();
    here.clock.advance(Duration::from_secs(2));
    for world in [&here, &there] {
        assert_eq!(world.introspect(&world.bet, &restricted).await.body["active"], false);
        assert_eq!((status(world, &returned).await, status(world, &restricted).await), (1, 1));
    }
}

#[actix_web::test]
async fn lists_of_other_days_are_not_there() {
    let world = World::production().await;
    let today = world.now() / 86_400;
    for (path, status) in [
        (format!("/oauth2/status/{today}"), StatusCode::OK),
        (format!("/oauth2/status/{}", today + 1), StatusCode::NOT_FOUND),
        (format!("/oauth2/status/{}", today - 2), StatusCode::NOT_FOUND),
        ("/oauth2/status/-1".to_owned(), StatusCode::NOT_FOUND),
        ("/oauth2/status/x".to_owned(), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(world.send(TestRequest::get().uri(&path)).await.status, status, "{path}");
    }
}
