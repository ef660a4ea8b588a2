//! The staff's door: cases with their evidence, behind a bearer key. The console, with people and roles, comes later.

mod cases;
mod staff_key;

use actix_web::middleware::from_fn;
use actix_web::web;

pub use staff_key::StaffKey;

/// Mounts `/api/compliance`; without a key it is not there.
pub fn configure(config: &mut web::ServiceConfig, key: StaffKey) {
    config.service(
        web::scope("/api/compliance")
            .app_data(web::Data::new(key))
            .wrap(from_fn(staff_key::check))
            .route("/cases", web::get().to(cases::list))
            .route("/cases/{id}", web::get().to(cases::show))
            .route("/cases/{id}/frame", web::get().to(cases::frame)),
    );
}
