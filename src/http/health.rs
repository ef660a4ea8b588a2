//! For the machines that look after the service.

use actix_web::{HttpResponse, web};

use crate::app::Services;
use crate::app::search_faces::is_ready;

/// Mounts `/health`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.route("/health/live", web::get().to(live)).route("/health/ready", web::get().to(ready));
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "live" }))
}

/// Ready when the face engine is warm, the database answers with our schema, and the index of faces is up to date.
async fn ready(services: web::Data<Services>) -> HttpResponse {
    if !services.faces.is_ready() {
        return HttpResponse::ServiceUnavailable().json(serde_json::json!({ "status": "face_engine_not_ready" }));
    }
    match services.store.check().await {
        Ok(()) if !is_ready(&services) => {
            HttpResponse::ServiceUnavailable().json(serde_json::json!({ "status": "face_search_behind" }))
        }
        Ok(()) => HttpResponse::Ok().json(serde_json::json!({ "status": "ready" })),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            HttpResponse::ServiceUnavailable().json(serde_json::json!({ "status": "database_unavailable" }))
        }
    }
}
