//! The description of this interface: OpenAPI 3.1, made of the handlers, and a page to read it on.

mod complete;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, OpenIdConnect, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, ServerBuilder};
use utoipa::{Modify, OpenApi};

use super::administration::{operators, webhook};
use super::compliance::cases;
use super::console::{
    cases as desk, colleagues, evidence, forgetting, operators as desk_operators, overview, proposals,
    service::{jobs, keys},
    sources as desk_sources, staff, webhook as desk_webhook,
};
use super::operator::error::OAuthProblem;
use super::operator::{checks, events, me};
use super::problem::ProblemBody;
use super::sandbox::{clock, grants, notices, scenarios};
use super::web_files::{configure_docs, looked_at};
use super::{health, sources};
use crate::app::Services;
use crate::http::console::access::{confirmations, sign_in};
use crate::http::operator::oauth::{introspection, jwks, metadata, par, revocation, status, token, userinfo};

/// Doors that not every service opens.
#[allow(clippy::struct_excessive_bools, reason = "each is a door, open or shut")]
#[derive(Clone, Copy, Debug)]
pub struct EnabledApis {
    /// Made-up people, a clock that can be moved.
    pub sandbox: bool,
    /// Operators are added over HTTP.
    pub administration: bool,
    /// Staff read cases over HTTP.
    pub compliance: bool,
    /// Sources of restrictions send over HTTP.
    pub sources: bool,
}

/// Everything that can be open. The steps of the player's pages are theirs and not described.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rastau",
        description = "Decides whether the person about to place a bet is who they say they are and may play at all. \
            Operators begin with the guide at `/docs/`. Refusals are RFC 9457 problems, of OAuth endpoints RFC 6749 errors.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "operators", description = "OAuth 2.0 (FAPI 2.0): tokens and what tells of their end"),
        (name = "administration", description = "Operators and their webhooks"),
        (name = "compliance", description = "Cases with their evidence"),
        (name = "console", description = "What the console's pages ask; staff sign in with passkeys"),
        (name = "sources", description = "For authorities that send what their registers say"),
        (name = "sandbox", description = "For whoever tests an integration"),
        (name = "operations", description = "For the machines that look after the service"),
    ),
    paths(
        metadata::get, jwks::get, par::post, token::post, introspection::post, revocation::post, status::get,
        userinfo::get, me::get, events::get, checks::one, checks::many,
        operators::list, operators::add_one, operators::show, operators::change, operators::disable, operators::enable,
        webhook::show, webhook::set, webhook::remove, webhook::rotate,
        cases::list, cases::show, cases::frame, sources::take,
        sign_in::join_start, sign_in::join_finish, sign_in::start, sign_in::finish, sign_in::me, sign_in::out,
        sign_in::step_up_start, sign_in::step_up_finish,
        overview::show, overview::table, desk::list, desk::find, desk::show, desk::evidence, desk::picture, desk::take, desk::hand_over, desk::conclude,
        desk::settle, colleagues::list,
        evidence::capture, evidence::trail,
        proposals::list, proposals::settle, proposals::bundle, proposals::invitation, proposals::secret,
        proposals::erase, proposals::export, proposals::unlock, proposals::hold, forgetting::forget_factors, forgetting::take_back,
        desk_operators::list, desk_operators::add_one, desk_operators::change_one, desk_operators::switch_one, desk_operators::standing,
        desk_webhook::show, desk_webhook::set, desk_webhook::rotate, desk_webhook::remove, desk_sources::list, desk_sources::release, desk_sources::discard,
        desk_sources::roll_back, jobs::list, keys::show, confirmations::draw, confirmations::list, confirmations::confirm,
        staff::list, staff::invite, staff::change, staff::reinvite,
        scenarios::list, notices::list, grants::follow, clock::read, clock::advance, clock::reset,
        health::live, health::ready,
    ),
    components(schemas(ProblemBody, OAuthProblem<'static>)),
    modifiers(&Schemes),
)]
struct Everything;

