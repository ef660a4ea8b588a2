//! Keys and models in use, as far as everybody may know them.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::app::Services;
use crate::http::console::access::sign_in::{Forbidden, Malformed, Unauthorized, private};

/// Keys in use; none of their secrets
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct KeysView {
    /// Public keys of what is signed, the first one signs
    #[schema(value_type = Object)]
    signing: Value,
    /// How many keys the registry's hashes were hashed with again
    registry_generation: u32,
    /// Models in use: what for, which, SHA-256
    #[schema(value_type = Vec<Object>)]
    models: Value,
}

/// Keys and models in use
#[utoipa::path(get, path = "/api/console/keys", tag = "console", operation_id = "consoleKeys",
    security(("session" = [])), responses((status = 200, body = KeysView), Malformed, Unauthorized, Forbidden))]
pub(in crate::http) async fn show(services: web::Data<Services>) -> HttpResponse {
    private(&KeysView {
        signing: services.credentials.signer.jwks(),
        registry_generation: services.store.key_generation(),
        models: json!(services.face.engine.models()),
    })
}
