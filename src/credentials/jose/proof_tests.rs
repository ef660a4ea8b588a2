//! Good proofs, and every way they can be bad.

use super::super::signing_key::{SigningKey, generate_es256};
use super::super::testing::{compact, compact_by};
use super::*;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

const ADDRESS: &str = "https://rastau.example/oauth2/token";

fn verify(proof: &str) -> Result<VerifiedProof, String> {
    DpopJose::default().verify(proof, "POST", &[Url::parse(ADDRESS).unwrap()]).map_err(|error| error.0)
}

struct Key {
    pkcs8: SecretBytes,
    read: SigningKey,
}

impl Key {
    fn new() -> Self {
        let pkcs8 = generate_es256().unwrap();
        Self { read: SigningKey::read(&pkcs8).unwrap(), pkcs8 }
    }

    fn header(&self) -> Value {
        let mut jwk = serde_json::to_value(self.read.jwk()).unwrap();
        jwk.as_object_mut().unwrap().retain(|member, _| ["kty", "crv", "x", "y"].contains(&member.as_str()));
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk })
    }
}

fn claims() -> Value {
    json!({ "jti": "one", "htm": "POST", "htu": ADDRESS, "iat": 1_800_000_000, "nonce": "n" })
}

#[test]
fn a_good_proof_names_its_key_by_the_thumbprint() {
    let key = Key::new();
    let proof = verify(&compact(&key.header(), &claims(), &key.pkcs8)).unwrap();
    assert_eq!(proof.key.to_string(), key.read.kid);
    assert_eq!((proof.jti.as_str(), proof.nonce.as_deref()), ("one", Some("n")));
    assert_eq!(proof.issued_at, Timestamp::from_seconds(1_800_000_000));
}

#[test]
fn every_wrong_header_is_refused() {
    let key = Key::new();
    let other = Key::new();
    let mut private = key.header();
    private["jwk"]["d"] = json!("AAAA");
    let cases = [
        ("typ", json!("JWT")),
        ("typ", json!(null)),
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("ES384")),
        ("alg", json!("RS256")),
        ("alg", json!("PS256")),
        ("alg", json!("EdDSA")),
        ("crit", json!(["exp"])),
        ("jwk", json!(null)),
        ("jwk", json!({ "kty": "oct", "k": "AAAA" })),
        ("jwk", other.header()["jwk"].clone()),
        ("jwk", private["jwk"].clone()),
    ];
    for (member, value) in cases {
        let mut header = key.header();
        header[member] = value.clone();
        assert!(verify(&compact(&header, &claims(), &key.pkcs8)).is_err(), "{member} = {value}");
    }
}

#[test]
fn every_wrong_claim_is_refused() {
    let key = Key::new();
    for (member, value) in [
        ("htm", json!("post")),
        ("htm", json!(null)),
        ("htu", json!("https://rastau.example/oauth2/token/")),
        ("htu", json!("/oauth2/token")),
        ("htu", json!(null)),
        ("jti", json!(null)),
        ("jti", json!("j".repeat(257))),
        ("iat", json!(null)),
        ("iat", json!("1800000000")),
    ] {
        let mut changed = claims();
        changed[member] = value.clone();
        assert!(verify(&compact(&key.header(), &changed, &key.pkcs8)).is_err(), "{member} = {value}");
    }
}

#[test]
fn what_is_not_signed_by_its_key_is_refused() {
    let (key, other) = (Key::new(), Key::new());
    assert!(verify(&compact(&key.header(), &claims(), &other.pkcs8)).is_err());
    assert!(verify(&compact_by(&key.header(), &claims(), |_| Vec::new())).is_err());
    assert!(verify(&"x".repeat(MAX_PROOF + 1)).is_err());
    assert!(verify("").is_err());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(proof in ".{0,200}") {
        prop_assert!(verify(&proof).is_err());
    }
}