/// How callers prove themselves, where a header does it.
struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut Document) {
        let scheme =
            |kind, says: &str| SecurityScheme::Http(HttpBuilder::new().scheme(kind).description(Some(says)).build());
        let components = document.components.get_or_insert_default();
        let secret = scheme(HttpAuthScheme::Basic, "An operator's id and secret; in a sandbox only");
        components.add_security_scheme("clientSecret", secret);
        let assertion = OpenIdConnect::with_description(
            "/.well-known/openid-configuration",
            "private_key_jwt (RFC 7523): client_assertion_type and client_assertion in the form",
        );
        components.add_security_scheme("clientAssertion", SecurityScheme::OpenIdConnect(assertion));
        let bearer = scheme(HttpAuthScheme::Bearer, "A client assertion (RFC 7523), for requests without a form");
        components.add_security_scheme("bearerAssertion", bearer);
        let certificate = "An operator's TLS certificate, beside its client_id (RFC 8705), where the service offers it";
        let certificate = SecurityScheme::MutualTls { description: Some(certificate.to_owned()), extensions: None };
        components.add_security_scheme("clientCertificate", certificate);
        let token = HttpAuthScheme::Bearer;
        let token = scheme(
            token,
            "An access token: `Authorization: DPoP` with a proof (RFC 9449), or Bearer over its certificate",
        );
        components.add_security_scheme("accessToken", token);
        let key = scheme(HttpAuthScheme::Bearer, "administration.token_file");
        components.add_security_scheme("administrator", key);
        components.add_security_scheme("staff", scheme(HttpAuthScheme::Bearer, "compliance.token_file"));
        let session = ApiKeyValue::with_description("__Host-rastau_staff", "Whoever signed in at the console");
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
        let source = scheme(HttpAuthScheme::Bearer, "token_file of the source in restrictions.sources_file");
        components.add_security_scheme("source", source);
    }
}

/// The description of a service at `address` with these doors open.
pub fn describe(address: &str, issuer: &str, open: EnabledApis) -> Value {
    let mut document = json!(of_handlers(address, open));
    complete::complete(&mut document, &metadata::own_path(issuer));
    document
}

fn of_handlers(address: &str, open: EnabledApis) -> Document {
    let mut document = Everything::openapi();
    document.servers = Some(vec![ServerBuilder::new().url(address.trim_end_matches('/')).build()]);
    let shut = [
        ("sandbox", !open.sandbox),
        ("administration", !open.administration),
        ("compliance", !open.compliance),
        ("sources", !open.sources),
    ];
    let is_shut = |tag: &str| shut.iter().any(|(name, shut)| *shut && *name == tag);
    document.paths.paths.retain(|path, _| !path_tag(path).is_some_and(is_shut));
    if let Some(tags) = &mut document.tags {
        tags.retain(|tag| !is_shut(&tag.name));
    }
    document
}

/// The door that a path belongs to, where that may be shut.
fn path_tag(path: &str) -> Option<&str> {
    path.strip_prefix("/api/")?.split('/').next()
}

/// Mounts `/api/openapi.json` and the page `/docs/`.
pub fn configure(config: &mut web::ServiceConfig, open: EnabledApis) {
    config
        .service(looked_at("/api/openapi.json", move |services: web::Data<Services>| async move {
            let document = describe(services.policy.public_url.as_str(), &services.policy.issuer, open);
            HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-cache")).json(document)
        }))
        .configure(configure_docs);
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: EnabledApis = EnabledApis { sandbox: true, administration: true, compliance: true, sources: true };

    #[test]
    fn the_description_stays_as_it_was_reviewed() {
        let mut document = describe("https://rastau.example/", "https://rastau.example", ALL);
        document["info"]["version"] = json!("0");
        insta::assert_json_snapshot!(document);
    }

    #[test]
    fn shut_doors_are_not_described() {
        let none = EnabledApis { sandbox: false, administration: false, compliance: false, sources: false };
        let document = describe("https://rastau.example", "https://rastau.example/sandbox", none);
        let paths = document["paths"].as_object().unwrap();
        assert!(paths.contains_key("/oauth2/token") && paths.contains_key("/health/live"));
        assert!(paths.contains_key("/.well-known/oauth-authorization-server/sandbox"));
        let shut = |path: &&String| {
            path.starts_with("/api/") && !["/api/operator/", "/api/console/"].iter().any(|open| path.starts_with(open))
        };
        assert_eq!(paths.keys().find(shut), None);
    }

    #[test]
    fn every_operation_has_a_name_and_says_what_it_answers() {
        let document = describe("https://rastau.example", "https://rastau.example", ALL);
        let mut names = std::collections::HashSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name.to_owned()), "{name} is there twice");
                assert!(operation["summary"].is_string(), "{method} {path}");
                assert!(operation["responses"].as_object().is_some_and(|answers| !answers.is_empty()));
            }
        }
    }
}
