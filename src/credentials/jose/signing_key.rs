//! One P-256 signing key: read, named by its thumbprint, published by its public half.

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

use super::install_provider;
use crate::domain::kernel::secret::SecretBytes;

/// Why a signing key is refused. No variant tells anything of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No PKCS#8 of a P-256 private key, neither PEM nor DER.
    #[error("a signing key is a P-256 private key in PKCS#8, PEM or DER")]
    NotP256,
    /// None was given.
    #[error("at least one signing key is needed")]
    Missing,
    /// The operating system gave no randomness.
    #[error("no key could be generated")]
    Generation,
}

/// A key that signs ES256, its public half beside it.
pub(super) struct SigningKey {
    pub(super) kid: String,
    pub(super) private: EncodingKey,
    pub(super) public: DecodingKey,
    jwk: Jwk,
}

impl SigningKey {
    /// Reads PKCS#8, PEM when it begins like PEM and DER otherwise. The `kid` is the thumbprint of RFC 7638, so that two
    /// services with the same key name it alike.
    pub(super) fn read(pkcs8: &SecretBytes) -> Result<Self, KeyError> {
        install_provider();
        let bytes = pkcs8.expose();
        let private = if bytes.trim_ascii_start().starts_with(b"-----BEGIN") {
            EncodingKey::from_ec_pem(bytes).map_err(|_| KeyError::NotP256)?
        } else {
            EncodingKey::from_ec_der(bytes)
        };
        let mut jwk = Jwk::from_encoding_key(&private, Algorithm::ES256).map_err(|_| KeyError::NotP256)?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| KeyError::NotP256)?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let public = DecodingKey::from_jwk(&jwk).map_err(|_| KeyError::NotP256)?;
        Ok(Self { kid, private, public, jwk })
    }

    /// The public half, RFC 7517.
    pub(super) fn jwk(&self) -> &Jwk {
        &self.jwk
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// A new P-256 private key as PKCS#8 DER (138 bytes).
///
/// The one place that draws randomness past the `Randomness` port: the library makes EC keys from its own generator
/// only, and a key that could be repeated from a seed would be no key.
pub fn generate_es256() -> Result<SecretBytes, KeyError> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| KeyError::Generation)?;
    let pkcs8 = pair.to_pkcs8v1().map_err(|_| KeyError::Generation)?;
    Ok(SecretBytes::new(pkcs8.as_ref().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use sha2::{Digest, Sha256};

    fn pem(der: &SecretBytes) -> SecretBytes {
        let body = STANDARD.encode(der.expose());
        let text = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        SecretBytes::new(text.into_bytes())
    }

    #[test]
    fn pem_and_der_are_the_same_key_named_by_its_rfc_7638_thumbprint() {
        let der = generate_es256().unwrap();
        let key = SigningKey::read(&der).unwrap();
        assert_eq!(SigningKey::read(&pem(&der)).unwrap().kid, key.kid);
        let jwk = serde_json::to_value(key.jwk()).unwrap();
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, jwk["x"], jwk["y"]);
        assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(members)), key.kid);
        assert!(jwk.get("d").is_none());
    }

    #[test]
    fn everything_but_a_p256_private_key_is_refused() {
        let p384 = EcdsaKeyPair::generate(&aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        let p384 = SecretBytes::new(p384.to_pkcs8v1().unwrap().as_ref().to_vec());
        let mut cut = generate_es256().unwrap().expose().to_vec();
        cut.truncate(60);
        let noise = SecretBytes::new(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----".to_vec());
        for bad in [&p384, &pem(&p384), &SecretBytes::new(cut), &noise, &SecretBytes::new(vec![])] {
            assert_eq!(SigningKey::read(bad).unwrap_err(), KeyError::NotP256);
        }
    }

    #[test]
    fn debug_shows_the_name_alone() {
        let key = SigningKey::read(&generate_es256().unwrap()).unwrap();
        assert_eq!(format!("{key:?}"), format!("SigningKey {{ kid: {:?}, .. }}", key.kid));
    }
}
