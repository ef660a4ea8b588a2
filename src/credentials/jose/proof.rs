//! DPoP proofs: RFC 9449 section 4.

use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{DecodingKey, Header};
use serde::Deserialize;
use url::Url;

use super::jws::instant;
use super::public_keys::is_of_type;
use super::{install_provider, jws};
use crate::domain::oauth::confirmation::Thumbprint;
use crate::domain::oauth::credentials::{ProofError, ProofVerifier, VerifiedProof};
use crate::domain::operators::operator::PRIVATE_KEY_MEMBERS;

/// Nothing longer is looked at, in bytes.
const MAX_PROOF: usize = 8 * 1_024;
/// No `jti` or nonce is longer, in characters.
const MAX_TEXT: usize = 256;

/// Verifies proofs of possession.
#[derive(Clone, Copy, Debug)]
pub struct DpopJose(());

impl Default for DpopJose {
    fn default() -> Self {
        install_provider();
        Self(())
    }
}

#[derive(Deserialize)]
struct Claims {
    jti: Option<String>,
    htm: Option<String>,
    htu: Option<String>,
    iat: Option<f64>,
    ath: Option<String>,
    nbf: Option<f64>,
    exp: Option<f64>,
    nonce: Option<String>,
}

impl ProofVerifier for DpopJose {
    fn verify(&self, proof: &str, method: &str, addresses: &[Url]) -> Result<VerifiedProof, ProofError> {
        read(proof, method, addresses).map_err(|why| ProofError(why.to_owned()))
    }
}

fn read(proof: &str, method: &str, addresses: &[Url]) -> Result<VerifiedProof, &'static str> {
    if proof.len() > MAX_PROOF {
        return Err("the proof is too long");
    }
    let header = jws::header(proof).ok_or("not a JWS with a known algorithm")?;
    let key = key(&header, proof)?;
    let decoding = DecodingKey::from_jwk(&key).map_err(|_| "the key cannot be read")?;
    let claims: Claims = jws::claims(proof, &decoding, header.alg).ok_or("the signature or the claims are not good")?;
    if claims.htm.as_deref() != Some(method) {
        return Err("htm is not the method of this request");
    }
    let named = claims.htu.as_deref().and_then(|text| Url::parse(text).ok()).ok_or("htu is no address")?;
    let named = without_query(named);
    if !addresses.iter().any(|address| without_query(address.clone()) == named) {
        return Err("htu is not the address of this request");
    }
    let jti = claims.jti.filter(|jti| is_text(jti)).ok_or("jti has 1 to 256 printable characters")?;
    let nonce = claims.nonce.filter(|nonce| is_text(nonce));
    let issued_at = instant(claims.iat.ok_or("iat is required")?);
    let thumbprint = key.thumbprint(ThumbprintHash::SHA256).ok().and_then(|text| Thumbprint::parse(&text));
    Ok(VerifiedProof {
        key: thumbprint.ok_or("the key has no thumbprint")?,
        jti,
        nonce,
        access_token_hash: claims.ath,
        issued_at,
        not_before: claims.nbf.map(instant),
        expires_at: claims.exp.map(instant),
    })
}

/// The public key of the header, which signs by the header's algorithm.
fn key(header: &Header, proof: &str) -> Result<Jwk, &'static str> {
    if header.typ.as_deref() != Some("dpop+jwt") {
        return Err("typ must be dpop+jwt");
    }
    jws::check_header(header)?;
    if has_private_members(proof) {
        return Err("jwk must be a public key");
    }
    let jwk = header.jwk.clone().ok_or("the header has no jwk")?;
    if is_of_type(&jwk, header.alg) { Ok(jwk) } else { Err("the key is not one of the algorithm") }
}

/// RFC 9449 section 4.3, item 7. The library drops members that it does not know.
fn has_private_members(proof: &str) -> bool {
    let header = jws::header_value(proof).unwrap_or_default();
    PRIVATE_KEY_MEMBERS.iter().any(|member| header["jwk"].get(member).is_some())
}

/// RFC 9449 section 4.3, item 9: without query and fragment, normalised.
fn without_query(mut address: Url) -> Url {
    address.set_query(None);
    address.set_fragment(None);
    address
}

fn is_text(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control)
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;
