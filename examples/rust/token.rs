//! Tokens checked offline: RFC 9068, and the Token Status List.

use std::io::Read as _;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::read::ZlibDecoder;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

/// Seconds that clocks may differ.
const LEEWAY: u64 = 5;
/// Bytes of a list: more players than the country has.
const MAX_LIST: u64 = 8 << 20;

/// What an access token says, as far as it is needed here.
#[derive(Deserialize)]
pub(crate) struct Claims {
    /// The player, as this operator knows them.
    pub(crate) sub: String,
    pub(crate) status: Status,
    cnf: Confirmation,
}

#[derive(Deserialize)]
pub(crate) struct Status {
    pub(crate) status_list: Place,
}

/// One bit in one list.
#[derive(Deserialize)]
pub(crate) struct Place {
    pub(crate) uri: Url,
    idx: usize,
}

#[derive(Deserialize)]
struct Confirmation {
    jkt: String,
}

#[derive(Deserialize)]
struct ListClaims {
    sub: String,
    status_list: List,
}

#[derive(Deserialize)]
struct List {
    bits: u8,
    lst: String,
}

/// Signature, kind, issuer, audience, life, and that it is bound to our key.
pub(crate) fn verify(token: &str, keys: &JwkSet, issuer: &str, client_id: &str, jkt: &str) -> Result<Claims> {
    let mut checks = Validation::new(Algorithm::ES256);
    checks.leeway = LEEWAY;
    checks.set_issuer(&[issuer]);
    checks.set_audience(&[client_id]);
    checks.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let claims: Claims = signed(token, "at+jwt", keys, &checks)?;
    ensure!(claims.cnf.jkt == jkt, "the token is of another key");
    Ok(claims)
}

/// The token's bit in the list.
pub(crate) fn has_ended(list: &str, place: &Place, keys: &JwkSet) -> Result<bool> {
    let mut checks = Validation::new(Algorithm::ES256);
    checks.leeway = LEEWAY;
    checks.set_required_spec_claims(&["exp", "sub"]);
    let claims: ListClaims = signed(list, "statuslist+jwt", keys, &checks)?;
    ensure!(claims.sub == place.uri.as_str(), "the list is another one");
    ensure!(claims.status_list.bits == 1, "the list has more than one bit a token");
    let packed = URL_SAFE_NO_PAD.decode(claims.status_list.lst)?;
    let mut bytes = Vec::new();
    ZlibDecoder::new(packed.as_slice()).take(MAX_LIST).read_to_end(&mut bytes)?;
    let byte = bytes.get(place.idx / 8).context("the list has no such place")?;
    Ok(byte >> (place.idx % 8) & 1 == 1)
}

fn signed<T: DeserializeOwned>(text: &str, kind: &str, keys: &JwkSet, checks: &Validation) -> Result<T> {
    let header = decode_header(text)?;
    ensure!(header.typ.as_deref() == Some(kind), "this is no {kind}");
    let key = header.kid.and_then(|kid| keys.find(&kid)).context("signed by a key that the service does not have")?;
    Ok(decode(text, &DecodingKey::from_jwk(key)?, checks)?.claims)
}
