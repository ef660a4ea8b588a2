//! What administrators send and see.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use utoipa::ToSchema;

use crate::app::Services;
use crate::app::operators::add::{AddedOperator, NewCredential, NewOperator};
use crate::app::webhooks::manage::ManagedWebhook;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::credentials::AssertionVerifier;
use crate::domain::operators::operator::{
    AssertionAudience, ClientAuthentication, KeySource, Operator, OperatorChange,
};
use crate::domain::operators::scope::Scope;
use crate::domain::webhooks::endpoint::WebhookEndpoint;

/// How an operator proves that it is itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Method {
    /// RFC 7523: a JWT signed with one of its keys.
    PrivateKeyJwt,
    /// RFC 8705: the TLS client certificate of one of its keys (`x5c`).
    SelfSignedTlsClientAuth,
    /// A shared secret that we draw; in a sandbox only.
    ClientSecretBasic,
}

/// What an operator may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub(in crate::http) enum ScopeName {
    /// That a player is verified, and tokens while they may play.
    #[serde(rename = "play")]
    Play,
    /// To ask whether a player may play before it lets them in.
    #[serde(rename = "check:login")]
    CheckLogin,
    /// To ask before it takes a bet.
    #[serde(rename = "check:bet")]
    CheckBet,
    /// To ask before it sends advertising.
    #[serde(rename = "check:marketing")]
    CheckMarketing,
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Play => Self::Play,
            ScopeName::CheckLogin => Self::CheckLogin,
            ScopeName::CheckBet => Self::CheckBet,
            ScopeName::CheckMarketing => Self::CheckMarketing,
        }
    }
}

impl From<Scope> for ScopeName {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Play => Self::Play,
            Scope::CheckLogin => Self::CheckLogin,
            Scope::CheckBet => Self::CheckBet,
            Scope::CheckMarketing => Self::CheckMarketing,
        }
    }
}

/// Whom an operator's assertions may name as their audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum AudienceName {
    /// Our issuer, as a string.
    Issuer,
    /// The endpoint, too, alone or in a list: for a library that knows nothing else.
    Endpoint,
}

impl From<AudienceName> for AssertionAudience {
    fn from(name: AudienceName) -> Self {
        match name {
            AudienceName::Issuer => Self::Issuer,
            AudienceName::Endpoint => Self::Endpoint,
        }
    }
}

impl From<AssertionAudience> for AudienceName {
    fn from(audience: AssertionAudience) -> Self {
        match audience {
            AssertionAudience::Issuer => Self::Issuer,
            AssertionAudience::Endpoint => Self::Endpoint,
        }
    }
}

/// An operator to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewOperatorBody {
    /// The `client_id`: 3 to 64 characters of a-z, 0-9, '-', '_' and '.'.
    #[schema(example = "demo-bet", min_length = 3, max_length = 64)]
    id: String,
    /// The name that players read, 1 to 100 characters.
    #[schema(example = "Demo Bet", min_length = 1, max_length = 100)]
    name: String,
    /// Where answers go, compared to the byte; https (http on loopback in a sandbox).
    #[schema(example = json!(["https://bet.example/callback"]), min_items = 1)]
    redirect_uris: Vec<String>,
    /// How it authenticates.
    authentication: Method,
    /// Its public keys, a JWK Set (RFC 7517): EC P-256, Ed25519 or RSA. This or `jwks_uri`, and neither with a secret.
    #[schema(value_type = Option<Object>)]
    jwks: Option<Value>,
    /// Where it publishes them.
    #[schema(value_type = Option<String>, format = "uri")]
    jwks_uri: Option<Url>,
    /// Whom its assertions may name; `issuer` when not said.
    assertion_audience: Option<AudienceName>,
    /// What it may ask for; `play` when not said.
    scopes: Option<Vec<ScopeName>>,
    /// Whom to write to: an e-mail address or an https URL.
    contact: Option<String>,
    /// Requests a second of each replica.
    #[schema(minimum = 1, maximum = 100_000)]
    requests_per_second: Option<u32>,
}

