//! The sandbox: a small operator's site that uses the real interface, and made-up people. Mounted only there.

pub(in crate::http) mod clock;
pub(in crate::http) mod grants;
pub(in crate::http) mod notices;
mod operator_site;
mod people;
mod photo_check;
pub(in crate::http) mod scenarios;
mod thumbnail;

use std::sync::Arc;

use actix_web::web;

use super::middleware::own_origin;
use super::web_files;

pub use operator_site::DemoOperator;
pub use people::DemoNote;

/// Mounts what every sandbox has, also one without the demo operator's site: the check of a photo, scenarios, clock, what its
/// people were told and what came of codes.
pub fn configure_for_testers(config: &mut web::ServiceConfig) {
    config.service(web::resource("/api/sandbox/scenarios").route(web::get().to(scenarios::list))).service(
        web::resource("/api/sandbox/clock")
            .route(web::get().to(clock::read))
            .route(web::post().to(clock::advance))
            .route(web::delete().to(clock::reset)),
    );
    config.service(web::resource("/api/sandbox/notices").route(web::get().to(notices::list)));
    config.service(web::resource("/api/sandbox/grant").route(web::get().to(grants::follow)));
    config.service(
        web::resource("/api/sandbox/photo-check")
            .wrap(actix_web::middleware::from_fn(own_origin::check))
            .app_data(photo_check::body_limit())
            .route(web::post().to(photo_check::check)),
    );
}

/// Mounts `/sandbox` and `/api/sandbox`.
pub fn configure(config: &mut web::ServiceConfig, operator: Arc<DemoOperator>) {
    config
        .app_data(web::Data::from(operator))
        .route("/sandbox/play", web::post().to(operator_site::play))
        .route("/sandbox/callback", web::get().to(operator_site::callback))
        .configure(web_files::configure_sandbox)
        .service(
            web::scope("/api/sandbox")
                .wrap(actix_web::middleware::from_fn(own_origin::check))
                .route("/session/{id}", web::get().to(operator_site::session))
                .route("/people", web::get().to(people::list))
                .route("/people/suggest-iin", web::get().to(people::suggest))
                .service(web::resource("/people").app_data(people::json_limit()).route(web::post().to(people::add)))
                .route("/people/{iin}", web::delete().to(people::remove))
                .route("/people/{iin}/photo", web::get().to(people::photo)),
        );
}
