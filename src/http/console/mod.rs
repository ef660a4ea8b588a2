//! The staff's door, with people and roles: what the console's pages ask.

pub mod access;
pub(in crate::http) mod cases;
pub(in crate::http) mod colleagues;
pub(in crate::http) mod evidence;
mod evidence_view;
pub(in crate::http) mod forgetting;
mod invitation;
mod member;
pub(in crate::http) mod operators;
pub(in crate::http) mod overview;
mod problem;
pub(in crate::http) mod proposals;
pub(in crate::http) mod service;
pub(in crate::http) mod sources;
pub(in crate::http) mod staff;
pub(in crate::http) mod webhook;

use actix_web::middleware::from_fn;
use actix_web::web;

pub(in crate::http) use access::sign_in_rate_limiter::SignInRateLimiter;

/// Everything is below it.
pub const BASE: &str = "/api/console";

/// Mounts `/api/console`; the app has a sender of webhooks, which looks at addresses before they are kept.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::scope(BASE)
            .wrap(from_fn(access::authorize::check))
            .route("/join/start", web::post().to(access::sign_in::join_start))
            .route("/join/finish", web::post().to(access::sign_in::join_finish))
            .route("/sign-in/start", web::post().to(access::sign_in::start))
            .route("/sign-in/finish", web::post().to(access::sign_in::finish))
            .route("/me", web::get().to(access::sign_in::me))
            .route("/me/code", web::post().to(access::confirmations::draw))
            .route("/sign-out", web::post().to(access::sign_in::out))
            .route("/step-up/start", web::post().to(access::sign_in::step_up_start))
            .route("/step-up/finish", web::post().to(access::sign_in::step_up_finish))
            .route("/overview", web::get().to(overview::show))
            .route("/overview.csv", web::get().to(overview::table))
            .route("/cases", web::get().to(cases::list))
            .route("/colleagues", web::get().to(colleagues::list))
            .route("/cases/find", web::post().to(cases::find))
            .route("/cases/{id}", web::get().to(cases::show))
            .route("/cases/{id}/evidence", web::post().to(cases::evidence))
            .route("/cases/{id}/pictures/{picture}", web::post().to(cases::picture))
            .route("/cases/{id}/take", web::post().to(cases::take))
            .route("/cases/{id}/hand-over", web::post().to(cases::hand_over))
            .route("/cases/{id}/conclude", web::post().to(cases::conclude))
            .route("/cases/{id}/settle", web::post().to(cases::settle))
            .route("/cases/{id}/capture", web::post().to(evidence::capture))
            .route("/cases/{id}/trail", web::get().to(evidence::trail))
            .route("/cases/{id}/erase", web::post().to(proposals::erase))
            .route("/cases/{id}/export", web::post().to(proposals::export))
            .route("/cases/{id}/unlock", web::post().to(proposals::unlock))
            .route("/cases/{id}/forget-factors", web::post().to(forgetting::forget_factors))
            .route("/cases/{id}/take-back", web::post().to(forgetting::take_back))
            .route("/cases/{id}/hold", web::post().to(proposals::hold))
            .route("/proposals", web::get().to(proposals::list))
            .route("/proposals/{id}/settle", web::post().to(proposals::settle))
            .route("/proposals/{id}/bundle", web::post().to(proposals::bundle))
            .route("/proposals/{id}/invitation", web::post().to(proposals::invitation))
            .route("/proposals/{id}/secret", web::post().to(proposals::secret))
            .service(
                web::resource("/operators")
                    .route(web::get().to(operators::list))
                    .route(web::post().to(operators::add_one)),
            )
            .route("/operators/{id}", web::patch().to(operators::change_one))
            .service(
                web::resource("/operators/{id}/webhook")
                    .route(web::get().to(webhook::show))
                    .route(web::put().to(webhook::set))
                    .route(web::delete().to(webhook::remove)),
            )
            .route("/operators/{id}/webhook/rotate", web::post().to(webhook::rotate))
            .route("/operators/{id}/standing", web::get().to(operators::standing))
            .route("/operators/{id}/switch", web::post().to(operators::switch_one))
            .route("/sources", web::get().to(sources::list))
            .route("/sources/{id}/release", web::post().to(sources::release))
            .route("/sources/{id}/discard", web::post().to(sources::discard))
            .route("/sources/{id}/roll-back", web::post().to(sources::roll_back))
            .route("/jobs", web::get().to(service::jobs::list))
            .route("/keys", web::get().to(service::keys::show))
            .route("/confirmations", web::get().to(access::confirmations::list))
            .route("/confirmations/{login}", web::post().to(access::confirmations::confirm))
            .service(web::resource("/staff").route(web::get().to(staff::list)).route(web::post().to(staff::invite)))
            .route("/staff/{login}", web::patch().to(staff::change))
            .route("/staff/{login}/invite", web::post().to(staff::reinvite)),
    );
}
