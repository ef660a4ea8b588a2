//! The list of scenarios, for whoever tests an integration.

use actix_web::{HttpResponse, web};

use crate::app::Services;
use crate::domain::sandbox_scenario::listed;

pub(super) async fn list(services: web::Data<Services>) -> HttpResponse {
    HttpResponse::Ok().json(listed(services.clock.now()))
}
