//! The administrators' door: operators and their webhooks, behind a bearer key. Every write carries an idempotency key and
//! leaves an audit event. A key is nobody in particular, and so never two: where the staff has somebody who could be the second,
//! it closes doors and opens none, unless the deployer set that it may alone.

pub(in crate::http) mod operators;
pub(in crate::http) mod view;
pub(in crate::http) mod webhook;
mod write;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::middleware::bearer_key::{self, BearerKey};
use super::problem::{Problem, ProblemCode, locale};
use crate::app::dual_control::alone::{AloneError, expect_alone_within};
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::ports::UnitOfWork;
use crate::domain::webhooks::ports::WebhookSender;

/// Everything is below it.
pub const BASE: &str = "/api/administration";
/// How administrators of this door appear in the audit log: a key has no name.
const BY: &str = "administration api";
/// And where somebody could have been the second.
const BY_ALONE: &str = "administration api, alone";

/// Whether the key opens doors though the staff has somebody who could be the second.
#[derive(Clone, Copy, Debug)]
pub struct Alone(pub bool);

/// Mounts `/api/administration`; without a key it is not there.
pub fn configure(config: &mut web::ServiceConfig, key: BearerKey, alone: Alone, webhooks: Data<dyn WebhookSender>) {
    config.service(
        web::scope(BASE)
            .app_data(Data::new(key))
            .app_data(Data::new(alone))
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

/// Who opens a door, for the log; a refusal where that takes two.
async fn opener(
    request: &HttpRequest,
    unit: &mut dyn UnitOfWork,
    now: Timestamp,
    alone: Alone,
) -> Result<&'static str, Problem> {
    match expect_alone_within(unit, now, alone.0).await {
        Ok(true) => Ok(BY_ALONE),
        Ok(false) => Ok(BY),
        Err(AloneError::TakesTwo(_)) => Err(Problem::new(ProblemCode::TakesTwo, locale(request))),
        Err(AloneError::Store(error)) => Err(Problem::store(&error, locale(request))),
    }
}

/// The operator that a path names; none has an id of other characters.
fn operator_id(request: &HttpRequest, named: &str) -> Result<OperatorId, Problem> {
    OperatorId::parse(named).map_err(|_| not_found(request))
}

fn not_found(request: &HttpRequest) -> Problem {
    Problem::new(ProblemCode::NotFound, locale(request))
}

/// The answer to a read: for who asked, and no cache.
fn shown(body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(body)
}
