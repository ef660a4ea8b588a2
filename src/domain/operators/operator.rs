//! The operator: a betting company whose services ask us (an OAuth 2.0 client).

mod registration;

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::address::check_url;
use super::scope::{Scope, Scopes};
use crate::domain::kernel::time::Timestamp;

pub use registration::{NewCredential, NewOperator};

/// Members of a JWK that only private or shared keys have, RFC 7518 section 6.
pub const PRIVATE_KEY_MEMBERS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];
/// Requests a second that an operator may make, unless it was given more or less.
pub const REQUESTS: u32 = 100;
/// And at most.
pub const MAX_REQUESTS: u32 = 100_000;

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
    /// No absolute https URL without a fragment (http only for loopback, in the sandbox), or not written as browsers read it.
    #[error(
        "redirect URI {0:?} must be an absolute https URL without a fragment (http only on loopback in the sandbox), \
         written as browsers write it: with the slash after the host, and nothing to be escaped or left out"
    )]
    RedirectUri(String),
    /// No redirect URI at all.
    #[error("at least one redirect URI is needed")]
    NoRedirectUri,
    /// The name is empty or too long.
    #[error("an operator's name has 1 to 100 characters")]
    Name,
    /// The contact is no e-mail address or https URL.
    #[error("a contact is an e-mail address or an https URL of at most 200 characters")]
    Contact,
    /// No rate, or one that no operator needs.
    #[error("an operator may ask 1 to {MAX_REQUESTS} times a second")]
    Rate,
    /// The address of the keys is no https URL to a public address.
    #[error(
        "jwks_uri must be an https URL without a fragment, to a public address (http and this machine in the sandbox only)"
    )]
    KeysUri,
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

/// Where an operator's public keys stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    /// Registered: a JWKS as JSON text, RFC 7517.
    Registered(String),
    /// Published by the operator at this address, `jwks_uri` of RFC 7591 section 2.
    Published(Url),
}

/// How an operator proves that it is itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// RFC 7523: a JWT signed with one of these keys.
    PrivateKeyJwt(KeySource),
    /// RFC 8705 section 2.2: a TLS client certificate that is the first in `x5c` of one of these keys.
    SelfSignedTls(KeySource),
    /// Sandbox only: a shared secret, of which the sha256 is kept (the secret has 256 random bits).
    ClientSecretBasic {
        /// SHA-256 of the secret.
        secret_sha256: [u8; 32],
    },
}

impl ClientAuthentication {
    /// Where the keys stand; a shared secret has none.
    pub fn keys(&self) -> Option<&KeySource> {
        match self {
            Self::PrivateKeyJwt(keys) | Self::SelfSignedTls(keys) => Some(keys),
            Self::ClientSecretBasic { .. } => None,
        }
    }

    /// The method's registered name.
    pub fn method(&self) -> &'static str {
        match self {
            Self::PrivateKeyJwt(_) => "private_key_jwt",
            Self::SelfSignedTls(_) => "self_signed_tls_client_auth",
            Self::ClientSecretBasic { .. } => "client_secret_basic",
        }
    }
}

/// Whom an operator's assertions may name as their audience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionAudience {
    /// Our issuer, as a string (FAPI 2.0 Security Profile section 5.3.2.1, item 8): what was made for another server is no good here.
    #[default]
    Issuer,
    /// The endpoint, too, alone or in a list (RFC 7523 section 3, RFC 9126 section 2): some libraries know nothing else.
    Endpoint,
}

impl AssertionAudience {
    /// Its name in registrations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Endpoint => "endpoint",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Issuer, Self::Endpoint].into_iter().find(|audience| audience.as_str() == name)
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
    /// Whom its assertions may name as their audience.
    pub assertion_audience: AssertionAudience,
    /// Exactly these, compared byte for byte (RFC 9700 section 4.1.3).
    pub redirect_uris: Vec<String>,
    /// Whether it belongs to the sandbox.
    pub sandbox: bool,
    /// What it may ask for; with none it may still ask about what it has, and give it back.
    pub scopes: Scopes,
    /// Whom to write to: an e-mail address or an https URL.
    pub contact: Option<String>,
    /// How many requests a second it may make, of each replica.
    pub requests_per_second: u32,
    /// Since when it may ask for nothing.
    pub disabled_at: Option<Timestamp>,
}

/// What is to be changed of an operator; the rest stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OperatorChange {
    /// The name.
    pub name: Option<String>,
    /// All redirect URIs.
    pub redirect_uris: Option<Vec<String>>,
    /// How it authenticates from now on.
    pub authentication: Option<ClientAuthentication>,
    /// Whom its assertions may name.
    pub assertion_audience: Option<AssertionAudience>,
    /// All scopes.
    pub scopes: Option<Scopes>,
    /// The contact.
    pub contact: Option<String>,
    /// The rate.
    pub requests_per_second: Option<u32>,
}

