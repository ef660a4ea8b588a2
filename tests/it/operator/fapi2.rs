//! The modules of OpenID's `fapi2-security-profile-final-test-plan`, each by its name: unsigned requests, plain responses,
//! `private_key_jwt`, DPoP, with OpenID Connect and without. Modules about request objects, mutual TLS or national profiles are
//! not of this plan; those about TLS itself are the proxy's.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rastau::app::PlayerError;
use rastau::app::cancel_verification::cancel_verification;
use rastau::app::give_consent::{CONSENT_VERSION, give_consent};
use rastau::app::return_to_operator::return_to_operator;
use rastau::app::start_verification::start_verification;
use rastau::domain::authorization::{HandleHash, hash_handle};
use rastau::domain::operator::{ClientAuthentication, KeySource};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::forms::{Fields, assertion_fields, form, grant_fields, refresh_fields, request_fields, with};
use super::rsa_client::RsaClient;
use super::world::{Answer, BASE, World};

const PAR: &str = "/oauth2/par";
const TOKEN: &str = "/oauth2/token";
const USERINFO: &str = "/oauth2/userinfo";

fn openid_fields() -> Fields {
    with(request_fields(), "scope", "openid play")
}

fn parameter(address: &Url, name: &str) -> Option<String> {
    address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

async fn opened(world: &World, request_uri: &str) -> Result<HandleHash, PlayerError> {
    let started = start_verification(&world.services, world.bet.id, request_uri, None).await?;
    Ok(hash_handle(started.session.expose()))
}

/// What a client gets for this request.
async fn tokens(world: &World, fields: Fields) -> Value {
    world.allow().await;
    let code = world.code_of(&world.bet, fields).await;
    let answer = world.exchange(&world.bet, &code).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

fn id_token(tokens: &Value) -> Value {
    let part = tokens["id_token"].as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn hash_of(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

/// Claims of a good proof for this token at our resource.
fn resource_claims(world: &World, token: &str) -> Value {
    let mut claims = world.proof_claims(USERINFO);
    claims["htm"] = json!("GET");
    claims["ath"] = json!(hash_of(token));
    claims
}

async fn use_at_resource(world: &World, scheme: &str, token: &str, proof: Option<&str>) -> Answer {
    let request = TestRequest::get().uri(USERINFO).insert_header(("Authorization", format!("{scheme} {token}")));
    world
        .send(match proof {
            Some(proof) => request.insert_header(("DPoP", proof)),
            None => request,
        })
        .await
}

/// Exchanges with an assertion whose claims are changed.
async fn exchange_asserting(world: &World, change: impl Fn(&mut Value)) -> Answer {
    let code = world.code(&world.bet).await;
    let mut claims = world.bet.claims(world.now());
    change(&mut claims);
    let mut fields = grant_fields(&code);
    fields.extend(assertion_fields(world.bet.sign(&claims)));
    let proof = world.bet.proof(&world.proof_claims(TOKEN));
    world.send(form(TOKEN, &fields).insert_header(("DPoP", proof))).await
}

async fn push_asserting(world: &World, change: impl Fn(&mut Value)) -> Answer {
    let mut claims = world.bet.claims(world.now());
    change(&mut claims);
    let mut fields = request_fields();
    fields.extend(assertion_fields(world.bet.sign(&claims)));
    world.send(form(PAR, &fields)).await
}

fn assert_no_client(answer: &Answer) {
    assert_eq!((answer.status, answer.error()), (StatusCode::UNAUTHORIZED, "invalid_client"));
}

fn assert_no_grant(answer: &Answer) {
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_grant"));
}

#[actix_web::test]
async fn discovery_end_point_verification() {
    let world = World::production().await;
    let metadata = world.send(TestRequest::get().uri("/.well-known/openid-configuration")).await.body;
    let has = |name: &str, value: &str| metadata[name].as_array().unwrap().contains(&json!(value));
    assert_eq!(metadata["issuer"], BASE);
    assert!(has("grant_types_supported", "authorization_code") && has("response_types_supported", "code"));
    assert!(has("token_endpoint_auth_methods_supported", "private_key_jwt"));
    assert!(has("code_challenge_methods_supported", "S256") && !has("code_challenge_methods_supported", "plain"));
    assert!(has("scopes_supported", "openid") && has("id_token_signing_alg_values_supported", "ES256"));
    assert_eq!(metadata["require_pushed_authorization_requests"], true);
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    for name in ["token_endpoint_auth_signing_alg_values_supported", "dpop_signing_alg_values_supported"] {
        let allowed = json!(["ES256", "PS256", "EdDSA", "Ed25519"]);
        let listed = metadata[name].as_array().unwrap();
        assert!(listed.iter().all(|alg| allowed.as_array().unwrap().contains(alg)), "{name}");
    }
    for name in ["pushed_authorization_request_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
        assert!(metadata[name].as_str().unwrap().starts_with("https://"), "{name}");
    }
}

#[actix_web::test]
async fn happy_flow() {
    let world = World::production().await;
    let mut subjects = Vec::new();
    for client in [&world.bet, &world.other] {
        world.allow().await;
        let code = world.code_of(client, openid_fields()).await;
        let tokens = world.exchange(client, &code).await.body;
        let token = tokens["access_token"].as_str().unwrap();
        let proof = client.proof(&resource_claims(&world, token));
        let answer = use_at_resource(&world, "DPoP", token, Some(&proof)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.body["sub"], id_token(&tokens)["sub"]);
        // By nobody else: the other client's key is not the one that it is bound to.
        let stranger = if client.id == world.bet.id { &world.other } else { &world.bet };
        let proof = stranger.proof(&resource_claims(&world, token));
        assert_eq!(use_at_resource(&world, "DPoP", token, Some(&proof)).await.status, StatusCode::UNAUTHORIZED);
        subjects.push(answer.body["sub"].clone());
    }
    assert_ne!(subjects[0], subjects[1]);
}

#[actix_web::test]
async fn user_rejects_authentication() {
    let world = World::production().await;
    let session = opened(&world, &world.pushed(&world.bet).await).await.unwrap();
    cancel_verification(&world.services, session).await.unwrap();
    let address = return_to_operator(&world.services, session).await.unwrap();
    assert_eq!(parameter(&address, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&address, "state").as_deref(), Some("xyz"));
    assert_eq!(parameter(&address, "iss").as_deref(), Some(BASE));
    assert_eq!(parameter(&address, "code"), None);
}

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
async fn without_openid_there_is_no_id_token() {
    let world = World::production().await;
    let tokens = tokens(&world, request_fields()).await;
    assert!(tokens.get("id_token").is_none());
    assert_eq!(tokens["scope"], "play");
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
async fn ensure_client_id_in_token_endpoint() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let foreign = with(grant_fields(&code), "client_id", world.other.id);
    assert_no_client(&world.post(&world.bet, TOKEN, foreign).await);
}

#[actix_web::test]
async fn ensure_holder_of_key_required() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let answer = world.post_proven(&world.bet, TOKEN, grant_fields(&code), None).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_dpop_proof"));
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

#[actix_web::test]
async fn ensure_unsigned_authorization_request_without_using_par_fails() {
    let app = crate::support::app::TestApp::start().await;
    let query = "client_id=demo-bet&response_type=code&redirect_uri=https%3A%2F%2Fbet.example%2Fcb&scope=play";
    let answer = reqwest::get(app.base.join(&format!("/oauth2/authorize?{query}")).unwrap()).await.unwrap();
    assert_eq!(answer.status().as_u16(), 400);
}
