//! The list of scenarios, for whoever tests an integration.

use actix_web::{HttpResponse, web};

use crate::app::Services;
use crate::domain::scenario::listed;

/// Scenarios
///
/// IINs that always end the same way, so that every branch can be tested without a camera.
#[utoipa::path(get, path = "/api/sandbox/scenarios", tag = "sandbox", operation_id = "listScenarios",
    responses((status = 200, description = "All of them", body = Vec<Object>)))]
pub(in crate::http) async fn list(services: web::Data<Services>) -> HttpResponse {
    HttpResponse::Ok().json(listed(services.clock.now()))
}