impl OperatorChange {
    /// Names of what is changed.
    pub fn changed(&self) -> Vec<&'static str> {
        let given = [
            ("name", self.name.is_some()),
            ("redirect_uris", self.redirect_uris.is_some()),
            ("authentication", self.authentication.is_some()),
            ("assertion_audience", self.assertion_audience.is_some()),
            ("scopes", self.scopes.is_some()),
            ("contact", self.contact.is_some()),
            ("requests_per_second", self.requests_per_second.is_some()),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
    }

    /// Whether it opens a door: answers may go elsewhere, others may prove that they are this operator or ask for more, others
    /// are written to, or players read another name. Taking away closes one.
    pub fn opens(&self, before: &Operator) -> bool {
        let elsewhere = |uris: &Vec<String>| uris.iter().any(|uri| !before.allows_redirect(uri));
        self.name.as_ref().is_some_and(|name| *name != before.name)
            || self.redirect_uris.as_ref().is_some_and(elsewhere)
            || self.authentication.as_ref().is_some_and(|proof| *proof != before.authentication)
            || (self.assertion_audience == Some(AssertionAudience::Endpoint)
                && before.assertion_audience != AssertionAudience::Endpoint)
            || self.scopes.as_ref().is_some_and(|scopes| !scopes.are_among(&before.scopes))
            || self.contact.as_ref().is_some_and(|contact| Some(contact) != before.contact.as_ref())
    }
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
        if let Some(bad) = redirect_uris.iter().find(|uri| !is_redirect(uri, sandbox)) {
            return Err(OperatorError::RedirectUri(bad.clone()));
        }
        if !sandbox && matches!(authentication, ClientAuthentication::ClientSecretBasic { .. }) {
            return Err(OperatorError::SecretOutsideSandbox);
        }
        if let Some(KeySource::Published(uri)) = authentication.keys()
            && check_url(uri, sandbox).is_err()
        {
            return Err(OperatorError::KeysUri);
        }
        Ok(Self {
            id,
            name: name.to_owned(),
            authentication,
            assertion_audience: AssertionAudience::default(),
            redirect_uris,
            sandbox,
            scopes: Scopes::usual(),
            contact: None,
            requests_per_second: REQUESTS,
            disabled_at: None,
        })
    }

    /// The same with `change`, all parts checked together again.
    pub fn changed(self, change: OperatorChange) -> Result<Self, OperatorError> {
        let contact = change.contact.or(self.contact);
        if contact.as_deref().is_some_and(|contact| !is_contact(contact)) {
            return Err(OperatorError::Contact);
        }
        let requests_per_second = change.requests_per_second.unwrap_or(self.requests_per_second);
        if !(1..=MAX_REQUESTS).contains(&requests_per_second) {
            return Err(OperatorError::Rate);
        }
        let scopes = change.scopes.unwrap_or(self.scopes);
        let assertion_audience = change.assertion_audience.unwrap_or(self.assertion_audience);
        let checked = Self::register(
            self.id,
            &change.name.unwrap_or(self.name),
            change.authentication.unwrap_or(self.authentication),
            change.redirect_uris.unwrap_or(self.redirect_uris),
            self.sandbox,
        )?;
        Ok(Self { assertion_audience, scopes, contact, requests_per_second, disabled_at: self.disabled_at, ..checked })
    }

    /// Whether players may be verified and tokens issued for it.
    pub fn may_play(&self) -> bool {
        self.scopes.contain(Scope::Play)
    }

    /// Whether `uri` is one of the registered ones, to the byte.
    pub fn allows_redirect(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| registered == uri)
    }
}

fn is_contact(text: &str) -> bool {
    let short = text.len() <= 200 && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    let mail = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let web = Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.has_host());
    short && (mail || web)
}

