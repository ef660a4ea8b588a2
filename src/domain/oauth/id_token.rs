//! The ID token: who it was, to the operator that asked, for one sitting (OpenID Connect Core section 2). It says what the access
//! token says, so that nobody has to read what is meant for a resource (RFC 9068 section 6).

use std::time::Duration;

use serde::Serialize;

use crate::domain::operators::scope::Scope;

/// It is read once, where it was asked for.
pub const LIFETIME: Duration = Duration::from_mins(5);
/// The scope of every such request, and of the tokens that come of it.
pub const SCOPE: &str = Scope::Play.as_str();
/// The scope that asks for it, beside [`SCOPE`].
pub const OPENID: &str = "openid";
/// What is granted to who asked for one.
pub const SCOPE_WITH_ID_TOKEN: &str = "openid play";

/// What an ID token is asked for with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdTokenRequest {
    /// Given back in the token.
    pub nonce: Option<String>,
}

/// The claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdTokenClaims {
    /// Issuer.
    pub iss: String,
    /// The pairwise subject, as in the access token.
    pub sub: String,
    /// The operator.
    pub aud: String,
    /// Expiry, seconds.
    pub exp: i64,
    /// Issued at, seconds.
    pub iat: i64,
    /// When the person was verified, seconds.
    pub auth_time: i64,
    /// The request's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// How the person was verified.
    pub acr: String,
    /// Methods of RFC 8176.
    pub amr: Vec<String>,
    /// Present and true in the sandbox only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<bool>,
}

/// What `scope` asks for: `Some(true)` with an ID token, `Some(false)` without, `None` for anything else. The order does not
/// matter, and nothing comes twice (RFC 6749 section 3.3).
pub fn wants_id_token(scope: &str) -> Option<bool> {
    let mut names: Vec<&str> = scope.split(' ').collect();
    names.sort_unstable();
    match names[..] {
        [SCOPE] => Some(false),
        [OPENID, SCOPE] => Some(true),
        _ => None,
    }
}

/// The scope that is granted.
pub fn granted_scope(with_id_token: bool) -> &'static str {
    if with_id_token { SCOPE_WITH_ID_TOKEN } else { SCOPE }
}

/// Whether a renewal may ask for `scope`: for nothing that was not granted (RFC 6749 section 6).
pub fn is_granted(scope: &str, with_id_token: bool) -> bool {
    let granted = granted_scope(with_id_token);
    scope.split(' ').all(|name| granted.split(' ').any(|one| one == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_play_with_an_id_token_or_without() {
        for (scope, wanted) in [
            ("play", Some(false)),
            ("openid play", Some(true)),
            ("play openid", Some(true)),
            ("openid", None),
            ("play play", None),
            ("play openid openid", None),
            ("play  openid", None),
            ("play check:login", None),
            ("", None),
        ] {
            assert_eq!(wants_id_token(scope), wanted, "{scope:?}");
        }
    }

    #[test]
    fn a_renewal_asks_for_no_more_than_was_granted() {
        for (scope, with, granted) in [
            ("play", false, true),
            ("play openid", false, false),
            ("openid play", true, true),
            ("openid", true, true),
            ("play all", true, false),
            ("", true, false),
        ] {
            assert_eq!(is_granted(scope, with), granted, "{scope:?} {with}");
        }
    }
}
