//! An operator's registered public keys (JWK Set, RFC 7517) and which of them an assertion may be checked with.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::jws::with_known_name;

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
        assert!(ask(&[one.clone(), one], Some("one")).is_err());
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
