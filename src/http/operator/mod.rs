//! The operator's door: OAuth 2.0 with pushed requests, PKCE and short-lived JWT access tokens.
//!
//! One endpoint a file. What they share: [`form`] reads the body, [`client`] proves the caller, [`error`] speaks
//! RFC 6749 section 5.2. `GET /oauth2/authorize` belongs to the player's browser and so to the player's door.

mod client;
mod error;
mod form;
mod introspection;
mod jwks;
mod metadata;
mod par;
mod token;

use actix_web::http::header::{self, HeaderName};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Resource, Route};

use error::OAuthError;

/// Mounts the endpoints; they expect `web::Data<Services>`.
pub fn configure(config: &mut ServiceConfig) {
    metadata::configure(config);
    config
        .service(endpoint(jwks::PATH, "GET, HEAD", [web::get().to(jwks::get), web::head().to(jwks::get)]))
        .service(endpoint(par::PATH, "POST", [web::post().to(par::post)]))
        .service(endpoint(token::PATH, "POST", [web::post().to(token::post)]))
        .service(endpoint(introspection::PATH, "POST", [web::post().to(introspection::post)]));
}

/// A resource that answers every other method with 405 in the protocol's own words.
fn endpoint(path: &str, allow: &'static str, routes: impl IntoIterator<Item = Route>) -> Resource {
    routes
        .into_iter()
        .fold(web::resource(path), Resource::route)
        .default_service(web::to(move || async move { OAuthError::method_not_allowed(allow) }))
}

/// Answers that carry tokens, handles or what is known of them stay out of every cache (RFC 6749 section 5.1).
const NO_STORE: [(HeaderName, &str); 2] = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
/// What anyone may know may be kept a little while; key rotation waits for longer than this.
const PUBLIC_FOR_A_WHILE: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");
