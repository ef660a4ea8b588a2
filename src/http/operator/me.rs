//! What we have on record of the operator that asks: the first question of whoever looks for a mistake.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::client::authenticated_by_header;
use super::described::OAuthRefusal;
use super::error::OAuthError;
use super::form::Form;
use super::uncached;
use crate::app::Services;
use crate::app::webhooks::view::find_endpoint;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::{KeySource, Operator};
use crate::domain::operators::scope::Scope;
use crate::domain::webhooks::endpoint::WebhookEndpoint;

/// Who asks, where the request does not say it otherwise.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described; read by hand")]
pub(in crate::http) struct Named {
    /// The `client_id`, for who authenticates by a TLS certificate.
    client_id: Option<String>,
}

/// An operator's own registration.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnRegistration)]
pub(in crate::http) struct Me {
    /// The `client_id`.
    #[schema(example = "demo-bet")]
    client_id: String,
    /// The name that players read.
    name: String,
    /// `private_key_jwt`, `self_signed_tls_client_auth` or `client_secret_basic`
    #[schema(example = "private_key_jwt")]
    authentication: &'static str,
    /// Whom assertions may name as their audience: `issuer`, or `endpoint`, too.
    #[schema(example = "issuer")]
    assertion_audience: &'static str,
    /// To the byte.
    redirect_uris: Vec<String>,
    /// What may be asked for.
    scopes: Vec<&'static str>,
    /// Of each replica; twice as many may come at once.
    requests_per_second: u32,
    /// The keys that are registered.
    keys: Vec<KeyName>,
    /// Where the keys are published.
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    /// Where messages go.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<Webhook>,
    /// It belongs to a sandbox.
    sandbox: bool,
}

/// A key, by what it is named.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnKey)]
pub(in crate::http) struct KeyName {
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kty: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
}

/// Where messages go, and whether they do.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnWebhook)]
pub(in crate::http) struct Webhook {
    url: String,
    /// Two secrets sign until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    old_secret_until: Option<String>,
    /// You answered 410 then; nothing was sent since.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
}

/// Your own registration
///
/// What we have on record of you: keys, addresses, scopes, rate, and how your webhook stands.
#[utoipa::path(get, path = "/api/operator/me", tag = "operators", operation_id = "getOwnRegistration",
    security(("bearerAssertion" = []), ("clientCertificate" = []), ("clientSecret" = [])),
    params(Named),
    responses((status = 200, description = "As registered", body = Me), OAuthRefusal))]
pub(in crate::http) async fn get(services: Data<Services>, request: HttpRequest) -> Result<HttpResponse, OAuthError> {
    let client_id = Form::parse(request.query_string().as_bytes())?.take("client_id");
    let operator = authenticated_by_header(&services, &request, client_id.as_deref()).await?;
    let webhook = find_endpoint(services.store.as_ref(), &operator.id).await;
    let webhook = webhook.map_err(|error| OAuthError::store(&error))?;
    Ok(uncached(HttpResponse::Ok()).json(Me::of(operator, webhook)))
}

impl Me {
    fn of(operator: Operator, webhook: Option<WebhookEndpoint>) -> Self {
        let (keys, jwks_uri) = match operator.authentication.keys() {
            Some(KeySource::Registered(set)) => (names(set), None),
            Some(KeySource::Published(uri)) => (Vec::new(), Some(uri.to_string())),
            None => (Vec::new(), None),
        };
        Self {
            client_id: operator.id.to_string(),
            authentication: operator.authentication.method(),
            assertion_audience: operator.assertion_audience.as_str(),
            scopes: operator.scopes.iter().map(Scope::as_str).collect(),
            requests_per_second: operator.requests_per_second,
            keys,
            jwks_uri,
            webhook: webhook.map(|webhook| Webhook {
                url: webhook.url.to_string(),
                old_secret_until: webhook.old_secret.map(|old| old.until.rfc3339()),
                disabled_at: webhook.disabled_at.map(Timestamp::rfc3339),
            }),
            sandbox: operator.sandbox,
            name: operator.name,
            redirect_uris: operator.redirect_uris,
        }
    }
}

fn names(set: &str) -> Vec<KeyName> {
    let set: Value = serde_json::from_str(set).unwrap_or_default();
    let keys = set["keys"].as_array().cloned().unwrap_or_default();
    let member = |key: &Value, name: &str| key[name].as_str().map(str::to_owned);
    keys.iter()
        .map(|key| KeyName { kid: member(key, "kid"), kty: member(key, "kty"), alg: member(key, "alg") })
        .collect()
}
