//! Operators, looked after by people: as administrators' machines do it, with who decided in the log.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::cases::{Gone, Overtaken};
use super::door::Staff;
use super::sign_in::{Forbidden, Malformed, NotIn, Wrong, private};
use crate::app::Services;
use crate::app::add_operator::{AddOperatorError, add};
use crate::app::change_operator::{change, switch};
use crate::http::administration::operators::{invalid, not_added, problem as not_changed};
use crate::http::administration::view::{ChangeBody, NewOperatorBody, OperatorView};
use crate::http::problem::{Problem, locale};

/// Operators, by id
#[utoipa::path(get, path = "/api/console/operators", tag = "console", operation_id = "consoleOperators",
    security(("session" = [])), responses((status = 200, body = Vec<OperatorView>), Malformed, NotIn, Forbidden))]
pub(in crate::http) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let all = async { services.store.read().await?.list_operators().await }.await;
    let all = all.map_err(|error| Problem::store(&error, locale(&request)))?;
    Ok(private(&all.iter().map(OperatorView::from).collect::<Vec<_>>()))
}

/// Add an operator
///
/// A secret that is drawn, in a sandbox alone, is shown once.
#[utoipa::path(post, path = "/api/console/operators", tag = "console", operation_id = "consoleAddOperator",
    security(("session" = [])), request_body = NewOperatorBody,
    responses((status = 200, body = OperatorView), Malformed, NotIn, Forbidden, Overtaken, Wrong))]
pub(in crate::http) async fn add_one(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    body: web::Json<NewOperatorBody>,
) -> Result<HttpResponse, Problem> {
    let new = body.into_inner().into_new(services.policy.sandbox).map_err(|why| invalid(&request).because(why))?;
    let added = async {
        let (now, randomness) = (services.clock.now(), services.randomness.as_ref());
        let mut unit = services.store.begin().await.map_err(AddOperatorError::Store)?;
        let added = add(unit.as_mut(), randomness, now, new, &staff.by()).await?;
        unit.commit().await.map_err(AddOperatorError::Store)?;
        Ok(added)
    };
    Ok(private(&OperatorView::from(&added.await.map_err(|error| not_added(&request, &error))?)))
}

/// Change an operator
///
/// What is not named stays. New keys count from the next request on: rotate by a set that holds the old and the new.
#[utoipa::path(patch, path = "/api/console/operators/{id}", tag = "console", operation_id = "consoleChangeOperator",
    security(("session" = [])), params(("id" = String, Path)), request_body = ChangeBody,
    responses((status = 200, body = OperatorView), Malformed, NotIn, Forbidden, Gone, Wrong))]
pub(in crate::http) async fn change_one(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<String>,
    body: web::Json<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let wanted = body.into_inner().into_change().map_err(|why| invalid(&request).because(why))?;
    let changed = async {
        let mut unit = services.store.begin().await?;
        let operator = change(unit.as_mut(), services.clock.now(), &id, wanted, &staff.by()).await?;
        unit.commit().await?;
        Ok(operator)
    };
    Ok(private(&OperatorView::from(&changed.await.map_err(|error| not_changed(&request, &error))?)))
}

/// Whether an operator may ask for anything
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Switching {
    disabled: bool,
}

/// Stop an operator, or let it go on
///
/// What it was granted ends with it.
#[utoipa::path(post, path = "/api/console/operators/{id}/switch", tag = "console", operation_id = "switchOperator",
    security(("session" = [])), params(("id" = String, Path)), request_body = Switching,
    responses((status = 200, body = OperatorView), Malformed, NotIn, Forbidden, Gone, Wrong))]
pub(in crate::http) async fn switch_one(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<String>,
    body: web::Json<Switching>,
) -> Result<HttpResponse, Problem> {
    let switched = async {
        let mut unit = services.store.begin().await?;
        let operator = switch(unit.as_mut(), services.clock.now(), &id, body.disabled, &staff.by()).await?;
        unit.commit().await?;
        Ok(operator)
    };
    Ok(private(&OperatorView::from(&switched.await.map_err(|error| not_changed(&request, &error))?)))
}
