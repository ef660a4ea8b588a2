//! DPoP proofs that are not of this request, this moment or this key (RFC 9449 section 4.3): over HTTP, each alone, before one
//! code, which all of them leave as it is.

use actix_web::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::client::unique;
use super::forms::{form, grant_fields, request_fields, with};
use super::world::World;

const TOKEN: &str = "/oauth2/token";

/// The code of this refusal.
async fn refused(world: &World, code: &str, proof: &str) -> String {
    let answer = world.post_proven(&world.bet, TOKEN, grant_fields(code), Some(proof)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
    answer.error().to_owned()
}

async fn serves(world: &World, code: &str) {
    let answer = world.exchange(&world.bet, code).await;
    assert_eq!(answer.status, StatusCode::OK, "the code was used up: {}", answer.text);
}

#[actix_web::test]
async fn a_proof_with_an_odd_header_proves_nothing() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let good = world.bet.proof_header();
    let of_key = |change: &[(&str, Value)]| {
        let mut jwk = good["jwk"].clone();
        for (member, value) in change {
            jwk[*member] = value.clone();
        }
        jwk
    };
    for (member, value) in [
        ("typ", json!("JWT")),
        ("typ", json!("dpop+JWT ")),
        ("typ", json!("at+jwt")),
        ("typ", Value::Null),
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("alg", json!("ES384")),
        ("alg", json!("PS256")),
        ("alg", json!("EdDSA")),
        ("alg", Value::Null),
        ("crit", json!(["htu"])),
        ("crit", json!(["b64"])),
        ("jwk", Value::Null),
        ("jwk", json!({})),
        ("jwk", json!("a thumbprint")),
        ("jwk", json!({ "kty": "oct", "k": "AAAA" })),
        ("jwk", of_key(&[("d", json!("AAAA"))])),
        ("jwk", of_key(&[("crv", json!("P-384"))])),
        ("jwk", of_key(&[("x", good["jwk"]["y"].clone())])),
        ("jwk", of_key(&[("kty", json!("RSA"))])),
        // Another's: their key, our signature.
        ("jwk", world.other.proof_header()["jwk"].clone()),
    ] {
        let mut header = good.clone();
        header[member] = value;
        let proof = world.bet.jws(&header.to_string(), &world.proof_claims(TOKEN).to_string());
        assert_eq!(refused(&world, &code, &proof).await, "invalid_dpop_proof", "{header}");
    }
    serves(&world, &code).await;
}

