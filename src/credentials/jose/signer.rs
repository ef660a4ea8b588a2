//! Access tokens as RFC 9068 wants them: ES256, `typ: at+jwt`, the key named.

use std::fmt;
use std::sync::Arc;

use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};

use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use super::signing_key::{KeyError, SigningKey};
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::oauth::access_token::AccessTokenClaims;
use crate::domain::oauth::credentials::{SignError, Statement, TokenSigner};

/// The `typ` of RFC 9068 section 2.1, which keeps other JWTs of ours from passing as access tokens.
const ACCESS_TOKEN_TYPE: &str = "at+jwt";
/// Our own tokens have some 700 bytes; nothing longer is looked at.
const MAX_TOKEN: usize = 4 * 1_024;
/// Tokens whose signature is not checked again: they live for minutes and are asked about again and again.
const REMEMBERED: usize = 10_000;

/// Signs with the first key and still reads what the others signed, so that keys can be rotated: a new key is first
/// published last, then moved to the front, and the old one leaves once its last token has expired.
pub struct JoseSigner {
    issuer: String,
    keys: Vec<SigningKey>,
    /// Claims of tokens that read well, by the SHA-256 of the whole token. Whether it still stands is asked each time.
    verified: Cache<[u8; 32], Arc<AccessTokenClaims>>,
}

impl JoseSigner {
    /// Takes PKCS#8 P-256 private keys, PEM or DER; a key given twice counts once.
    ///
    /// # Errors
    /// [`KeyError`] when there is none, or one is no P-256 key.
    pub fn new(issuer: impl Into<String>, pkcs8: &[SecretBytes]) -> Result<Self, KeyError> {
        let mut keys: Vec<SigningKey> = Vec::with_capacity(pkcs8.len());
        for bytes in pkcs8 {
            let key = SigningKey::read(bytes)?;
            if keys.iter().all(|known| known.kid != key.kid) {
                keys.push(key);
            }
        }
        if keys.is_empty() {
            return Err(KeyError::Missing);
        }
        Ok(Self { issuer: issuer.into(), keys, verified: Cache::new(REMEMBERED) })
    }

    fn signed(&self, typ: &str, claims: &impl serde::Serialize) -> Result<String, SignError> {
        let Some(key) = self.keys.first() else {
            return Err(SignError(KeyError::Missing.to_string()));
        };
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(key.kid.clone());
        encode(&header, claims, &key.private).map_err(|error| SignError(error.to_string()))
    }

    fn key(&self, token: &str) -> Option<&SigningKey> {
        let header = decode_header(token).ok()?;
        let ours =
            header.alg == Algorithm::ES256 && header.typ.as_deref() == Some(ACCESS_TOKEN_TYPE) && header.crit.is_none();
        let kid = header.kid.filter(|_| ours)?;
        self.keys.iter().find(|key| key.kid == kid)
    }
}

impl fmt::Debug for JoseSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoseSigner").field("issuer", &self.issuer).field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl TokenSigner for JoseSigner {
    fn sign(&self, claims: &AccessTokenClaims) -> Result<SecretText, SignError> {
        if claims.iss != self.issuer {
            return Err(SignError("the claims name another issuer".to_owned()));
        }
        self.signed(ACCESS_TOKEN_TYPE, claims).map(SecretText::new)
    }

    fn state(&self, statement: Statement, claims: &serde_json::Value) -> Result<String, SignError> {
        self.signed(statement.media_type(), claims)
    }

    fn read(&self, token: &str) -> Option<Arc<AccessTokenClaims>> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        let hash = Sha256::digest(token).into();
        if let Some(claims) = self.verified.get(&hash) {
            return Some(claims);
        }
        let key = self.key(token)?;
        let data = decode::<AccessTokenClaims>(token, &key.public, &signature_only(Algorithm::ES256)).ok()?;
        if data.claims.iss != self.issuer {
            return None;
        }
        let claims = Arc::new(data.claims);
        self.verified.insert(hash, Arc::clone(&claims));
        Some(claims)
    }

    fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> = self.keys.iter().map(SigningKey::jwk).collect();
        serde_json::json!({ "keys": keys })
    }
}

/// Signature and algorithm only: the library would compare times with the system clock, and claims are ours to judge.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

#[cfg(test)]
mod tests {
    use super::super::signing_key::generate_es256;
    use super::super::testing::{compact, parts};
    use super::*;
    use crate::domain::oauth::access_token::{StatusClaim, StatusReference};
    use proptest::prelude::*;
    use serde_json::json;

    const ISSUER: &str = "https://rastau.example";

