//! DPoP: tokens are of the key that asked for them, and a proof serves once.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use rastau::http::operator::ClientCertificates;
use serde_json::{Value, json};

use super::forms::{form, grant_fields, refresh_fields, request_fields, with};
use super::world::{Answer, World};

const TOKEN: &str = "/oauth2/token";

/// Exchanges a fresh code with this proof.
async fn exchange(world: &World, proof: Option<&str>) -> Answer {
    let code = world.code(&world.bet).await;
    world.post_proven(&world.bet, TOKEN, grant_fields(&code), proof).await
}

#[actix_web::test]
async fn outside_the_sandbox_a_token_needs_a_key_and_the_code_stays_good() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let bare = world.post_proven(&world.bet, TOKEN, grant_fields(&code), None).await;
    assert_eq!((bare.status, bare.error()), (StatusCode::BAD_REQUEST, "invalid_dpop_proof"));
    assert_eq!(world.exchange(&world.bet, &code).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn in_the_sandbox_a_token_may_be_of_the_bearer_and_its_client_renews_it() {
    let world = World::sandbox().await;
    world.allow().await;
    let answer = exchange(&world, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.body["token_type"], "Bearer");
    let refresh = || refresh_fields(answer.body["refresh_token"].as_str().unwrap());
    // A key that was not there at first is another key; another client is nobody.
    let proof = world.bet.proof(&world.proof_claims(TOKEN));
    assert_eq!(world.post_proven(&world.bet, TOKEN, refresh(), Some(&proof)).await.error(), "invalid_grant");
    assert_eq!(world.post_proven(&world.other, TOKEN, refresh(), None).await.error(), "invalid_grant");
    let renewed = world.post_proven(&world.bet, TOKEN, refresh(), None).await;
    assert_eq!((renewed.status, &renewed.body["token_type"]), (StatusCode::OK, &json!("Bearer")));
}

#[actix_web::test]
async fn a_nonce_is_handed_out_and_must_come_back() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let with_nonce = |nonce: Value| {
        let mut claims = world.proof_claims(TOKEN);
        claims["nonce"] = nonce;
        world.bet.proof(&claims)
    };
    for nonce in [Value::Null, json!("made-up")] {
        let proof = with_nonce(nonce);
        let answer = world.post_proven(&world.bet, TOKEN, grant_fields(&code), Some(&proof)).await;
        assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "use_dpop_nonce"));
        let nonce = answer.header("dpop-nonce").unwrap().to_owned();
        assert_eq!(nonce.len(), 43);
    }
    let proof = world.bet.proof(&world.proof_claims(TOKEN));
    let answer = world.post_proven(&world.bet, TOKEN, grant_fields(&code), Some(&proof)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("dpop-nonce").is_some(), "the next one comes with the answer");
    world.clock.advance(Duration::from_mins(4));
    let old = with_nonce(json!(answer.header("dpop-nonce").unwrap()));
    assert_eq!(exchange(&world, Some(&old)).await.error(), "use_dpop_nonce", "its iat is of now, its nonce is not");
}

#[actix_web::test]
async fn a_client_that_learns_the_nonce_sends_the_same_body_again() {
    let world = World::production().await;
    for path in ["/oauth2/par", TOKEN] {
        let code = world.code(&world.bet).await;
        let mut fields = if path == TOKEN { grant_fields(&code) } else { request_fields() };
        fields.extend(world.bet.credentials(world.now()));
        let mut claims = world.proof_claims(path);
        claims["nonce"] = Value::Null;
        let send = async |claims: &Value| {
            world.send(form(path, &fields).insert_header(("DPoP", world.bet.proof(claims)))).await
        };
        let first = send(&claims).await;
        assert_eq!(first.error(), "use_dpop_nonce");
        let mut claims = world.proof_claims(path);
        claims["nonce"] = json!(first.header("dpop-nonce").unwrap());
        let second = send(&claims).await;
        assert!(second.status.is_success(), "{path} {}", second.body);
        claims["jti"] = json!("another");
        assert_eq!(send(&claims).await.error(), "invalid_client", "{path}: and the assertion serves once all the same");
    }
}

#[actix_web::test]
async fn every_answer_brings_the_next_nonce() {
    let world = World::production().await;
    let good = world.post(&world.bet, "/oauth2/par", request_fields()).await;
    let refused = world.post(&world.bet, "/oauth2/par", with(request_fields(), "scope", "all")).await;
    let stranger = world.send(form(TOKEN, &request_fields())).await;
    let no_form = world.send(TestRequest::post().uri(TOKEN)).await;
    let status = [&good, &refused, &stranger, &no_form].map(|answer| answer.status.as_u16());
    assert_eq!(status, [201, 400, 401, 415]);
    for answer in [good, refused, stranger, no_form] {
        assert_eq!(answer.header("dpop-nonce").map(str::len), Some(43), "{}", answer.text);
    }
}

