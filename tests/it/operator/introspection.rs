//! Whether a token still stands: everything about one's own, nothing about any other.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use rastau::domain::oauth::access_token::AccessTokenClaims;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

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
    let claims = world.services.credentials.signer.read(&token).unwrap();
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
    let claims = world.services.credentials.signer.read(&token).unwrap();
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
        let unissued = world.services.credentials.signer.sign(&changed).unwrap();
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
    let jwks: JwkSet = serde_json::from_value(world.services.credentials.signer.jwks()).unwrap();
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

/// The same token under another header, another body or another signature.
fn forged(token: &str) -> Vec<String> {
    let parts: Vec<&str> = token.split('.').collect();
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let (richer, cleared) = (claims.replace("300", "999"), encode(r#"{"alg":"none","typ":"at+jwt"}"#));
    vec![
        format!("{cleared}.{}.", parts[1]),
        format!("{cleared}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode([0; 64])),
        format!("{}.{}.{}", parts[0], encode(&claims.replace("demo-bet", "other-bet")), parts[2]),
        format!("{}.{}.{}", parts[0], encode(&format!("{richer} ")), parts[2]),
        format!("{}.{}.{}", encode(r#"{"alg":"HS256","typ":"at+jwt"}"#), parts[1], parts[2]),
        format!("{token}.{}", parts[2]),
    ]
}

#[actix_web::test]
async fn a_forged_token_is_none_at_any_door() {
    let world = World::production().await;
    let token = token(&world).await;
    for forged in forged(&token) {
        assert_eq!(world.introspect(&world.bet, &forged).await.body, json!({ "active": false }), "{forged}");
        let given_back = world.post(&world.bet, "/oauth2/revoke", vec![("token", forged.clone())]).await;
        assert_eq!(given_back.status, StatusCode::OK, "RFC 7009 section 2.2: nothing is said of it");
        let mut claims = world.proof_claims("/oauth2/userinfo");
        (claims["htm"], claims["ath"]) = (json!("GET"), json!(URL_SAFE_NO_PAD.encode(Sha256::digest(&forged))));
        let shown = TestRequest::get()
            .uri("/oauth2/userinfo")
            .insert_header(("Authorization", format!("DPoP {forged}")))
            .insert_header(("DPoP", world.bet.proof(&claims)));
        let answer = world.send(shown).await;
        assert_eq!((answer.status, answer.error()), (StatusCode::UNAUTHORIZED, "invalid_token"), "{forged}");
    }
    assert_eq!(world.introspect(&world.bet, &token).await.body["active"], true, "nothing ended it");
}

#[actix_web::test]
async fn of_a_token_that_does_not_stand_a_signed_answer_says_that_and_nothing_else() {
    let world = World::production().await;
    let mut fields = vec![("token", "x".to_owned())];
    fields.extend(world.bet.credentials(world.now()));
    let asked = form("/oauth2/introspect", &fields);
    let answer = world.send(asked.insert_header(("Accept", "application/token-introspection+jwt"))).await;
    let claims = URL_SAFE_NO_PAD.decode(answer.text.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    // RFC 9701 section 5: no member beside it.
    assert_eq!(claims["token_introspection"], json!({ "active": false }), "{claims}");
}
