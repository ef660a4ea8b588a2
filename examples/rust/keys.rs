//! Keys: the operator's own, whose public half is registered, and one of this process that its tokens are bound to.

use anyhow::{Result, anyhow, ensure};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

/// Seconds that an assertion is good for.
const ASSERTION_LIFE: u64 = 60;
/// An uncompressed point begins with this byte.
const UNCOMPRESSED: u8 = 4;

/// A private P-256 key.
pub(crate) struct SigningKey {
    private: EncodingKey,
    public: Jwk,
    kid: Option<String>,
}

#[derive(Deserialize)]
struct PrivateJwk {
    crv: String,
    x: String,
    y: String,
    d: String,
    kid: Option<String>,
}

impl SigningKey {
    /// Reads a private JWK (RFC 7517).
    pub(crate) fn from_jwk(text: &[u8]) -> Result<Self> {
        let jwk: PrivateJwk = serde_json::from_slice(text)?;
        ensure!(jwk.crv == "P-256", "the key must be on P-256");
        let mut point = vec![UNCOMPRESSED];
        point.extend(URL_SAFE_NO_PAD.decode(jwk.x)?);
        point.extend(URL_SAFE_NO_PAD.decode(jwk.y)?);
        let scalar = URL_SAFE_NO_PAD.decode(jwk.d)?;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &scalar, &point)?;
        Self::from_pair(&pair, jwk.kid)
    }

    /// A new one.
    pub(crate) fn generate() -> Result<Self> {
        Self::from_pair(&EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?, None)
    }

    fn from_pair(pair: &EcdsaKeyPair, kid: Option<String>) -> Result<Self> {
        let private = EncodingKey::from_ec_der(pair.to_pkcs8v1()?.as_ref());
        let public = Jwk::from_encoding_key(&private, Algorithm::ES256)?;
        Ok(Self { private, public, kid })
    }

    /// What a token of this key says in `cnf.jkt` (RFC 7638).
    pub(crate) fn thumbprint(&self) -> Result<String> {
        Ok(self.public.thumbprint(ThumbprintHash::SHA256)?)
    }

    /// A client assertion (RFC 7523): each is good for one request.
    pub(crate) fn assertion(&self, client_id: &str, issuer: &str) -> Result<String> {
        let now = get_current_timestamp();
        let header = Header { kid: self.kid.clone(), ..Header::new(Algorithm::ES256) };
        let claims = json!({
            "iss": client_id, "sub": client_id, "aud": issuer, "jti": random()?, "iat": now, "exp": now + ASSERTION_LIFE,
        });
        Ok(jsonwebtoken::encode(&header, &claims, &self.private)?)
    }

    /// A DPoP proof (RFC 9449) for one POST to `address`, with the service's nonce once it has given one.
    pub(crate) fn proof(&self, address: &Url, nonce: Option<&str>) -> Result<String> {
        let header = Header {
            typ: Some("dpop+jwt".to_owned()),
            jwk: Some(self.public.clone()),
            ..Header::new(Algorithm::ES256)
        };
        let mut claims = json!({ "htm": "POST", "htu": address, "jti": random()?, "iat": get_current_timestamp() });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        Ok(jsonwebtoken::encode(&header, &claims, &self.private)?)
    }
}

/// 256 bits that nobody guesses, as text.
pub(crate) fn random() -> Result<String> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| anyhow!("the system gives no randomness"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The S256 challenge of a PKCE verifier (RFC 7636).
pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}
