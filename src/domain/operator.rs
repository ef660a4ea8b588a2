//! The operator: a betting company whose services ask us (an OAuth 2.0 client).

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// The `client_id`: 3 to 64 of `a-z 0-9 - _ .`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperatorId(String);

/// Why operator data are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperatorError {
    /// The id has other characters or another length.
    #[error("an operator id is 3 to 64 characters of a-z, 0-9, '-', '_' and '.'")]
    Id,
    /// No absolute https URL without a fragment (http only for loopback, in the sandbox).
    #[error(
        "redirect URI {0:?} must be an absolute https URL without a fragment (http only on loopback in the sandbox)"
    )]
    RedirectUri(String),
    /// No redirect URI at all.
    #[error("at least one redirect URI is needed")]
    NoRedirectUri,
    /// The name is empty or too long.
    #[error("an operator's name has 1 to 100 characters")]
    Name,
    /// Shared secrets are for the sandbox.
    #[error("client_secret_basic is for the sandbox only; register a JWKS for private_key_jwt")]
    SecretOutsideSandbox,
}

impl OperatorId {
    /// Checks the characters.
    pub fn parse(text: &str) -> Result<Self, OperatorError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
        if (3..=64).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(OperatorError::Id)
        }
    }

    /// The id as the protocol writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OperatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How an operator proves that it is itself.
#[derive(Clone, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// RFC 7523: a JWT signed with one of these keys (JWKS as JSON text).
    PrivateKeyJwt {
        /// The operator's public keys, RFC 7517.
        jwks: String,
    },
    /// Sandbox only: a shared secret, of which the sha256 is kept (the secret has 256 random bits).
    ClientSecretBasic {
        /// SHA-256 of the secret.
        secret_sha256: [u8; 32],
    },
}

impl ClientAuthentication {
    /// The method's registered name.
    pub fn method(&self) -> &'static str {
        match self {
            Self::PrivateKeyJwt { .. } => "private_key_jwt",
            Self::ClientSecretBasic { .. } => "client_secret_basic",
        }
    }
}

impl fmt::Debug for ClientAuthentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.method())
    }
}

/// An operator as registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Its `client_id`.
    pub id: OperatorId,
    /// Its name as players read it.
    pub name: String,
    /// How it authenticates.
    pub authentication: ClientAuthentication,
    /// Exactly these, compared byte for byte (RFC 9700 section 4.1.3).
    pub redirect_uris: Vec<String>,
    /// Whether it belongs to the sandbox.
    pub sandbox: bool,
}

impl Operator {
    /// Checks all the parts together.
    pub fn register(
        id: OperatorId,
        name: &str,
        authentication: ClientAuthentication,
        redirect_uris: Vec<String>,
        sandbox: bool,
    ) -> Result<Self, OperatorError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(OperatorError::Name);
        }
        if redirect_uris.is_empty() {
            return Err(OperatorError::NoRedirectUri);
        }
        if let Some(bad) = redirect_uris.iter().find(|uri| !is_redirect_uri(uri, sandbox)) {
            return Err(OperatorError::RedirectUri(bad.clone()));
        }
        if !sandbox && matches!(authentication, ClientAuthentication::ClientSecretBasic { .. }) {
            return Err(OperatorError::SecretOutsideSandbox);
        }
        Ok(Self { id, name: name.to_owned(), authentication, redirect_uris, sandbox })
    }

    /// Whether `uri` is one of the registered ones, to the byte.
    pub fn allows_redirect(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| registered == uri)
    }

    /// What pairwise subjects are made for: the host of the first redirect URI would change with it, so it is the id.
    pub fn sector(&self) -> &str {
        self.id.as_str()
    }
}

fn is_redirect_uri(text: &str, sandbox: bool) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let scheme = url.scheme() == "https" || (sandbox && loopback && url.scheme() == "http");
    scheme && url.has_host() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(uri: &str, sandbox: bool) -> Result<Operator, OperatorError> {
        let jwks = ClientAuthentication::PrivateKeyJwt { jwks: "{\"keys\":[]}".into() };
        Operator::register(OperatorId::parse("demo-bet")?, "Demo Bet", jwks, vec![uri.into()], sandbox)
    }

    #[test]
    fn redirect_uris_are_https_and_exact() {
        let operator = register("https://bet.example/cb", false).unwrap();
        assert!(operator.allows_redirect("https://bet.example/cb"));
        for other in ["https://bet.example/cb/", "https://bet.example/CB", "https://bet.example/cb?x=1"] {
            assert!(!operator.allows_redirect(other));
        }
        for bad in [
            "http://bet.example/cb",
            "http://localhost/cb",
            "https://bet.example/cb#f",
            "/cb",
            "javascript:alert(1)",
            "https://u:p@bet.example/",
        ] {
            assert!(register(bad, false).is_err(), "{bad}");
        }
        assert!(register("http://localhost:8080/cb", true).is_ok());
        assert!(register("http://bet.example/cb", true).is_err());
    }

    #[test]
    fn shared_secrets_stay_in_the_sandbox() {
        let secret = ClientAuthentication::ClientSecretBasic { secret_sha256: [1; 32] };
        let id = OperatorId::parse("demo-bet").unwrap();
        let uris = vec!["https://bet.example/cb".to_owned()];
        let outside = Operator::register(id, "Demo", secret, uris, false);
        assert_eq!(outside, Err(OperatorError::SecretOutsideSandbox));
    }
}
