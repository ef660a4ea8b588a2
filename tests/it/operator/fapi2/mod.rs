//! The modules of OpenID's `fapi2-security-profile-final-test-plan`, each by its name: unsigned requests, plain responses,
//! `private_key_jwt`, DPoP, with OpenID Connect and without. Modules about request objects, mutual TLS or national profiles are
//! not of this plan; those about TLS itself are the proxy's.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rastau::app::PlayerError;
use rastau::app::verification::cancel::cancel_verification;
use rastau::app::verification::start::start_verification;
use rastau::app::verification::way_back::return_to_operator;
use rastau::domain::kernel::handle::{HandleHash, hash_handle};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::forms::{Fields, assertion_fields, form, grant_fields, request_fields, with};
use super::world::{Answer, BASE, World};

mod assertions;
mod grants;
mod proofs;
mod requests;

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
