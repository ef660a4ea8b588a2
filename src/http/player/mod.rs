//! The player's door: the JSON steps and the capture behind the pages of `web/verify`.

mod authorize;
mod capture;
mod device_cookie;
mod enquiries;
mod lost_browser;
mod pending;
mod pretend;
mod problem;
pub mod second_factor;
mod self_service;
mod session_cookie;
mod steps;
mod take_back;
mod view;

use actix_web::middleware::from_fn;
use actix_web::web;

pub(in crate::http) use capture::{CapturesByCaller, CapturesUnderWay};
pub(in crate::http) use session_cookie::name as player_session_cookie_name;

use super::middleware::{own_origin, per_session};

/// Mounts what stands in for camera and authenticator in a sandbox, before [`configure`] takes the rest of `/api/player`.
pub fn configure_pretended(config: &mut web::ServiceConfig) {
    let step =
        |path: &str| web::resource(path.to_owned()).wrap(from_fn(per_session::limit)).wrap(from_fn(own_origin::check));
    config
        .service(step("/api/player/captures/pretend").route(web::post().to(pretend::capture)))
        .service(step("/api/player/contact/pretend").route(web::post().to(pretend::contact)))
        .service(step("/api/player/second-factor/pretend").route(web::post().to(pretend::factor)));
}

/// Mounts `/oauth2/authorize` and `/api/player`.
pub fn configure(config: &mut web::ServiceConfig) {
    // The outer one is whose pages ask: what others send counts against nobody.
    let frames = web::resource("/api/player/captures/{capture}/frames")
        .app_data(web::PayloadConfig::new(capture::MESSAGE_BYTES))
        .wrap(from_fn(per_session::limit_frames))
        .wrap(from_fn(own_origin::check))
        .route(web::post().to(capture::frame));
    let stream = web::resource("/api/player/capture")
        .wrap(from_fn(per_session::limit))
        .wrap(from_fn(own_origin::check_every_method))
        .route(web::get().to(capture::stream));
    config.route("/oauth2/authorize", web::get().to(authorize::authorize)).service(frames).service(stream).service(
        web::scope("/api/player")
            .wrap(from_fn(per_session::limit))
            .wrap(from_fn(own_origin::check))
            .route("/verification", web::get().to(steps::verification))
            .route("/consent", web::post().to(steps::consent))
            .route("/identify", web::post().to(steps::identify))
            .route("/cancel", web::post().to(steps::cancel))
            .route("/return", web::get().to(steps::back))
            .route("/captures", web::post().to(capture::open))
            .route("/captures/{capture}/give-up", web::post().to(capture::give_up))
            .route("/lock/passkey/start", web::post().to(second_factor::passkey::lock_start))
            .route("/lock/passkey/finish", web::post().to(second_factor::passkey::lock_finish))
            .route("/contact", web::get().to(second_factor::contact::read))
            .route("/contact/send", web::post().to(second_factor::contact::send))
            .route("/contact/verify", web::post().to(second_factor::contact::verify))
            .route("/contact/wait", web::post().to(second_factor::contact::wait))
            .route("/contact/not-me", web::post().to(second_factor::contact::not_me))
            .route("/not-me/look", web::post().to(second_factor::contact::look_at_link))
            .route("/not-me", web::post().to(second_factor::contact::not_me_by_link))
            .route("/passkey/register/start", web::post().to(second_factor::passkey::register_start))
            .route("/passkey/register/finish", web::post().to(second_factor::passkey::register_finish))
            .route("/passkey/authenticate/start", web::post().to(second_factor::passkey::authenticate_start))
            .route("/passkey/authenticate/finish", web::post().to(second_factor::passkey::authenticate_finish))
            .route("/totp/enrol/start", web::post().to(second_factor::totp::enrol_start))
            .route("/totp/enrol/finish", web::post().to(second_factor::totp::enrol_finish))
            .route("/totp/verify", web::post().to(second_factor::totp::verify))
            .route("/self-restriction/confirm/start", web::post().to(self_service::confirm_start))
            .route("/self-restriction", web::post().to(self_service::restrict))
            .route("/self-restriction/take-back", web::get().to(take_back::read))
            .route("/self-restriction/take-back/send", web::post().to(take_back::send))
            .route("/self-restriction/take-back/verify", web::post().to(take_back::verify))
            .route("/second-factor/lost", web::post().to(second_factor::factors::lost))
            .route("/recovery", web::get().to(second_factor::recovery::read))
            .route("/recovery/send", web::post().to(second_factor::recovery::send))
            .route("/recovery/verify", web::post().to(second_factor::recovery::verify))
            .route("/factors", web::get().to(second_factor::factors::list))
            .route("/factors/passkey/start", web::post().to(second_factor::factors::passkey_start))
            .route("/factors/passkey/finish", web::post().to(second_factor::factors::passkey_finish))
            .route("/factors/totp/start", web::post().to(second_factor::factors::totp_start))
            .route("/factors/totp/finish", web::post().to(second_factor::factors::totp_finish))
            .route("/factors/recovery-codes", web::post().to(second_factor::factors::renew_codes))
            .route("/factors/{id}", web::patch().to(second_factor::factors::rename))
            .route("/factors/{id}/remove", web::post().to(second_factor::factors::remove))
            .route("/enquiries", web::get().to(enquiries::list))
            .route("/contest", web::post().to(self_service::contest))
            .route("/recovery-code/verify", web::post().to(second_factor::totp::recovery_code)),
    );
}
