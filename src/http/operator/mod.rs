//! The operator's door: OAuth 2.0 with pushed requests, PKCE, tokens that are short, bound to a key and renewed, and what
//! tells of their end.
//!
//! One endpoint a file. What they share: [`form`] reads the body, [`client`] and [`proof`] prove the caller, [`error`] speaks
//! RFC 6749 section 5.2. `GET /oauth2/authorize` belongs to the player's browser and so to the player's door.

mod certificate;
pub(in crate::http) mod checks;
mod client;
mod described;
pub(in crate::http) mod error;
pub(in crate::http) mod events;
mod form;
pub(in crate::http) mod me;
pub mod oauth;
mod paths;
mod rate_limit;

use std::sync::Arc;

use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponseBuilder, Resource, Route};

pub use certificate::ClientCertificates;
pub use client::assertion_endpoints;
pub(super) use client::basic_credentials;

use crate::app::oauth::renew::Renewals;
use crate::app::oauth::status_lists::StatusLists;
use error::OAuthError;
use rate_limit::OperatorLimiter;

/// What all workers share: who asked how often, and the status lists as they were signed.
#[derive(Clone, Debug, Default)]
pub struct OperatorApi {
    limiter: Arc<OperatorLimiter>,
    lists: Arc<StatusLists>,
    certificates: Arc<ClientCertificates>,
    renewals: Arc<Renewals>,
}

impl OperatorApi {
    /// A door that learns of clients' certificates in this way.
    pub fn new(certificates: ClientCertificates) -> Self {
        Self { certificates: Arc::new(certificates), ..Self::default() }
    }

    /// Mounts the endpoints; they expect `web::Data<Services>`.
    pub fn configure(&self, config: &mut ServiceConfig) {
        oauth::metadata::configure(config);
        config
            .app_data(web::Data::from(self.limiter.clone()))
            .app_data(web::Data::from(self.lists.clone()))
            .app_data(web::Data::from(self.certificates.clone()))
            .app_data(web::Data::from(self.renewals.clone()))
            .service(endpoint(
                paths::JWKS,
                "GET, HEAD",
                [web::get().to(oauth::jwks::get), web::head().to(oauth::jwks::get)],
            ))
            .service(
                endpoint(paths::PAR, "POST", [web::post().to(oauth::par::post)])
                    .wrap(from_fn(oauth::proof::offer_nonce)),
            )
            .service(
                endpoint(paths::TOKEN, "POST", [web::post().to(oauth::token::post)])
                    .wrap(from_fn(oauth::proof::offer_nonce)),
            )
            .service(
                endpoint(
                    paths::USERINFO,
                    "GET, POST",
                    [web::get().to(oauth::userinfo::get), web::post().to(oauth::userinfo::get)],
                )
                .wrap(from_fn(oauth::proof::offer_nonce)),
            )
            .service(endpoint(paths::INTROSPECTION, "POST", [web::post().to(oauth::introspection::post)]))
            .service(endpoint(paths::REVOCATION, "POST", [web::post().to(oauth::revocation::post)]))
            .service(endpoint(paths::ME, "GET", [web::get().to(me::get)]))
            .service(endpoint(paths::EVENTS, "GET", [web::get().to(events::get)]))
            .service(endpoint(paths::CHECKS, "POST", [web::post().to(checks::one)]))
            .service(endpoint(paths::BULK_CHECKS, "POST", [web::post().to(checks::many)]))
            .service(endpoint(
                paths::STATUS,
                "GET, HEAD",
                [web::get().to(oauth::status::get), web::head().to(oauth::status::get)],
            ));
    }
}

/// A resource that answers every other method with 405 in the protocol's own words.
fn endpoint(path: &str, allow: &'static str, routes: impl IntoIterator<Item = Route>) -> Resource {
    routes
        .into_iter()
        .fold(web::resource(path), Resource::route)
        .default_service(web::to(move || async move { OAuthError::method_not_allowed(allow) }))
}

/// An answer that stays out of every cache.
fn uncached(mut answer: HttpResponseBuilder) -> HttpResponseBuilder {
    for header in NO_STORE {
        answer.insert_header(header);
    }
    answer
}

/// Answers that carry tokens, handles or what is known of them stay out of every cache (RFC 6749 section 5.1).
const NO_STORE: [(HeaderName, &str); 2] = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
/// What anyone may know may be kept a little while; key rotation waits for longer than this.
const PUBLIC_FOR_A_WHILE: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");