#[actix_web::test]
async fn a_proof_of_another_address_method_or_moment_proves_nothing() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let now = world.now();
    for (member, value, error) in [
        ("htm", json!("GET"), "invalid_dpop_proof"),
        ("htm", json!("post"), "invalid_dpop_proof"),
        ("htm", json!(["POST"]), "invalid_dpop_proof"),
        ("htm", Value::Null, "invalid_dpop_proof"),
        ("htu", json!("https://rastau.example/oauth2/par"), "invalid_dpop_proof"),
        ("htu", json!("https://rastau.example/oauth2/token/"), "invalid_dpop_proof"),
        ("htu", json!("https://rastau.example/oauth2/Token"), "invalid_dpop_proof"),
        ("htu", json!("https://rastau.example/oauth2/../oauth2/par"), "invalid_dpop_proof"),
        ("htu", json!("https://rastau.example:8443/oauth2/token"), "invalid_dpop_proof"),
        ("htu", json!("https://rastau.example.evil.example/oauth2/token"), "invalid_dpop_proof"),
        ("htu", json!("https://rastau.example@evil.example/oauth2/token"), "invalid_dpop_proof"),
        ("htu", json!("https://user@rastau.example/oauth2/token"), "invalid_dpop_proof"),
        ("htu", json!("http://rastau.example/oauth2/token"), "invalid_dpop_proof"),
        ("htu", json!("/oauth2/token"), "invalid_dpop_proof"),
        ("htu", Value::Null, "invalid_dpop_proof"),
        ("iat", json!(now - 301), "invalid_dpop_proof"),
        ("iat", json!(now + 61), "invalid_dpop_proof"),
        ("iat", json!(1e300), "invalid_dpop_proof"),
        ("iat", json!(-1e300), "invalid_dpop_proof"),
        ("iat", json!(now.to_string()), "invalid_dpop_proof"),
        ("iat", Value::Null, "invalid_dpop_proof"),
        ("nbf", json!(now + 61), "invalid_dpop_proof"),
        ("exp", json!(now), "invalid_dpop_proof"),
        ("jti", json!(""), "invalid_dpop_proof"),
        ("jti", json!("j".repeat(257)), "invalid_dpop_proof"),
        ("jti", json!("a\u{0}b"), "invalid_dpop_proof"),
        ("jti", json!(7), "invalid_dpop_proof"),
        ("jti", Value::Null, "invalid_dpop_proof"),
        ("nonce", Value::Null, "use_dpop_nonce"),
        ("nonce", json!(""), "use_dpop_nonce"),
        ("nonce", json!(unique()), "use_dpop_nonce"),
        ("nonce", json!("n".repeat(10_000)), "invalid_dpop_proof"),
    ] {
        let mut claims = world.proof_claims(TOKEN);
        claims[member] = value;
        let told = refused(&world, &code, &world.bet.proof(&claims)).await;
        assert_eq!(told, error, "{member} {:.60}", claims[member].to_string());
    }
    serves(&world, &code).await;
}

#[actix_web::test]
async fn what_is_no_proof_or_not_signed_by_its_key_proves_nothing() {
    let world = World::production().await;
    let code = world.code(&world.bet).await;
    let good = world.bet.proof(&world.proof_claims(TOKEN));
    let (message, signature) = good.rsplit_once('.').unwrap();
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let mut another = world.proof_claims(TOKEN);
    another["htu"] = json!("https://evil.example/oauth2/token");
    let (header, _) = message.split_once('.').unwrap();
    for forged in [
        "x".to_owned(),
        "a.b.c".to_owned(),
        message.to_owned(),
        format!("{message}."),
        format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
        format!("{message}.{signature}x"),
        format!("{message}.{signature}, {good}"),
        format!("{header}.{}.{signature}", encode(&another.to_string())),
        format!("{good}.{signature}"),
    ] {
        assert_eq!(refused(&world, &code, &forged).await, "invalid_dpop_proof", "{forged}");
    }
    // Claims that come twice.
    let twice = world.proof_claims(TOKEN).to_string().replacen('{', r#"{"htm":"GET","#, 1);
    let proof = world.bet.jws(&world.bet.proof_header().to_string(), &twice);
    assert_eq!(refused(&world, &code, &proof).await, "invalid_dpop_proof");
    // Two in one request, both good.
    let mut fields = grant_fields(&code);
    fields.extend(world.bet.credentials(world.now()));
    let two = form(TOKEN, &fields)
        .append_header(("DPoP", good.clone()))
        .append_header(("DPoP", world.bet.proof(&world.proof_claims(TOKEN))));
    assert_eq!(world.send(two).await.error(), "invalid_dpop_proof");
    // And by another key than the one that the request named, once: the code is burnt (RFC 6749 section 4.1.2).
    let bound = with(request_fields(), "dpop_jkt", world.bet.thumbprint());
    let bound = world.code_of(&world.bet, bound).await;
    let foreign = world.other.proof(&world.proof_claims(TOKEN));
    assert_eq!(refused(&world, &bound, &foreign).await, "invalid_grant");
    let answer = world.exchange(&world.bet, &bound).await;
    assert_eq!(answer.error(), "invalid_grant", "whoever showed it had no key to it, and has it no more");
    assert_eq!(world.post_proven(&world.bet, TOKEN, grant_fields(&code), Some(&good)).await.status, StatusCode::OK);
}
