//! Modules about proofs of a key, and tokens bound to it.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::super::forms::{grant_fields, request_fields, with};
use super::super::world::World;
use super::{PAR, TOKEN, USERINFO, assert_no_grant, hash_of, resource_claims, tokens, use_at_resource};

/// A proof whose `iat` lies so many seconds ahead, at each endpoint.
async fn clock_off_by(seconds: i64) {
    let world = World::production().await;
    let shift = |mut claims: Value| {
        claims["iat"] = json!(world.now() + seconds);
        world.bet.proof(&claims)
    };
    let pushed = world.post_proven(&world.bet, PAR, request_fields(), Some(&shift(world.proof_claims(PAR)))).await;
    assert_eq!(pushed.status, StatusCode::CREATED, "{}", pushed.body);
    let code = world.code_for(world.bet.id, pushed.body["request_uri"].as_str().unwrap()).await;
    let proof = shift(world.proof_claims(TOKEN));
    let tokens = world.post_proven(&world.bet, TOKEN, grant_fields(&code), Some(&proof)).await.body;
    let token = tokens["access_token"].as_str().unwrap();
    let proof = shift(resource_claims(&world, token));
    assert_eq!(use_at_resource(&world, "DPoP", token, Some(&proof)).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn access_token_type_header_case_sensitivity() {
    let world = World::production().await;
    let tokens = tokens(&world, request_fields()).await;
    let token = tokens["access_token"].as_str().unwrap();
    for scheme in ["dPOp", "dpop", "DPOP"] {
        let proof = world.bet.proof(&resource_claims(&world, token));
        assert_eq!(use_at_resource(&world, scheme, token, Some(&proof)).await.status, StatusCode::OK, "{scheme}");
    }
}

#[actix_web::test]
async fn check_dpop_proof_nbf_exp() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let mut claims = world.proof_claims(TOKEN);
    claims["nbf"] = json!(world.now());
    claims["exp"] = json!(world.now() + 300);
    let proof = world.bet.proof(&claims);
    let answer = world.post_proven(&world.bet, TOKEN, grant_fields(&code), Some(&proof)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[actix_web::test]
async fn ensure_dpopproof_with_iat_10seconds_before_succeeds() {
    clock_off_by(-10).await;
}

#[actix_web::test]
async fn ensure_dpopproof_with_iat_10seconds_after_succeeds() {
    clock_off_by(10).await;
}

#[actix_web::test]
async fn ensure_mismatched_dpop_jkt_fails() {
    let world = World::production().await;
    let fields = with(request_fields(), "dpop_jkt", world.other.thumbprint());
    let proof = world.bet.proof(&world.proof_claims(PAR));
    let answer = world.post_proven(&world.bet, PAR, fields, Some(&proof)).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_request"));
}

#[actix_web::test]
async fn ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt() {
    let world = World::production().await;
    let proof = world.other.proof(&world.proof_claims(PAR));
    let pushed = world.post_proven(&world.bet, PAR, request_fields(), Some(&proof)).await;
    let code = world.code_for(world.bet.id, pushed.body["request_uri"].as_str().unwrap()).await;
    assert_no_grant(&world.exchange(&world.bet, &code).await);
}

#[actix_web::test]
async fn ensure_token_endpoint_fails_with_mismatched_dpop_jkt() {
    let world = World::production().await;
    let code = world.code_of(&world.bet, with(request_fields(), "dpop_jkt", world.other.thumbprint())).await;
    assert_no_grant(&world.exchange(&world.bet, &code).await);
}

#[actix_web::test]
async fn ensure_dpopproof_at_par_endpoint_binding_success() {
    let world = World::production().await;
    let proof = world.bet.proof(&world.proof_claims(PAR));
    let pushed = world.post_proven(&world.bet, PAR, request_fields(), Some(&proof)).await;
    let code = world.code_for(world.bet.id, pushed.body["request_uri"].as_str().unwrap()).await;
    assert_eq!(world.exchange(&world.bet, &code).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn ensure_dpop_auth_code_binding_success() {
    let world = World::production().await;
    let fields = with(request_fields(), "dpop_jkt", world.bet.thumbprint());
    let proof = world.bet.proof(&world.proof_claims(PAR));
    let pushed = world.post_proven(&world.bet, PAR, fields, Some(&proof)).await;
    let code = world.code_for(world.bet.id, pushed.body["request_uri"].as_str().unwrap()).await;
    assert_eq!(world.exchange(&world.bet, &code).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn ensure_holder_of_key_required() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let answer = world.post_proven(&world.bet, TOKEN, grant_fields(&code), None).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_dpop_proof"));
}

#[actix_web::test]
async fn dpop_negative_tests() {
    let world = World::production().await;
    let tokens = tokens(&world, request_fields()).await;
    let token = tokens["access_token"].as_str().unwrap();
    let good = || resource_claims(&world, token);
    let ask = async |proof: String| use_at_resource(&world, "DPoP", token, Some(&proof)).await;

    let without = |name: &str| {
        let mut claims = good();
        claims.as_object_mut().unwrap().remove(name);
        claims
    };
    for name in ["jti", "htm", "htu", "iat", "ath"] {
        assert_eq!(ask(world.bet.proof(&without(name))).await.error(), "invalid_dpop_proof", "without {name}");
    }
    for (name, value) in [
        ("htm", json!("PUT")),
        ("htu", json!("https://rastau.example/oauth2/token")),
        ("ath", json!(hash_of("another"))),
        ("iat", json!(world.now() + 3_600)),
        ("iat", json!(world.now() - 3_600)),
        ("jti", json!("")),
    ] {
        let mut claims = good();
        claims[name] = value;
        let answer = ask(world.bet.proof(&claims)).await;
        assert_eq!((answer.status, answer.error()), (StatusCode::UNAUTHORIZED, "invalid_dpop_proof"), "{claims}");
        assert!(answer.header("www-authenticate").unwrap().starts_with("DPoP algs="));
    }
    let stale = ask(world.bet.proof(&without("nonce"))).await;
    assert_eq!((stale.status, stale.error()), (StatusCode::UNAUTHORIZED, "use_dpop_nonce"));
    assert!(stale.header("www-authenticate").unwrap().contains(r#"error="use_dpop_nonce""#));
    assert_eq!(stale.header("dpop-nonce").unwrap().len(), 43);

    let once = world.bet.proof(&good());
    assert_eq!(ask(once.clone()).await.status, StatusCode::OK);
    assert_eq!(ask(once.clone()).await.error(), "invalid_dpop_proof", "a proof serves once");
    assert_eq!(ask(format!("{once}x")).await.error(), "invalid_dpop_proof", "the signature");
    assert_eq!(ask("a.b".to_owned()).await.error(), "invalid_dpop_proof", "no JWT");
    assert_eq!(ask(world.other.proof(&good())).await.error(), "invalid_token", "another key");
    let two = TestRequest::get()
        .uri(USERINFO)
        .insert_header(("Authorization", format!("DPoP {token}")))
        .append_header(("DPoP", world.bet.proof(&good())))
        .append_header(("DPoP", world.bet.proof(&good())));
    assert_eq!(world.send(two).await.error(), "invalid_dpop_proof", "two proofs");
    for scheme in ["DPoP", "Bearer"] {
        let answer = use_at_resource(&world, scheme, token, None).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{scheme} without a proof");
    }
    let bare = world.send(TestRequest::get().uri(&format!("{USERINFO}?access_token={token}"))).await;
    assert_eq!(bare.status, StatusCode::UNAUTHORIZED, "a token in the address is none");

    // What is no matter.
    for htu in ["https://RASTAU.example/oauth2/userinfo", "https://rastau.example:443/oauth2/userinfo?a=b#c"] {
        let mut claims = good();
        claims["htu"] = json!(htu);
        claims["extra"] = json!("ignored");
        assert_eq!(ask(world.bet.proof(&claims)).await.status, StatusCode::OK, "{htu}");
    }
}
