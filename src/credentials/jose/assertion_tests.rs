//! Good assertions, and every way they can be bad.

use super::super::signing_key::{SigningKey, generate_es256};
use super::super::testing::{compact, compact_by};
use super::*;
use crate::domain::kernel::secret::SecretBytes;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PSS_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000;
const AUD: &str = "https://rastau.example/oauth2/token";

struct Client {
    key: SecretBytes,
    jwks: String,
    kid: String,
}

impl Client {
    fn new() -> Self {
        let key = generate_es256().unwrap();
        let read = SigningKey::read(&key).unwrap();
        let jwks = json!({ "keys": [read.jwk()] }).to_string();
        Self { key, jwks, kid: read.kid }
    }

    fn header(&self) -> Value {
        json!({ "alg": "ES256", "typ": "JWT", "kid": self.kid })
    }

    fn try_with(&self, header: &Value, claims: &Value) -> Result<VerifiedAssertion, String> {
        verify(&compact(header, claims, &self.key), &self.jwks)
    }
}

fn verifier() -> AssertionJose {
    AssertionJose::new("https://rastau.example", [AUD.to_owned()])
}

fn verify(assertion: &str, jwks: &str) -> Result<VerifiedAssertion, String> {
    verify_for(AssertionAudience::Endpoint, assertion, jwks)
}

fn verify_for(audience: AssertionAudience, assertion: &str, jwks: &str) -> Result<VerifiedAssertion, String> {
    verifier().verify(assertion, jwks, audience, Timestamp::from_seconds(NOW)).map_err(|error| error.0)
}

#[test]
fn the_audience_is_the_issuer_as_a_string_unless_the_registration_says_otherwise() {
    let client = Client::new();
    let issuer = "https://rastau.example";
    let (evil, list) = (json!("https://evil.example"), json!([issuer]));
    let ask = |audience, aud: &Value| {
        let claims = json!({ "iss": "demo-bet", "sub": "demo-bet", "aud": aud, "exp": NOW + 60, "jti": "one" });
        verify_for(audience, &compact(&client.header(), &claims, &client.key), &client.jwks).map(|_| ())
    };
    assert_eq!(ask(AssertionAudience::Issuer, &json!(issuer)), Ok(()));
    assert!(ask(AssertionAudience::Issuer, &json!(AUD)).unwrap_err().contains("must be the issuer"));
    assert!(
        ask(AssertionAudience::Issuer, &json!("https://rastau.example/")).unwrap_err().contains("must be the issuer")
    );
    for named in [&list, &json!([issuer, evil]), &json!([AUD])] {
        assert!(ask(AssertionAudience::Issuer, named).unwrap_err().contains("one string"), "{named}");
        assert_eq!(ask(AssertionAudience::Endpoint, named), Ok(()), "{named}");
    }
    assert!(ask(AssertionAudience::Endpoint, &evil).is_err());
}

fn claims() -> Value {
    json!({ "iss": "demo-bet", "sub": "demo-bet", "aud": AUD, "exp": NOW + 60, "iat": NOW, "jti": "one" })
}

#[test]
fn a_good_assertion_names_client_jti_and_expiry() {
    let client = Client::new();
    let verified = client.try_with(&client.header(), &claims()).unwrap();
    assert_eq!(verified.client_id, "demo-bet");
    assert_eq!(verified.jti, "one");
    assert_eq!(verified.expires_at, Timestamp::from_seconds(NOW + 60));
    let assertion = compact(&client.header(), &claims(), &client.key);
    assert_eq!(verifier().claimed_client(&assertion), Some("demo-bet".to_owned()));
}

#[test]
fn every_wrong_claim_is_refused_for_its_own_reason() {
    let client = Client::new();
    let cases: &[(&str, Value, &str)] = &[
        ("iss", json!("other"), "iss and sub must"),
        ("sub", json!("other"), "iss and sub must"),
        ("sub", json!(null), "iss and sub are required"),
        ("aud", json!("https://other.example"), "aud names none"),
        ("aud", json!(["https://other.example"]), "aud names none"),
        ("aud", json!([]), "aud names none"),
        ("aud", json!(null), "aud is required"),
        ("exp", json!(NOW), "expired"),
        ("exp", json!(NOW - 30), "expired"),
        ("exp", json!(NOW + 3_601), "an hour"),
        ("exp", json!(1e300), "an hour"),
        ("exp", json!(null), "exp is required"),
        ("exp", json!("1900000000"), "not good"),
        ("iat", json!(NOW + 61), "not valid yet"),
        ("nbf", json!(NOW + 61), "not valid yet"),
        ("jti", json!(null), "jti is required"),
        ("jti", json!(""), "jti has"),
        ("jti", json!("a\u{0}b"), "jti has"),
        ("jti", json!("j".repeat(129)), "jti has"),
    ];
    for (member, value, reason) in cases {
        let mut changed = claims();
        changed[*member] = value.clone();
        let error = client.try_with(&client.header(), &changed).unwrap_err();
        assert!(error.contains(reason), "{member} = {value}: {error}");
    }
}