/// What is to be changed; what is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ChangeBody {
    /// The name.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// All redirect URIs.
    #[schema(min_items = 1)]
    redirect_uris: Option<Vec<String>>,
    /// How it authenticates from now on; comes with the keys. A secret cannot be changed, only left.
    authentication: Option<Method>,
    /// All its public keys.
    #[schema(value_type = Option<Object>)]
    jwks: Option<Value>,
    /// Where it publishes them.
    #[schema(value_type = Option<String>, format = "uri")]
    jwks_uri: Option<Url>,
    /// Whom its assertions may name.
    assertion_audience: Option<AudienceName>,
    /// All scopes; without `play` everything that it was granted ends.
    scopes: Option<Vec<ScopeName>>,
    /// The contact.
    contact: Option<String>,
    /// Requests a second of each replica.
    #[schema(minimum = 1, maximum = 100_000)]
    requests_per_second: Option<u32>,
}

/// An operator.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct OperatorView {
    /// The `client_id`.
    id: String,
    /// The name that players read.
    name: String,
    /// How it authenticates.
    authentication: Method,
    /// Its public keys, where they are registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    jwks: Option<Value>,
    /// Where it publishes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    /// Whom its assertions may name.
    assertion_audience: AudienceName,
    /// Where answers go.
    redirect_uris: Vec<String>,
    /// Whether it belongs to a sandbox.
    sandbox: bool,
    /// What it may ask for.
    scopes: Vec<ScopeName>,
    /// Whom to write to.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    /// Requests a second of each replica.
    requests_per_second: u32,
    /// Since when it may ask for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
    /// The secret that was drawn; shown in the answer to its request alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
}

/// All operators.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct OperatorList {
    /// By id.
    operators: Vec<OperatorView>,
}

/// Where messages go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct WebhookBody {
    /// https to a public address (http to this machine in a sandbox).
    #[schema(example = "https://bet.example/webhooks", format = "uri")]
    pub(in crate::http) url: String,
}

/// An operator's webhook endpoint.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct WebhookView {
    /// Where messages go.
    url: String,
    /// When it was first set.
    #[schema(format = DateTime)]
    created_at: String,
    /// Since when it gets nothing, because it answered 410.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
    /// Until when the secret before this one signs beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    old_secret_until: Option<String>,
    /// A secret that was drawn; shown in the answer to its request alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// An endpoint that is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct RemovedWebhook {
    /// Messages that it did not get; they are kept as failed for a while.
    pub(in crate::http) undelivered: u64,
}

/// Keys that assertions could not be verified with are refused here, where the library is at hand that verifies them.
fn readable(keys: KeySource, verifier: &dyn AssertionVerifier) -> Result<KeySource, String> {
    if let KeySource::Registered(set) = &keys {
        verifier.check_keys(set).map_err(|error| format!("the JWKS cannot be used: {}", error.0))?;
    }
    Ok(keys)
}

/// `jwks` or `jwks_uri`, not both.
fn keys(jwks: Option<Value>, uri: Option<Url>) -> Result<Option<KeySource>, &'static str> {
    match (jwks, uri) {
        (Some(_), Some(_)) => Err("name jwks or jwks_uri, not both"),
        (Some(jwks), None) => Ok(Some(KeySource::Registered(jwks.to_string()))),
        (None, Some(uri)) => Ok(Some(KeySource::Published(uri))),
        (None, None) => Ok(None),
    }
}

impl NewOperatorBody {
    pub(in crate::http) fn into_new(self, services: &Services) -> Result<NewOperator, String> {
        let credential = match (self.authentication, keys(self.jwks, self.jwks_uri)?) {
            (Method::PrivateKeyJwt, Some(keys)) => {
                NewCredential::Keys(readable(keys, services.credentials.assertions.as_ref())?)
            }
            (Method::SelfSignedTlsClientAuth, Some(keys)) => NewCredential::Certificates(keys),
            (Method::ClientSecretBasic, None) => NewCredential::SandboxSecret,
            (Method::ClientSecretBasic, Some(_)) => return Err("a secret comes without keys".to_owned()),
            (_, None) => return Err("jwks or jwks_uri is missing".to_owned()),
        };
        Ok(NewOperator {
            id: self.id,
            name: self.name,
            redirect_uris: self.redirect_uris,
            credential,
            sandbox: services.policy.sandbox,
            scopes: self.scopes.map(|names| names.into_iter().map(Scope::from).collect()),
            contact: self.contact,
            assertion_audience: self.assertion_audience.map(AssertionAudience::from),
            requests_per_second: self.requests_per_second,
        })
    }
}