    fn claims() -> AccessTokenClaims {
        AccessTokenClaims {
            iss: ISSUER.into(),
            sub: "subject".into(),
            aud: "demo-bet".into(),
            client_id: "demo-bet".into(),
            exp: 400,
            iat: 100,
            auth_time: 90,
            jti: "0192f0c1-0000-7000-8000-000000000000".into(),
            scope: "play".into(),
            acr: "urn:rastau:acr:face+passkey".into(),
            amr: vec!["face".into(), "pop".into(), "mfa".into()],
            cnf: None,
            status: StatusClaim { status_list: StatusReference { idx: 7, uri: format!("{ISSUER}/oauth2/status/1") } },
            sandbox: None,
        }
    }

    fn signer(keys: &[SecretBytes]) -> JoseSigner {
        JoseSigner::new(ISSUER, keys).unwrap()
    }

    #[test]
    fn a_token_is_typed_names_its_key_and_reads_back() {
        let signer = signer(&[generate_es256().unwrap()]);
        let token = signer.sign(&claims()).unwrap();
        let (header, _) = parts(token.expose());
        let kid = &signer.jwks()["keys"][0]["kid"];
        assert_eq!(header, json!({ "typ": "at+jwt", "alg": "ES256", "kid": kid }));
        assert_eq!(signer.read(token.expose()).as_deref(), Some(&claims()));
        assert_eq!(signer.read(token.expose()).as_deref(), Some(&claims()), "the same from memory");
    }

    #[test]
    fn the_first_key_signs_and_all_are_published_and_read() {
        let (old, new) = (generate_es256().unwrap(), generate_es256().unwrap());
        let before = signer(std::slice::from_ref(&old)).sign(&claims()).unwrap();
        let rotated = signer(&[new, old.clone(), old]);
        assert_eq!(rotated.jwks()["keys"].as_array().unwrap().len(), 2);
        assert_eq!(rotated.read(before.expose()).as_deref(), Some(&claims()));
        let after = rotated.sign(&claims()).unwrap();
        assert_eq!(parts(after.expose()).0["kid"], rotated.jwks()["keys"][0]["kid"]);
    }

    #[test]
    fn no_key_and_a_foreign_issuer_sign_nothing() {
        assert_eq!(JoseSigner::new(ISSUER, &[]).unwrap_err(), KeyError::Missing);
        let foreign = AccessTokenClaims { iss: "https://other.example".into(), ..claims() };
        assert!(signer(&[generate_es256().unwrap()]).sign(&foreign).is_err());
    }

    #[test]
    fn every_other_kind_of_token_is_none_of_ours() {
        let key = generate_es256().unwrap();
        let signer = signer(std::slice::from_ref(&key));
        let kid = signer.jwks()["keys"][0]["kid"].clone();
        let good = json!({ "typ": "at+jwt", "alg": "ES256", "kid": kid });
        let claims = serde_json::to_value(claims()).unwrap();
        let make = |header: &serde_json::Value, claims: &serde_json::Value| compact(header, claims, &key);
        assert!(signer.read(&make(&good, &claims)).is_some());

        let mut foreign = claims.clone();
        foreign["iss"] = json!("https://other.example");
        assert!(signer.read(&make(&good, &foreign)).is_none());
        for (member, value) in [
            ("typ", json!("JWT")),
            ("typ", json!(null)),
            ("alg", json!("none")),
            ("alg", json!("HS256")),
            ("alg", json!("ES384")),
            ("kid", json!("other")),
            ("kid", json!(null)),
            ("crit", json!(["exp"])),
        ] {
            let mut header = good.clone();
            header[member] = value;
            assert!(signer.read(&make(&header, &claims)).is_none(), "{header}");
        }
        let token = make(&good, &claims);
        let unsigned = token.rsplit_once('.').unwrap().0;
        for bad in ["", ".", "..", "a.b.c", unsigned, &format!("{unsigned}."), &format!("{token}.x")] {
            assert!(signer.read(bad).is_none(), "{bad}");
        }
        assert!(signer.read(&format!("{token}{}", " ".repeat(MAX_TOKEN))).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_changed_byte_passes(place in 0_usize..600, to in "[A-Za-z0-9_-]") {
            let signer = signer(&[generate_es256().unwrap()]);
            let token = signer.sign(&claims()).unwrap().expose().to_owned();
            let place = place % token.len();
            let mut changed = token.clone();
            changed.replace_range(place..=place, &to);
            prop_assume!(changed != token);
            prop_assert!(signer.read(&changed).is_none());
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
            prop_assert!(signer(&[generate_es256().unwrap()]).read(&text).is_none());
        }
    }
}