#[test]
fn the_edges_of_what_is_allowed_are_allowed() {
    let client = Client::new();
    for (member, value) in [
        ("exp", json!(NOW + 3_600)),
        ("exp", json!(f64::from(60) + NOW as f64 + 0.5)),
        ("iat", json!(NOW + 60)),
        ("nbf", json!(NOW + 60)),
        ("iat", json!(null)),
        ("aud", json!(["https://other.example", "https://rastau.example"])),
        ("jti", json!("ж".repeat(128))),
    ] {
        let mut changed = claims();
        changed[member] = value.clone();
        assert!(client.try_with(&client.header(), &changed).is_ok(), "{member} = {value}");
    }
    for typ in [json!(null), json!("jwt"), json!("client-authentication+jwt")] {
        let mut header = client.header();
        header["typ"] = typ;
        assert!(client.try_with(&header, &claims()).is_ok());
    }
}

#[test]
fn no_other_algorithm_key_or_header_gets_through() {
    let client = Client::new();
    for (member, value, reason) in [
        ("alg", json!("none"), "known algorithm"),
        ("alg", json!("HS256"), "must be ES256"),
        ("alg", json!("RS256"), "must be ES256"),
        ("alg", json!("ES384"), "must be ES256"),
        ("alg", json!("EdDSA"), "no registered key"),
        ("alg", json!("PS256"), "no registered key"),
        ("kid", json!("unknown"), "no registered key"),
        ("crit", json!(["b64"]), "crit"),
        ("typ", json!("at+jwt"), "typ"),
    ] {
        let mut header = client.header();
        header[member] = value;
        let error = client.try_with(&header, &claims()).unwrap_err();
        assert!(error.contains(reason), "{header}: {error}");
    }
    let none = compact_by(&json!({ "alg": "none" }), &claims(), |_| Vec::new());
    assert!(verify(&none, &client.jwks).is_err());
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let client = Client::new();
    let header = json!({ "alg": "HS256", "kid": client.kid });
    let jwk = serde_json::from_str::<Value>(&client.jwks).unwrap()["keys"][0].to_string();
    for secret in [client.jwks.as_bytes(), jwk.as_bytes()] {
        let forged = compact_by(&header, &claims(), |message| {
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
            aws_lc_rs::hmac::sign(&key, message).as_ref().to_vec()
        });
        assert!(verify(&forged, &client.jwks).unwrap_err().contains("must be ES256"));
    }
}

#[test]
fn another_clients_key_and_a_key_in_the_header_do_not_count() {
    let (client, attacker) = (Client::new(), Client::new());
    let mut header = client.header();
    header["jwk"] = serde_json::from_str::<Value>(&attacker.jwks).unwrap()["keys"][0].clone();
    let forged = compact(&header, &claims(), &attacker.key);
    assert!(verify(&forged, &client.jwks).unwrap_err().contains("signature"));
}

#[test]
fn eddsa_and_ps256_are_understood() {
    let ed = Ed25519KeyPair::generate().unwrap();
    let x = URL_SAFE_NO_PAD.encode(ed.public_key());
    // Either name of the algorithm (RFC 8037, RFC 9864), in the header and of the key.
    for (named, of_key) in [("EdDSA", "EdDSA"), ("Ed25519", "Ed25519"), ("Ed25519", "EdDSA"), ("EdDSA", "Ed25519")] {
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "alg": of_key });
        let signed = compact_by(&json!({ "alg": named }), &claims(), |message| ed.sign(message).as_ref().to_vec());
        assert!(verify(&signed, &json!({ "keys": [key] }).to_string()).is_ok(), "{named} {of_key}");
    }

    let rsa = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let public = RsaPublicKeyComponents::<Vec<u8>>::from(rsa.public_key());
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let jwks = json!({ "keys": [{ "kty": "RSA", "n": encode(&public.n), "e": encode(&public.e) }] }).to_string();
    let sign = |message: &[u8]| {
        let mut signature = vec![0; rsa.public_modulus_len()];
        rsa.sign(&RSA_PSS_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    };
    assert!(verify(&compact_by(&json!({ "alg": "PS256" }), &claims(), sign), &jwks).is_ok());
    assert!(verify(&compact_by(&json!({ "alg": "RS256" }), &claims(), sign), &jwks).is_err());
}

#[test]
fn an_oversized_assertion_is_not_even_read() {
    let client = Client::new();
    let mut long = claims();
    long["extra"] = json!("x".repeat(MAX_ASSERTION));
    let assertion = compact(&client.header(), &long, &client.key);
    assert!(verify(&assertion, &client.jwks).unwrap_err().contains("too long"));
    assert_eq!(verifier().claimed_client(&assertion), None);
}

#[test]
fn a_claim_given_twice_is_refused() {
    let client = Client::new();
    let pair = aws_lc_rs::signature::EcdsaKeyPair::from_pkcs8(
        &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        client.key.expose(),
    )
    .unwrap();
    let twice = claims().to_string().replacen('{', r#"{"sub":"other","#, 1);
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let message = format!("{}.{}", encode(&client.header().to_string()), encode(&twice));
    let signature = pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    let assertion = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
    assert!(verify(&assertion, &client.jwks).unwrap_err().contains("claims"));
}

proptest! {
    #[test]
    fn no_text_makes_the_verifier_panic(text in "\\PC{0,200}", jwks in "\\PC{0,50}") {
        prop_assert!(verify(&text, &jwks).is_err());
        let _ = verifier().claimed_client(&text);
    }
}
