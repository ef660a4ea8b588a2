//! Tokens made by hand, so that tests can make wrong ones too.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::domain::kernel::secret::SecretBytes;

/// A compact JWS of any header and claims, signed as `sign` likes.
pub(super) fn compact_by(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// The same, signed with ES256 whatever the header says.
pub(super) fn compact(header: &Value, claims: &Value, pkcs8: &SecretBytes) -> String {
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.expose()).unwrap();
    compact_by(header, claims, |message| pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec())
}

/// Header and claims of a compact JWS.
pub(super) fn parts(token: &str) -> (Value, Value) {
    let mut fields = token.split('.').map(|field| {
        let bytes = URL_SAFE_NO_PAD.decode(field).unwrap();
        serde_json::from_slice(&bytes).unwrap_or(Value::Null)
    });
    (fields.next().unwrap(), fields.next().unwrap())
}
