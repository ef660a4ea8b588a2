//! For the machines that look after the service.

use actix_web::{HttpResponse, web};

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Services;
use crate::app::verification::face::search::is_ready;
use crate::http::web_files::looked_at;

/// How it is.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Health {
    /// `live`, `ready`, or what is missing.
    status: &'static str,
}

/// Mounts `/health`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(looked_at("/health/live", live)).service(looked_at("/health/ready", ready));
}

/// Whether the process lives
#[utoipa::path(get, path = "/health/live", tag = "operations", operation_id = "live",
    responses((status = 200, description = "It does", body = Health)))]
pub(in crate::http) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "live" })
}

/// Whether the service can serve
///
/// Ready when the face engine is warm, the database answers with our schema, and the index of faces is up to date.
#[utoipa::path(get, path = "/health/ready", tag = "operations", operation_id = "ready",
    responses(
        (status = 200, description = "It can", body = Health),
        (status = 503, description = "It cannot, and why", body = Health),
    ))]
pub(in crate::http) async fn ready(services: web::Data<Services>) -> HttpResponse {
    if !services.face.engine.is_ready() {
        return HttpResponse::ServiceUnavailable().json(Health { status: "face_engine_not_ready" });
    }
    match services.store.check().await {
        Ok(()) if !is_ready(&services) => {
            HttpResponse::ServiceUnavailable().json(Health { status: "face_search_behind" })
        }
        Ok(()) => HttpResponse::Ok().json(Health { status: "ready" }),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            HttpResponse::ServiceUnavailable().json(Health { status: "database_unavailable" })
        }
    }
}
