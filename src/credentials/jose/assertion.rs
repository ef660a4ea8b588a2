//! `private_key_jwt`: RFC 7523 section 3 and OpenID Connect Core section 9.

use std::time::Duration;

use jsonwebtoken::Header;
use serde::Deserialize;

use super::jws::instant;
use super::public_keys::{check_keys, choose};
use super::{install_provider, jws};
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::credentials::{AssertionError, AssertionVerifier, KeySetError, VerifiedAssertion};
use crate::domain::operators::operator::AssertionAudience;

/// No assertion may be good for longer, since its `jti` is remembered that long. Authlib makes them for an hour.
const MAX_LIFE: Duration = Duration::from_hours(1);
/// So far may an operator's clock be ahead of ours.
const LEEWAY: Duration = Duration::from_mins(1);
/// Nothing longer is looked at, in bytes.
const MAX_ASSERTION: usize = 8 * 1_024;
/// No `jti` is longer, in characters.
const MAX_JTI: usize = 128;

/// Verifies client assertions meant for us.
#[derive(Clone, Debug)]
pub struct AssertionJose {
    issuer: String,
    endpoints: Vec<String>,
}

impl AssertionJose {
    /// An assertion must name the issuer or, where its operator may, one of the addresses that it may be sent to.
    pub fn new(issuer: impl Into<String>, endpoints: impl IntoIterator<Item = String>) -> Self {
        install_provider();
        Self { issuer: issuer.into(), endpoints: endpoints.into_iter().collect() }
    }

    fn is_meant(&self, named: &Audience, audience: AssertionAudience) -> Result<(), &'static str> {
        let ours = |one: &String| *one == self.issuer || self.endpoints.contains(one);
        let (fits, why) = match (audience, named) {
            (AssertionAudience::Issuer, Audience::One(one)) => {
                (*one == self.issuer, "aud must be the issuer of this service, as in its metadata")
            }
            (AssertionAudience::Issuer, Audience::Many(_)) => (false, "aud must be the issuer as one string, no list"),
            (AssertionAudience::Endpoint, Audience::One(one)) => (ours(one), "aud names none of our addresses"),
            (AssertionAudience::Endpoint, Audience::Many(many)) => {
                (many.iter().any(ours), "aud names none of our addresses")
            }
        };
        if fits { Ok(()) } else { Err(why) }
    }

    /// The claims, after everything but the signature and the key was looked at.
    fn judge(
        &self,
        claims: Claims,
        audience: AssertionAudience,
        now: Timestamp,
    ) -> Result<VerifiedAssertion, &'static str> {
        let (Some(iss), Some(sub)) = (claims.iss, claims.sub) else {
            return Err("iss and sub are required");
        };
        if iss != sub {
            return Err("iss and sub must both be the client_id");
        }
        self.is_meant(&claims.aud.ok_or("aud is required")?, audience)?;
        let expires_at = instant(claims.exp.ok_or("exp is required")?);
        if expires_at <= now {
            return Err("the assertion has expired");
        }
        if expires_at > now.plus(MAX_LIFE) {
            return Err("exp lies more than an hour ahead");
        }
        let ahead = |time: Option<f64>| time.is_some_and(|seconds| instant(seconds) > now.plus(LEEWAY));
        if ahead(claims.iat) || ahead(claims.nbf) {
            return Err("the assertion is not valid yet");
        }
        let jti = claims.jti.ok_or("jti is required")?;
        if jti.is_empty() || jti.chars().count() > MAX_JTI || jti.chars().any(char::is_control) {
            return Err("jti has 1 to 128 printable characters");
        }
        Ok(VerifiedAssertion { client_id: sub, jti, expires_at })
    }
}

impl AssertionVerifier for AssertionJose {
    fn claimed_client(&self, assertion: &str) -> Option<String> {
        if assertion.len() > MAX_ASSERTION {
            return None;
        }
        jws::unverified_claims::<Claims>(assertion)?.sub
    }

    fn check_keys(&self, jwks: &str) -> Result<(), KeySetError> {
        check_keys(jwks)
    }

    fn verify(
        &self,
        assertion: &str,
        jwks: &str,
        audience: AssertionAudience,
        now: Timestamp,
    ) -> Result<VerifiedAssertion, AssertionError> {
        let refused = |why: &str| AssertionError(why.to_owned());
        if assertion.len() > MAX_ASSERTION {
            return Err(refused("the assertion is too long"));
        }
        let header = jws::header(assertion).ok_or_else(|| refused("not a JWS with a known algorithm"))?;
        check_header(&header).map_err(refused)?;
        let key = choose(jwks, header.kid.as_deref(), header.alg).map_err(refused)?;
        let claims = jws::claims(assertion, &key, header.alg)
            .ok_or_else(|| refused("the signature or the claims are not good"))?;
        self.judge(claims, audience, now).map_err(refused)
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    exp: Option<f64>,
    iat: Option<f64>,
    nbf: Option<f64>,
    jti: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

fn check_header(header: &Header) -> Result<(), &'static str> {
    jws::check_header(header)?;
    // An access token of ours, or any other typed JWT, must not pass as an assertion (RFC 8725 section 3.11).
    let fits = |typ: &str| typ.eq_ignore_ascii_case("JWT") || typ.eq_ignore_ascii_case("client-authentication+jwt");
    if header.typ.as_deref().is_none_or(fits) { Ok(()) } else { Err("typ must be JWT") }
}

#[cfg(test)]
#[path = "assertion_tests.rs"]
mod tests;
