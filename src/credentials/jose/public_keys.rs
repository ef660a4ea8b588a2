//! An operator's registered public keys (JWK Set, RFC 7517) and which of them an assertion may be checked with.

use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, RsaPublicKeyComponents, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::jws::with_known_name;
use crate::domain::oauth::credentials::KeySetError;

/// The key for `algorithm`: the one named `kid`, or the only fitting one when none is named. A key serves only the
/// algorithm of its own type, and nothing but the registration decides which keys there are (`jwk`, `jku` and `x5c` in
/// a header are never looked at).
pub(super) fn choose(jwks: &str, kid: Option<&str>, algorithm: Algorithm) -> Result<DecodingKey, &'static str> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let set: Set = serde_json::from_str(jwks).map_err(|_| "the registered key set is not a JWK Set")?;
    // RFC 7517 section 5: keys that are not understood are ignored, not fatal.
    let mut fitting = set
        .keys
        .into_iter()
        .filter_map(|key| serde_json::from_value::<Jwk>(with_known_name(key)).ok())
        .filter(|jwk| serves(jwk, algorithm))
        .filter(|jwk| kid.is_none() || jwk.common.key_id.as_deref() == kid);
    match (fitting.next(), fitting.next()) {
        (Some(jwk), None) => DecodingKey::from_jwk(&jwk).map_err(|_| "the registered key cannot be read"),
        (None, _) => Err("no registered key fits kid and algorithm"),
        (Some(_), Some(_)) => Err("several registered keys fit; name one by kid"),
    }
}

/// See [`AssertionVerifier::check_keys`](crate::domain::oauth::credentials::AssertionVerifier::check_keys).
///
/// # Errors
/// [`KeySetError`], which names the key by its place, from 1 on.
pub fn check_keys(jwks: &str) -> Result<(), KeySetError> {
    let refused = |why: String| Err(KeySetError(why));
    let Ok(set) = serde_json::from_str::<Value>(jwks) else { return refused("it is not JSON".to_owned()) };
    let Some(keys) = set["keys"].as_array() else { return refused("it has no array \"keys\"".to_owned()) };
    let mut names: Vec<(Algorithm, Option<String>)> = Vec::new();
    for (place, key) in (1..).zip(keys) {
        let Ok(jwk) = serde_json::from_value::<Jwk>(with_known_name(key.clone())) else {
            // What has the name of a kind of ours is meant to be one.
            if matches!(key["kty"].as_str(), Some("EC" | "RSA" | "OKP")) && is_our_curve(key) {
                return refused(format!("key {place} cannot be read"));
            }
            continue;
        };
        let Some(algorithm) = ALGORITHMS.into_iter().find(|algorithm| serves(&jwk, *algorithm)) else { continue };
        read(&jwk).map_err(|why| KeySetError(format!("key {place} {why}")))?;
        let name = (algorithm, jwk.common.key_id.clone());
        if names.contains(&name) {
            return refused(format!("key {place} has the kid of another key, or both have none"));
        }
        names.push(name);
    }
    if names.is_empty() {
        return refused(
            "none of its keys is a public one of EC P-256 (ES256), OKP Ed25519 (EdDSA) or RSA (PS256) for signatures"
                .to_owned(),
        );
    }
    Ok(())
}

fn is_our_curve(key: &Value) -> bool {
    matches!((key["kty"].as_str(), key["crv"].as_str()), (Some("RSA"), _) | (_, Some("P-256" | "Ed25519")))
}

/// The algorithms that we verify.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::PS256, Algorithm::EdDSA];
/// FAPI 2.0 Security Profile section 5.4.1, item 2.
const MIN_RSA: usize = 2_048;

/// Reads the key as the library that verifies does: the point lies on its curve, the modulus is one.
fn read(jwk: &Jwk) -> Result<(), String> {
    let unreadable = || "cannot be read".to_owned();
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| unreadable());
    match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(key) => {
            let point = [&[UNCOMPRESSED][..], &bytes(&key.x)?, &bytes(&key.y)?].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).parse().map_err(|_| unreadable())?;
        }
        AlgorithmParameters::OctetKeyPair(key) => {
            UnparsedPublicKey::new(&ED25519, bytes(&key.x)?).parse().map_err(|_| unreadable())?;
        }
        AlgorithmParameters::RSA(key) => {
            let parts = RsaPublicKeyComponents { n: bytes(&key.n)?, e: bytes(&key.e)? };
            // The library takes no shorter one, and does not say why.
            let bits = parts.n.len() * 8 - parts.n.first().map_or(0, |first| first.leading_zeros() as usize);
            if bits < MIN_RSA {
                return Err(format!("is RSA of {bits} bits; {MIN_RSA} at least are needed"));
            }
            let _: PublicEncryptingKey = parts.try_into().map_err(|_| unreadable())?;
        }
        _ => return Err(unreadable()),
    }
    Ok(())
}

/// How an elliptic point with both its coordinates begins (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// Whether the key is one of this algorithm.
pub(super) fn is_of_type(jwk: &Jwk, algorithm: Algorithm) -> bool {
    match (&jwk.algorithm, algorithm) {
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::RSA(_), Algorithm::PS256) => true,
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    }
}

