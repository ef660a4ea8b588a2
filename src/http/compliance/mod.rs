//! The staff's door: cases with their evidence, behind a bearer key. The console, with people and roles, comes later.

pub(in crate::http) mod cases;

use actix_web::middleware::from_fn;
use actix_web::web;

use super::middleware::bearer_key::{self, BearerKey};

/// Mounts `/api/compliance`; without a key it is not there.
pub fn configure(config: &mut web::ServiceConfig, key: BearerKey) {
    config.service(
        web::scope("/api/compliance")
            .app_data(web::Data::new(key))
            .wrap(from_fn(bearer_key::check))
            .service(web::resource("/cases").route(web::get().to(cases::list)))
            .service(web::resource("/cases/{id}").route(web::get().to(cases::show)))
            .service(web::resource("/cases/{id}/frame").route(web::get().to(cases::frame))),
    );
}
