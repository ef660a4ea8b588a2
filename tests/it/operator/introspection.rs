//! Whether a token still stands: everything about one's own, nothing about any other.

use std::time::Duration;

use actix_web::http::StatusCode;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use rastau::domain::access_token::AccessTokenClaims;
use serde_json::{Value, json};

use super::forms::form;
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
        "active": true, "token_type": "DPoP", "cnf": { "jkt": world.bet.thumbprint() }, "status": claims.status, "iss": BASE, "aud": "demo-bet", "client_id": "demo-bet",
        "sub": claims.sub, "jti": claims.jti, "scope": "play", "iat": now, "exp": now + 300, "auth_time": now,
        "acr": "urn:rastau:acr:face+contact+passkey", "amr": ["face", "pop", "mfa"],
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
    // Signed by us, but of a grant that was never made, or not of this person or key: a signature alone is not enough.
    let claims = world.services.signer.read(&token).unwrap();
    let changes: [&dyn Fn(&mut AccessTokenClaims); 6] = [
        &|claims| claims.status.status_list.idx ^= 1,
        &|claims| claims.status.status_list.uri.push('0'),
        &|claims| claims.sub.push('x'),
        &|claims| claims.auth_time += 1,
        &|claims| claims.cnf = None,
        &|claims| claims.exp += 24 * 3600,
    ];
    for change in changes {
        let mut changed = (*claims).clone();
        change(&mut changed);
        let unissued = world.services.signer.sign(&changed).unwrap();
        assert_eq!(world.introspect(&world.bet, unissued.expose()).await.body, nothing, "{changed:?}");
    }

    world.clock.advance(Duration::from_secs(299));
    assert_eq!(world.introspect(&world.bet, &token).await.body["active"], true);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.introspect(&world.bet, &token).await.body, nothing);
}

#[actix_web::test]
async fn an_answer_is_signed_for_whoever_asks_for_that() {
    let world = World::production().await;
    let token = token(&world).await;
    let mut fields = vec![("token", token.clone())];
    fields.extend(world.bet.credentials(world.now()));
    let request = form("/oauth2/introspect", &fields);
    let request = request.insert_header(("Accept", "application/token-introspection+jwt"));
    let answer = world.send(request).await;
    assert_eq!(answer.header("content-type"), Some("application/token-introspection+jwt"));
    let jwks: JwkSet = serde_json::from_value(world.services.signer.jwks()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&["demo-bet"]);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    let key = DecodingKey::from_jwk(&jwks.keys[0]).unwrap();
    let told = decode::<Value>(&answer.text, &key, &validation).unwrap();
    assert_eq!(told.header.typ.as_deref(), Some("token-introspection+jwt"));
    assert_eq!(told.claims["iss"], BASE);
    assert_eq!(told.claims["token_introspection"]["active"], true);
    // It is no access token, though we signed it.
    assert_eq!(world.introspect(&world.bet, &answer.text).await.body, json!({ "active": false }));
}

#[actix_web::test]
async fn a_token_must_be_named() {
    let world = World::production().await;
    let answer = world.post(&world.bet, "/oauth2/introspect", vec![]).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_request"));
}