/// What is compared to the byte and sent to by browsers is written in one way alone: what parses to something else than it looks
/// like is somewhere else than it looks.
fn is_redirect(text: &str, sandbox: bool) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    // A URL's parser takes what no name may have: a star is no "every".
    let name = |domain: &str| domain.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
    if url.as_str() != text || url.domain().is_some_and(|domain| !name(domain)) {
        return false;
    }
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let scheme = url.scheme() == "https" || (sandbox && loopback && url.scheme() == "http");
    scheme && url.has_host() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(uri: &str, sandbox: bool) -> Result<Operator, OperatorError> {
        let jwks = ClientAuthentication::PrivateKeyJwt(KeySource::Registered("{\"keys\":[]}".into()));
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
            "https://bet.example/cb\r\nX: y",
            "https://bet.example/cb\t",
            " https://bet.example/cb",
            "https://bet.example\\@evil.example/",
            "https:bet.example/cb",
            "HTTPS://bet.example/cb",
            "https://BET.example/cb",
            "https://bet.example",
            "https://bet.example:443/cb",
            "https://bet.example/a/../cb",
            "https://bet.example/c b",
            "https://*.example/",
            "https://bet%2eexample/cb",
            "https://b\u{435}t.example/cb",
        ] {
            assert!(register(bad, false).is_err(), "{bad}");
        }
        assert!(register("http://localhost:8080/cb", true).is_ok());
        assert!(register("http://bet.example/cb", true).is_err());
    }

    #[test]
    fn published_keys_are_where_we_would_fetch_them() {
        let register = |uri: &str, sandbox| {
            let keys = ClientAuthentication::PrivateKeyJwt(KeySource::Published(uri.parse().unwrap()));
            let uris = vec!["https://bet.example/cb".to_owned()];
            Operator::register(OperatorId::parse("demo-bet").unwrap(), "Demo Bet", keys, uris, sandbox)
        };
        assert!(register("https://bet.example/jwks.json", false).is_ok());
        assert!(register("http://localhost:9/jwks.json", true).is_ok());
        for bad in [
            "https://169.254.169.254/latest",
            "https://10.0.0.1/",
            "https://localhost/",
            "https://[::1]/",
            "http://bet.example/",
        ] {
            assert_eq!(register(bad, false).err(), Some(OperatorError::KeysUri), "{bad}");
        }
    }

    #[test]
    fn shared_secrets_stay_in_the_sandbox() {
        let secret = ClientAuthentication::ClientSecretBasic { secret_sha256: [1; 32] };
        let id = OperatorId::parse("demo-bet").unwrap();
        let uris = vec!["https://bet.example/cb".to_owned()];
        let outside = Operator::register(id, "Demo", secret, uris, false);
        assert_eq!(outside, Err(OperatorError::SecretOutsideSandbox));
    }

    #[test]
    fn what_takes_away_opens_nothing() {
        let mut before = register("https://bet.example/cb", false).unwrap();
        before.redirect_uris.push("https://m.bet.example/cb".into());
        before.scopes = [Scope::Play, Scope::CheckBet].into_iter().collect();
        let uris = |uris: &[&str]| OperatorChange {
            redirect_uris: Some(uris.iter().map(|&uri| uri.to_owned()).collect()),
            ..OperatorChange::default()
        };
        let scopes = |scopes: &[Scope]| OperatorChange {
            scopes: Some(scopes.iter().copied().collect()),
            ..OperatorChange::default()
        };
        let keys = |set: &str| OperatorChange {
            authentication: Some(ClientAuthentication::PrivateKeyJwt(KeySource::Registered(set.into()))),
            ..OperatorChange::default()
        };
        let rate = OperatorChange { requests_per_second: Some(7), ..OperatorChange::default() };
        let named = |audience| OperatorChange { assertion_audience: Some(audience), ..OperatorChange::default() };
        let strict = named(AssertionAudience::Issuer);
        for narrower in [
            uris(&["https://bet.example/cb"]),
            scopes(&[]),
            scopes(&[Scope::Play]),
            keys("{\"keys\":[]}"),
            rate,
            strict,
        ] {
            assert!(!narrower.opens(&before), "{narrower:?}");
        }
        let other = |name: Option<&str>, contact: Option<&str>| OperatorChange {
            name: name.map(str::to_owned),
            contact: contact.map(str::to_owned),
            ..OperatorChange::default()
        };
        for wider in [
            uris(&["https://bet.example/cb", "https://rogue.example/cb"]),
            uris(&["https://bet.example/CB"]),
            scopes(&[Scope::CheckLogin]),
            keys("{\"keys\":[{}]}"),
            other(Some("Another Bet"), None),
            other(None, Some("ops@rogue.example")),
            named(AssertionAudience::Endpoint),
        ] {
            assert!(wider.opens(&before), "{wider:?}");
            let written = serde_json::to_string(&wider).unwrap();
            assert_eq!(serde_json::from_str::<OperatorChange>(&written).unwrap(), wider);
        }
    }

    #[test]
    fn a_change_is_checked_with_what_stays() {
        let operator = || register("https://bet.example/cb", false).unwrap();
        let change = |change: OperatorChange| operator().changed(change);
        assert_eq!(change(OperatorChange::default()), Ok(operator()));
        let renamed = OperatorChange { name: Some("New Bet".into()), ..OperatorChange::default() };
        assert_eq!(renamed.changed(), ["name"]);
        assert_eq!(change(renamed).unwrap().name, "New Bet");
        for contact in ["ops@bet.example", "https://bet.example/contact"] {
            let given = OperatorChange { contact: Some(contact.into()), ..OperatorChange::default() };
            assert_eq!(change(given).unwrap().contact.as_deref(), Some(contact));
        }
        for contact in ["", "ops", "ops@bet", "@bet.example", "http://bet.example", "ops@bet.example\n"] {
            let given = OperatorChange { contact: Some(contact.into()), ..OperatorChange::default() };
            assert_eq!(change(given), Err(OperatorError::Contact), "{contact:?}");
        }
        for rate in [0, MAX_REQUESTS + 1] {
            let given = OperatorChange { requests_per_second: Some(rate), ..OperatorChange::default() };
            assert_eq!(change(given), Err(OperatorError::Rate));
        }
        let none = OperatorChange { redirect_uris: Some(Vec::new()), ..OperatorChange::default() };
        assert_eq!(change(none), Err(OperatorError::NoRedirectUri));
    }
}