#[actix_web::test]
async fn a_clock_that_is_a_minute_ahead_is_good_enough() {
    let world = World::production().await;
    let now = world.now();
    for (member, ahead) in [("iat", 60), ("nbf", 60), ("exp", 1)] {
        let mut claims = world.proof_claims(TOKEN);
        claims[member] = json!(now + ahead);
        let answer = exchange(&world, Some(&world.bet.proof(&claims))).await;
        assert_eq!(answer.status, StatusCode::OK, "{member} {}", answer.body);
    }
}

#[actix_web::test]
async fn a_proof_may_name_the_address_that_is_for_certificates() {
    let elsewhere = "https://mtls.rastau.example";
    let certificates = ClientCertificates {
        proxies: vec!["10.0.0.0/24".parse().unwrap()],
        url: Some(elsewhere.parse().unwrap()),
        ..ClientCertificates::default()
    };
    let (plain, world) = (World::production().await, World::production().await.with_certificates(certificates));
    for (world, taken) in [(&plain, false), (&world, true)] {
        let mut claims = world.proof_claims(TOKEN);
        claims["htu"] = json!(format!("{elsewhere}{TOKEN}"));
        let answer = exchange(world, Some(&world.bet.proof(&claims))).await;
        assert_eq!(answer.status == StatusCode::OK, taken, "{}", answer.body);
    }
    assert_eq!(exchange(&world, Some(&world.bet.proof(&world.proof_claims(TOKEN)))).await.status, StatusCode::OK);
    let mut third = world.proof_claims(TOKEN);
    third["htu"] = json!(format!("https://evil.example{TOKEN}"));
    assert_eq!(exchange(&world, Some(&world.bet.proof(&third))).await.error(), "invalid_dpop_proof");
}

#[actix_web::test]
async fn a_proof_serves_once() {
    let world = World::production().await;
    let proof = world.bet.proof(&world.proof_claims(TOKEN));
    assert_eq!(exchange(&world, Some(&proof)).await.status, StatusCode::OK);
    let again = exchange(&world, Some(&proof)).await;
    assert_eq!((again.status, again.error()), (StatusCode::BAD_REQUEST, "invalid_dpop_proof"));
    // The same jti of another key is another proof.
    let mut claims = world.proof_claims(TOKEN);
    claims["jti"] = json!("one and the same");
    assert_eq!(exchange(&world, Some(&world.bet.proof(&claims))).await.status, StatusCode::OK);
    assert_eq!(exchange(&world, Some(&world.other.proof(&claims))).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_proof_of_another_request_or_time_is_refused() {
    let world = World::production().await;
    let now = world.now();
    for (member, value) in [
        ("htm", json!("GET")),
        ("htu", json!("https://rastau.example/oauth2/par")),
        ("htu", json!("https://other.example/oauth2/token")),
        ("htu", json!("http://rastau.example/oauth2/token")),
        ("iat", json!(now - 301)),
        ("iat", json!(now + 61)),
        ("nbf", json!(now + 61)),
        ("exp", json!(now)),
        ("exp", json!(now - 60)),
        ("jti", json!("")),
    ] {
        let mut claims = world.proof_claims(TOKEN);
        claims[member] = value.clone();
        let answer = exchange(&world, Some(&world.bet.proof(&claims))).await;
        assert_eq!(
            (answer.status, answer.error()),
            (StatusCode::BAD_REQUEST, "invalid_dpop_proof"),
            "{member} {value}"
        );
    }
    // RFC 9449 section 4.3: the query does not count.
    let mut claims = world.proof_claims(TOKEN);
    claims["htu"] = json!("https://RASTAU.example:443/oauth2/token?x=1#y");
    assert_eq!(exchange(&world, Some(&world.bet.proof(&claims))).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_code_is_of_the_key_that_its_request_named() {
    let world = World::production().await;
    let fields = with(request_fields(), "dpop_jkt", world.other.thumbprint());
    let code = world.code_of(&world.bet, fields).await;
    let answer = world.exchange(&world.bet, &code).await;
    assert_eq!((answer.status, answer.error()), (StatusCode::BAD_REQUEST, "invalid_grant"));

    let fields = with(request_fields(), "dpop_jkt", world.bet.thumbprint());
    let code = world.code_of(&world.bet, fields).await;
    assert_eq!(world.exchange(&world.bet, &code).await.status, StatusCode::OK);

    let wrong = with(request_fields(), "dpop_jkt", "no thumbprint");
    assert_eq!(world.post(&world.bet, "/oauth2/par", wrong).await.error(), "invalid_request");
    let other = with(request_fields(), "dpop_jkt", world.other.thumbprint());
    let proof = world.bet.proof(&world.proof_claims("/oauth2/par"));
    let answer = world.post_proven(&world.bet, "/oauth2/par", other, Some(&proof)).await;
    assert_eq!(answer.error(), "invalid_request", "the proof is of another key than the one that is named");
}