impl ChangeBody {
    pub(in crate::http) fn into_change(self, services: &Services) -> Result<OperatorChange, String> {
        let authentication = match (self.authentication, keys(self.jwks, self.jwks_uri)?) {
            (None, None) => None,
            (Some(Method::PrivateKeyJwt), Some(keys)) => {
                Some(ClientAuthentication::PrivateKeyJwt(readable(keys, services.credentials.assertions.as_ref())?))
            }
            (Some(Method::SelfSignedTlsClientAuth), Some(keys)) => Some(ClientAuthentication::SelfSignedTls(keys)),
            (Some(Method::ClientSecretBasic), _) => {
                return Err("a secret is drawn when an operator is added".to_owned());
            }
            (Some(_), None) => return Err("jwks or jwks_uri is missing".to_owned()),
            (None, Some(_)) => {
                return Err("authentication is missing: it says what the keys are for".to_owned());
            }
        };
        let change = OperatorChange {
            name: self.name,
            redirect_uris: self.redirect_uris,
            authentication,
            scopes: self.scopes.map(|names| names.into_iter().map(Scope::from).collect()),
            contact: self.contact,
            assertion_audience: self.assertion_audience.map(AssertionAudience::from),
            requests_per_second: self.requests_per_second,
        };
        if change == OperatorChange::default() { Err("nothing is named to be changed".to_owned()) } else { Ok(change) }
    }
}

impl From<&Operator> for OperatorView {
    fn from(operator: &Operator) -> Self {
        let authentication = match operator.authentication {
            ClientAuthentication::PrivateKeyJwt(_) => Method::PrivateKeyJwt,
            ClientAuthentication::SelfSignedTls(_) => Method::SelfSignedTlsClientAuth,
            ClientAuthentication::ClientSecretBasic { .. } => Method::ClientSecretBasic,
        };
        let (jwks, jwks_uri) = match operator.authentication.keys() {
            Some(KeySource::Registered(set)) => (serde_json::from_str(set).ok(), None),
            Some(KeySource::Published(uri)) => (None, Some(uri.to_string())),
            None => (None, None),
        };
        Self {
            id: operator.id.to_string(),
            name: operator.name.clone(),
            authentication,
            jwks,
            jwks_uri,
            assertion_audience: operator.assertion_audience.into(),
            redirect_uris: operator.redirect_uris.clone(),
            sandbox: operator.sandbox,
            scopes: operator.scopes.iter().map(ScopeName::from).collect(),
            contact: operator.contact.clone(),
            requests_per_second: operator.requests_per_second,
            disabled_at: operator.disabled_at.map(Timestamp::rfc3339),
            client_secret: None,
        }
    }
}

impl From<&AddedOperator> for OperatorView {
    fn from(added: &AddedOperator) -> Self {
        let client_secret = added.secret.as_ref().map(|secret| secret.expose().to_owned());
        Self { client_secret, ..Self::from(&added.operator) }
    }
}

impl OperatorList {
    pub(super) fn of(operators: &[Operator]) -> Self {
        Self { operators: operators.iter().map(OperatorView::from).collect() }
    }
}

impl From<&WebhookEndpoint> for WebhookView {
    fn from(endpoint: &WebhookEndpoint) -> Self {
        Self {
            url: endpoint.url.to_string(),
            created_at: endpoint.created_at.rfc3339(),
            disabled_at: endpoint.disabled_at.map(Timestamp::rfc3339),
            old_secret_until: endpoint.old_secret.as_ref().map(|old| old.until.rfc3339()),
            secret: None,
        }
    }
}

impl From<&ManagedWebhook> for WebhookView {
    fn from(managed: &ManagedWebhook) -> Self {
        let secret = managed.secret.as_ref().map(|secret| secret.expose().to_owned());
        Self { secret, ..Self::from(&managed.endpoint) }
    }
}
