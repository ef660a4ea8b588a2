//! A compact JWS of others (RFC 7515), read and verified step by step. The library's own reader knows EdDSA by its first name
//! alone; RFC 9864 calls it Ed25519, and current clients do.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::verify;
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::domain::kernel::time::Timestamp;

/// Both names of one algorithm.
const ED25519: &str = "Ed25519";
const EDDSA: &str = "EdDSA";

/// What others may sign with: asymmetric, and of RSA only PSS (as FAPI 2.0 has it).
const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::PS256, Algorithm::EdDSA];

/// A NumericDate (RFC 7519 section 2: seconds, perhaps with a fraction); saturates.
pub(super) fn instant(seconds: f64) -> Timestamp {
    Timestamp::from_micros((seconds * 1e6) as i64)
}

/// Whether a header is one that we take; its `typ` is the caller's to judge.
pub(super) fn check_header(header: &Header) -> Result<(), &'static str> {
    if !ALGORITHMS.contains(&header.alg) {
        return Err("the algorithm must be ES256, PS256 or EdDSA");
    }
    // RFC 7515 section 4.1.11: we understand no extension, so none may be critical.
    if header.crit.is_some() {
        return Err("the crit header names an extension that is not understood");
    }
    Ok(())
}

/// The header, unverified; `None` when it is none, or its algorithm is unknown (as `none` is).
pub(super) fn header(token: &str) -> Option<Header> {
    serde_json::from_value(with_known_name(header_value(token)?)).ok()
}

/// The header as it came.
pub(super) fn header_value(token: &str) -> Option<Value> {
    part(token.split('.').next()?)
}

/// The same with EdDSA by the name that the library knows; also for a public key.
pub(super) fn with_known_name(mut value: Value) -> Value {
    for pointer in ["/alg", "/jwk/alg"] {
        if let Some(name) = value.pointer_mut(pointer)
            && name == ED25519
        {
            *name = json!(EDDSA);
        }
    }
    value
}

/// The claims, unverified.
pub(super) fn unverified_claims<T: DeserializeOwned>(token: &str) -> Option<T> {
    part(token.split('.').nth(1)?)
}

/// The claims, when `key` signed them by `algorithm`. Times and names are the caller's to judge.
pub(super) fn claims<T: DeserializeOwned>(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Option<T> {
    let (message, signature) = token.rsplit_once('.')?;
    let claims = message.split_once('.')?.1;
    let signed = verify(signature, message.as_bytes(), key, algorithm).ok()?;
    if signed { part(claims) } else { None }
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    serde_json::from_slice(&bytes).ok()
}
