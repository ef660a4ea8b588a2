//! The administrators' door: operators and their webhooks, behind a bearer key. Every write carries an idempotency key and
//! leaves an audit event.

pub(in crate::http) mod operators;
pub(in crate::http) mod refusals;
pub(in crate::http) mod view;
pub(in crate::http) mod webhook;
mod write;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};

use super::middleware::bearer_key::{self, BearerKey};
use crate::domain::ports::WebhookSender;

/// How administrators of this door appear in the audit log until they have names.
const BY: &str = "administration api";

/// Mounts `/api/administration`; without a key it is not there.
pub fn configure(config: &mut web::ServiceConfig, key: BearerKey, webhooks: Data<dyn WebhookSender>) {
    config.service(
        web::scope("/api/administration")
            .app_data(Data::new(key))
            .app_data(webhooks)
            .wrap(from_fn(bearer_key::check))
            .service(
                web::resource("/operators")
                    .route(web::get().to(operators::list))
                    .route(web::post().to(operators::add_one)),
            )
            .service(
                web::resource("/operators/{id}")
                    .route(web::get().to(operators::show))
                    .route(web::patch().to(operators::change)),
            )
            .service(web::resource("/operators/{id}/disable").route(web::post().to(operators::disable)))
            .service(web::resource("/operators/{id}/enable").route(web::post().to(operators::enable)))
            .service(
                web::resource("/operators/{id}/webhook")
                    .route(web::get().to(webhook::show))
                    .route(web::put().to(webhook::set))
                    .route(web::delete().to(webhook::remove)),
            )
            .service(web::resource("/operators/{id}/webhook/rotate").route(web::post().to(webhook::rotate))),
    );
}
