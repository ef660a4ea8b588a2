//! An operator whose key is RSA, of which two algorithms could be meant.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub(super) struct RsaClient(KeyPair);

impl RsaClient {
    pub(super) fn new() -> Self {
        Self(KeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub(super) fn jwks(&self) -> Value {
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(self.0.public_key());
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({ "keys": [{ "kty": "RSA", "kid": "rsa", "n": encode(&public.n), "e": encode(&public.e) }] })
    }

    /// An assertion that names this algorithm and is signed by it: `RS256`, else `PS256`.
    pub(super) fn sign(&self, claims: &Value, algorithm: &str) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&json!({ "alg": algorithm, "kid": "rsa", "typ": "JWT" })), part(claims));
        let padding = if algorithm == "RS256" { &RSA_PKCS1_SHA256 } else { &RSA_PSS_SHA256 };
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(padding, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