fn serves(jwk: &Jwk, algorithm: Algorithm) -> bool {
    let common = &jwk.common;
    is_of_type(jwk, algorithm)
        && common.key_algorithm.is_none_or(|alg| alg == KeyAlgorithm::from(algorithm))
        && common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(|operations| operations.contains(&KeyOperations::Verify))
}

#[cfg(test)]
mod tests {
    use super::super::signing_key::{SigningKey, generate_es256};
    use super::*;
    use aws_lc_rs::signature::KeyPair as _;
    use serde_json::json;

    fn jwk() -> Value {
        let key = SigningKey::read(&generate_es256().unwrap()).unwrap();
        serde_json::to_value(key.jwk()).unwrap()
    }

    fn with(mut jwk: Value, member: &str, value: Value) -> Value {
        jwk[member] = value;
        jwk
    }

    fn ask(keys: &[Value], kid: Option<&str>) -> Result<(), &'static str> {
        choose(&json!({ "keys": keys }).to_string(), kid, Algorithm::ES256).map(|_| ())
    }

    #[test]
    fn a_key_is_chosen_by_name_or_as_the_only_one() {
        let (one, two) = (with(jwk(), "kid", json!("one")), with(jwk(), "kid", json!("two")));
        assert_eq!(ask(&[one.clone(), two.clone()], Some("two")), Ok(()));
        assert_eq!(ask(std::slice::from_ref(&one), None), Ok(()));
        assert!(ask(&[one.clone(), two.clone()], None).is_err());
        assert!(ask(&[one.clone(), two], Some("three")).is_err());
        assert!(ask(&[one.clone(), one.clone()], Some("one")).is_err());
        // FAPI 2.0 Security Profile section 5.4.3: keys of one name are told apart by what they are for.
        let okp = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "one", "x": URL_SAFE_NO_PAD.encode([7; 32]) });
        let encrypting = with(with(jwk(), "kid", json!("one")), "use", json!("enc"));
        assert_eq!(ask(&[okp, encrypting, one], Some("one")), Ok(()));
    }

    #[test]
    fn a_set_is_read_key_by_key_and_what_is_none_of_ours_is_passed_over() {
        let rsa = |size| {
            let public =
                RsaPublicKeyComponents::<Vec<u8>>::from(aws_lc_rs::rsa::KeyPair::generate(size).unwrap().public_key());
            json!({ "kty": "RSA", "kid": "rsa", "n": URL_SAFE_NO_PAD.encode(public.n), "e": URL_SAFE_NO_PAD.encode(public.e) })
        };
        let long = rsa(aws_lc_rs::rsa::KeySize::Rsa2048);
        let check = |keys: &[Value]| check_keys(&json!({ "keys": keys }).to_string()).map_err(|error| error.0);
        let (odd, curve) =
            (json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA" }), with(jwk(), "crv", json!("P-384")));
        let encrypting = json!({ "kty": "OKP", "crv": "X25519", "use": "enc", "x": "AAAA" });
        assert_eq!(check(&[odd.clone(), curve.clone(), encrypting, json!(7), jwk()]), Ok(()));
        assert_eq!(check(&[jwk(), long.clone()]), Ok(()));
        assert!(check(&[odd, curve]).unwrap_err().contains("none of its keys"));
        let short = with(long.clone(), "n", json!(URL_SAFE_NO_PAD.encode([0xff; 128])));
        assert!(check(&[jwk(), short]).unwrap_err().contains("key 2 is RSA of 1024 bits"));
        for (place, bad) in [with(jwk(), "x", json!("a")), with(jwk(), "x", jwk()["x"].clone())].iter().enumerate() {
            assert_eq!(check(std::slice::from_ref(bad)), Err("key 1 cannot be read".to_owned()), "{place}");
        }
        assert!(check(&[with(long, "e", json!("AA"))]).unwrap_err().contains("cannot be read"));
        let named = with(jwk(), "kid", json!("one"));
        assert!(check(&[named.clone(), with(jwk(), "kid", json!("one"))]).unwrap_err().contains("key 2 has the kid"));
        for bad in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[]}"#] {
            assert!(check_keys(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_of_another_type_use_or_algorithm_do_not_fit_and_unknown_ones_do_no_harm() {
        for (member, value) in [
            ("use", json!("enc")),
            ("alg", json!("ES384")),
            ("alg", json!("HS256")),
            ("key_ops", json!(["sign"])),
            ("crv", json!("P-384")),
            ("crv", json!("secp256k1")),
            ("kty", json!("oct")),
        ] {
            assert!(ask(&[with(jwk(), member, value)], None).is_err(), "{member}");
        }
        let odd = json!({ "kty": "PQ", "kid": "odd" });
        assert_eq!(ask(&[odd, json!(7), jwk()], None), Ok(()));
        let symmetric = json!({ "kty": "oct", "k": "AAAA", "kid": "s" });
        assert!(ask(&[symmetric], Some("s")).is_err());
        assert!(choose("[]", None, Algorithm::ES256).is_err());
        assert!(choose("", None, Algorithm::ES256).is_err());
    }
}
