//! Whether a token still stands: everything about one's own, nothing about any other.

use std::time::Duration;

use actix_web::http::StatusCode;
use rastau::domain::id::TokenId;
use serde_json::json;

use super::world::{BASE, World};

async fn token(world: &World) -> String {
    let code = world.code(&world.bet).await;
    let answer = world.exchange(&world.bet, &code).await;
    answer.body["access_token"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn an_active_token_is_told_in_full() {
    let world = World::production().await;
    let token = token(&world).await;
    let answer = world.introspect(&world.bet, &token).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let claims = world.services.signer.read(&token).unwrap();
    let now = world.now();
    let expected = json!({
        "active": true, "token_type": "Bearer", "iss": BASE, "aud": "demo-bet", "client_id": "demo-bet",
        "sub": claims.sub, "jti": claims.jti, "scope": "play", "iat": now, "exp": now + 300, "auth_time": now,
        "acr": "urn:rastau:acr:face+passkey", "amr": ["face", "pop", "mfa"],
    });
    assert_eq!(answer.body, expected);
}

#[actix_web::test]
async fn of_every_other_token_nothing_is_said() {
    let world = World::production().await;
    let token = token(&world).await;
    let nothing = json!({ "active": false });
    assert_eq!(world.introspect(&world.other, &token).await.body, nothing);
    let damaged = format!("{}x", &token[..token.len() - 1]);
    for text in ["x", "a.b.c", damaged.as_str(), token.split_once('.').unwrap().1] {
        let answer = world.introspect(&world.bet, text).await;
        assert_eq!((answer.status, answer.body), (StatusCode::OK, nothing.clone()));
    }
    // Signed by us, but never issued: a key alone is not enough.
    let mut claims = world.services.signer.read(&token).unwrap();
    claims.jti = TokenId::new(world.services.clock.now(), world.services.randomness.as_ref()).to_string();
    let unissued = world.services.signer.sign(&claims).unwrap();
    assert_eq!(world.introspect(&world.bet, unissued.expose()).await.body, nothing);

    world.clock.advance(Duration::from_secs(299));
    assert_eq!(world.introspect(&world.bet, &token).await.body["active"], true);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.introspect(&world.bet, &token).await.body, nothing);
}

#[actix_web::test]
async fn a_revoked_token_is_inactive_at_once() {
    let world = World::production().await;
    let token = token(&world).await;
    let id = world.services.signer.read(&token).unwrap().jti.parse().unwrap();
    let mut unit = world.services.store.begin().await.unwrap();
    assert!(unit.revoke_token(id, world.services.clock.now()).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(world.introspect(&world.bet, &token).await.body, json!({ "active": false }));
}

#[actix_web::test]
async fn a_token_must_be_named() {
    let world = World::production().await;
    let answer = world.post(&world.bet, "/oauth2/introspect", vec![]).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_request"));
}
