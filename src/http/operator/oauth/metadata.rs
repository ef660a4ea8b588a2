//! What this authorization server can do: RFC 8414, with the extensions of RFC 9126 and RFC 9207.
//!
//! OpenID Connect clients look for the same document under another name.

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource};
use serde::Serialize;
use url::Url;
use utoipa::{IntoResponses, ToSchema};

use crate::app::{Policy, Services};
use crate::domain::oauth::access_token::{ACR_SESSION, classes};
use crate::domain::oauth::id_token::OPENID;
use crate::domain::operators::scope::Scope;
use crate::http::operator::{ClientCertificates, PUBLIC_FOR_A_WHILE, endpoint, paths};
use crate::http::problem::{Problem, ProblemBody, ProblemCode, locale};
use crate::messages::Locale;

/// The player's browser is sent here; served by the player's door.
const AUTHORIZE_PATH: &str = "/oauth2/authorize";
/// Of assertions and of proofs.
const ASSERTION_ALGORITHMS: [&str; 4] = ["ES256", "PS256", "EdDSA", "Ed25519"];

/// Of ID tokens.
const CLAIMS: [&str; 10] = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sandbox"];

/// An issuer with a path keeps it behind the well-known name (RFC 8414 section 3.1) or before it (OpenID Connect; some clients look
/// there for either document). At the place of another issuer there is nothing: what stood there would name an issuer that is not
/// the one asked for (RFC 8414 section 3.3).
pub(in crate::http) fn configure(config: &mut ServiceConfig) {
    for path in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/{issuer:.*}",
        "/.well-known/openid-configuration",
        "/{issuer:.*}/.well-known/oauth-authorization-server",
        "/{issuer:.*}/.well-known/openid-configuration",
    ] {
        config.service(document(path));
    }
}

fn document(path: &str) -> Resource {
    endpoint(path, "GET, HEAD", [web::get().to(get), web::head().to(get)])
}

/// What this authorization server can do
///
/// RFC 8414; the same stands under `/.well-known/openid-configuration`.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server", tag = "operators", operation_id = "getMetadata",
    responses((status = 200, description = "Its endpoints and what they support", body = Metadata), NotThere))]
pub(in crate::http) async fn get(
    services: Data<Services>,
    certificates: Data<ClientCertificates>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let policy = &services.policy;
    if request.match_info().get("issuer").unwrap_or_default() != own_path(&policy.issuer) {
        return Err(Problem::new(ProblemCode::NotFound, locale(&request)));
    }
    Ok(HttpResponse::Ok().insert_header(PUBLIC_FOR_A_WHILE).json(Metadata::of(policy, &certificates)))
}

/// The issuer of this service has another place
#[derive(IntoResponses)]
#[response(status = 404, content_type = "application/problem+json")]
#[allow(dead_code)]
pub(in crate::http) struct NotThere(ProblemBody);

/// The issuer's path without slashes at its ends, which metadata stand under (RFC 8414 section 3.1).
pub(in crate::http) fn own_path(issuer: &str) -> String {
    Url::parse(issuer).map(|url| url.path().trim_matches('/').to_owned()).unwrap_or_default()
}

/// The document. Members are the registered names.
#[derive(Debug, Serialize, ToSchema)]
// The registry of members has them so.
#[allow(clippy::struct_excessive_bools)]
pub(in crate::http) struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    pushed_authorization_request_endpoint: String,
    introspection_endpoint: String,
    revocation_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    require_pushed_authorization_requests: bool,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    scopes_supported: Vec<&'static str>,
    code_challenge_methods_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    token_endpoint_auth_signing_alg_values_supported: [&'static str; 4],
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    introspection_endpoint_auth_signing_alg_values_supported: [&'static str; 4],
    introspection_signing_alg_values_supported: [&'static str; 1],
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    revocation_endpoint_auth_signing_alg_values_supported: [&'static str; 4],
    dpop_signing_alg_values_supported: [&'static str; 4],
    authorization_response_iss_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
    claims_supported: [&'static str; 10],
    service_documentation: String,
    acr_values_supported: Vec<&'static str>,
    ui_locales_supported: [&'static str; 3],
    tls_client_certificate_bound_access_tokens: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    mtls_endpoint_aliases: Option<Aliases>,
}

/// Where clients with certificates ask (RFC 8705 section 5).
#[derive(Debug, Serialize, ToSchema)]
// The registered names.
#[allow(clippy::struct_field_names)]
pub(in crate::http) struct Aliases {
    token_endpoint: String,
    pushed_authorization_request_endpoint: String,
    introspection_endpoint: String,
    revocation_endpoint: String,
    userinfo_endpoint: String,
}

impl Aliases {
    fn of(certificates: &ClientCertificates) -> Option<Self> {
        let at = |path: &str| certificates.alias(path).map(String::from);
        Some(Self {
            token_endpoint: at(paths::TOKEN)?,
            pushed_authorization_request_endpoint: at(paths::PAR)?,
            introspection_endpoint: at(paths::INTROSPECTION)?,
            revocation_endpoint: at(paths::REVOCATION)?,
            userinfo_endpoint: at(paths::USERINFO)?,
        })
    }
}

impl Metadata {
    fn of(policy: &Policy, certificates: &ClientCertificates) -> Self {
        let at = |path: &str| policy.address(path).into();
        let mut methods = vec!["private_key_jwt"];
        if certificates.are_on() {
            methods.push("self_signed_tls_client_auth");
        }
        if policy.sandbox {
            methods.push("client_secret_basic");
        }
        Self {
            issuer: policy.issuer.clone(),
            authorization_endpoint: at(AUTHORIZE_PATH),
            token_endpoint: at(paths::TOKEN),
            pushed_authorization_request_endpoint: at(paths::PAR),
            introspection_endpoint: at(paths::INTROSPECTION),
            revocation_endpoint: at(paths::REVOCATION),
            userinfo_endpoint: at(paths::USERINFO),
            jwks_uri: at(paths::JWKS),
            require_pushed_authorization_requests: true,
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: ["authorization_code", "refresh_token"],
            scopes_supported: [OPENID].into_iter().chain(Scope::ALL.map(Scope::as_str)).collect(),
            code_challenge_methods_supported: ["S256"],
            token_endpoint_auth_methods_supported: methods.clone(),
            token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            introspection_endpoint_auth_methods_supported: methods.clone(),
            introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            introspection_signing_alg_values_supported: ["ES256"],
            revocation_endpoint_auth_methods_supported: methods,
            revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            dpop_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            authorization_response_iss_parameter_supported: true,
            request_parameter_supported: false,
            request_uri_parameter_supported: false,
            subject_types_supported: ["pairwise"],
            id_token_signing_alg_values_supported: ["ES256"],
            claims_supported: CLAIMS,
            service_documentation: at("/docs/"),
            acr_values_supported: classes().into_iter().chain([ACR_SESSION]).collect(),
            ui_locales_supported: Locale::ALL.map(Locale::tag),
            tls_client_certificate_bound_access_tokens: certificates.are_on(),
            mtls_endpoint_aliases: Aliases::of(certificates),
        }
    }
}
