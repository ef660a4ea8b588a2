//! Our public signing keys: RFC 7517.

use actix_web::{HttpResponse, web};

use crate::app::Services;
use crate::http::operator::PUBLIC_FOR_A_WHILE;

/// Our public signing keys
#[utoipa::path(get, path = "/oauth2/jwks", tag = "operators", operation_id = "getKeys",
    responses((status = 200, description = "RFC 7517", body = Object, content_type = "application/jwk-set+json")))]
pub(in crate::http) async fn get(services: web::Data<Services>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(PUBLIC_FOR_A_WHILE)
        .content_type("application/jwk-set+json")
        .body(services.credentials.signer.jwks().to_string())
}
