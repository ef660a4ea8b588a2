//! An operator that signs for itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rastau::credentials::jose::{JoseSigner, generate_es256};
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::oauth::credentials::TokenSigner;
use serde_json::{Value, json};

use super::forms::{Fields, assertion_fields};
use super::world::BASE;

/// An operator with a key of its own.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) id: &'static str,
    key: SecretBytes,
    kid: String,
}

impl Client {
    pub(super) fn new(id: &'static str) -> Self {
        let key = generate_es256().unwrap();
        let kid = public(&key)["keys"][0]["kid"].as_str().unwrap().to_owned();
        Self { id, key, kid }
    }

    pub(super) fn jwks(&self) -> Value {
        public(&self.key)
    }

    /// An assertion with these claims.
    pub(super) fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.kid.clone());
        encode(&header, claims, &EncodingKey::from_ec_der(self.key.expose())).unwrap()
    }

    /// The name of its key.
    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// A JWS with any header and claims, both as they are written, signed by ES256 whatever the header says.
    pub(super) fn jws(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let key = EncodingKey::from_ec_der(self.key.expose());
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::ES256).unwrap();
        format!("{message}.{signature}")
    }

    /// The header of a good proof.
    pub(super) fn proof_header(&self) -> Value {
        let mut jwk = self.jwks()["keys"][0].clone();
        jwk.as_object_mut().unwrap().retain(|member, _| ["kty", "crv", "x", "y"].contains(&member.as_str()));
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk })
    }

    /// The claims of a good assertion, never the same twice.
    pub(super) fn claims(&self, now: i64) -> Value {
        json!({ "iss": self.id, "sub": self.id, "aud": BASE, "iat": now, "exp": now + 60, "jti": unique() })
    }

    /// A DPoP proof by the client's own key.
    pub(super) fn proof(&self, claims: &Value) -> String {
        let jwk: Jwk = serde_json::from_value(self.jwks()["keys"][0].clone()).unwrap();
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("dpop+jwt".to_owned());
        header.jwk = Some(jwk);
        encode(&header, claims, &EncodingKey::from_ec_der(self.key.expose())).unwrap()
    }

    /// The thumbprint of that key.
    pub(super) fn thumbprint(&self) -> &str {
        &self.kid
    }

    pub(super) fn credentials(&self, now: i64) -> Fields {
        assertion_fields(self.sign(&self.claims(now)))
    }
}

/// Text that never comes twice.
pub(super) fn unique() -> String {
    URL_SAFE_NO_PAD.encode(generate_es256().unwrap().expose())[50..90].to_owned()
}

fn public(key: &SecretBytes) -> Value {
    JoseSigner::new("-", std::slice::from_ref(key)).unwrap().jwks()
}
