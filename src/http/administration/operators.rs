//! Operators: listed, added, changed, disabled.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::view::{ChangeBody, NewOperatorBody, OperatorList, OperatorView};
use super::write::{answer, read, write_once};
use super::{Alone, BY, not_found, opener, operator_id, shown};
use crate::app::Services;
use crate::app::operators::add::{AddOperatorError, add};
use crate::app::operators::change::{ChangeOperatorError, change as change_operator, expect_changeable, switch};
use crate::app::operators::list::list_operators;
use crate::domain::operators::operator::OperatorError;
use crate::http::problem::{Problem, ProblemCode, locale};
use crate::http::refusals::{ReadRefusal, WriteHeaders, WriteRefusal};

/// List operators
#[utoipa::path(get, path = "/api/administration/operators", tag = "administration", operation_id = "listOperators",
    security(("administrator" = [])),
    responses(
        (status = 200, description = "All operators, by id", body = OperatorList),
        ReadRefusal,
    ))]
pub(in crate::http) async fn list(request: HttpRequest, services: Data<Services>) -> Result<HttpResponse, Problem> {
    let store = |error| Problem::store(&error, locale(&request));
    let operators = list_operators(services.store.as_ref()).await.map_err(store)?;
    Ok(shown(&OperatorList::of(&operators)))
}

/// One operator
#[utoipa::path(get, path = "/api/administration/operators/{id}", tag = "administration", operation_id = "getOperator",
    security(("administrator" = [])),
    params(("id" = String, Path, description = "The `client_id`")),
    responses(
        (status = 200, description = "As registered", body = OperatorView),
        ReadRefusal,
    ))]
pub(in crate::http) async fn show(
    request: HttpRequest,
    services: Data<Services>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let found = services.store.operator(&operator_id(&request, &id)?).await;
    let found = found.map_err(|error| Problem::store(&error, locale(&request)))?;
    Ok(shown(&OperatorView::from(&found.ok_or_else(|| not_found(&request))?)))
}

/// Add an operator
///
/// Where the staff has somebody who says yes to it, it is asked for at the console: `takes_two` (409).
#[utoipa::path(post, path = "/api/administration/operators", tag = "administration", operation_id = "addOperator",
    security(("administrator" = [])),
    params(WriteHeaders),
    request_body = NewOperatorBody,
    responses(
        (status = 201, description = "Registered", body = OperatorView),
        WriteRefusal,
    ))]
pub(in crate::http) async fn add_one(
    request: HttpRequest,
    services: Data<Services>,
    alone: Data<Alone>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let new: NewOperatorBody = read(&request, &body)?;
    let new = new.into_new(&services).map_err(|why| invalid(&request).because(why))?;
    write_once(&request, &services, &body, async |unit, now| {
        let by = opener(&request, unit, now, **alone).await?;
        let added = add(unit, services.randomness.as_ref(), now, new, by).await;
        let added = added.map_err(|error| not_added(&request, &error))?;
        Ok(answer(StatusCode::CREATED, &OperatorView::from(&added)))
    })
    .await
}

/// Change an operator
///
/// What is not named stays. New keys count from the next request on: rotate by a set that holds the old and the new. Where the
/// staff has somebody who says yes to it, another name, contact, redirect URI, key or scope is asked for at the console:
/// `takes_two` (409).
#[utoipa::path(patch, path = "/api/administration/operators/{id}", tag = "administration", operation_id = "changeOperator",
    security(("administrator" = [])),
    params(
        ("id" = String, Path, description = "The `client_id`"),
        WriteHeaders,
    ),
    request_body = ChangeBody,
    responses(
        (status = 200, description = "As it is now", body = OperatorView),
        WriteRefusal,
    ))]
pub(in crate::http) async fn change(
    request: HttpRequest,
    services: Data<Services>,
    alone: Data<Alone>,
    id: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let wanted: ChangeBody = read(&request, &body)?;
    let wanted = wanted.into_change(&services).map_err(|why| invalid(&request).because(why))?;
    write_once(&request, &services, &body, async |unit, now| {
        let opens = expect_changeable(unit, &id, &wanted).await.map_err(|error| problem(&request, &error))?;
        let by = if opens { opener(&request, unit, now, **alone).await? } else { BY };
        let changed = change_operator(unit, (now, services.randomness.as_ref()), &id, wanted, by)
            .await
            .map_err(|error| problem(&request, &error))?;
        Ok(answer(StatusCode::OK, &OperatorView::from(&changed)))
    })
    .await
}

/// Disable an operator
///
/// It gets nothing more, and everything that it was granted ends.
#[utoipa::path(post, path = "/api/administration/operators/{id}/disable", tag = "administration", operation_id = "disableOperator",
    security(("administrator" = [])),
    params(
        ("id" = String, Path, description = "The `client_id`"),
        WriteHeaders,
    ),
    responses(
        (status = 200, description = "As it is now", body = OperatorView),
        WriteRefusal,
    ))]
pub(in crate::http) async fn disable(
    request: HttpRequest,
    services: Data<Services>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    write_once(&request, &services, b"", async |unit, now| {
        let operator = switch(unit, (now, services.randomness.as_ref()), &id, true, BY)
            .await
            .map_err(|error| problem(&request, &error))?;
        Ok(answer(StatusCode::OK, &OperatorView::from(&operator)))
    })
    .await
}

/// Enable an operator
///
/// It may ask again; what had ended stays ended. Where the staff has somebody who says yes to it, it is asked for at the console:
/// `takes_two` (409).
#[utoipa::path(post, path = "/api/administration/operators/{id}/enable", tag = "administration", operation_id = "enableOperator",
    security(("administrator" = [])),
    params(
        ("id" = String, Path, description = "The `client_id`"),
        WriteHeaders,
    ),
    responses(
        (status = 200, description = "As it is now", body = OperatorView),
        WriteRefusal,
    ))]
pub(in crate::http) async fn enable(
    request: HttpRequest,
    services: Data<Services>,
    alone: Data<Alone>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    write_once(&request, &services, b"", async |unit, now| {
        let by = opener(&request, unit, now, **alone).await?;
        let operator = switch(unit, (now, services.randomness.as_ref()), &id, false, by)
            .await
            .map_err(|error| problem(&request, &error))?;
        Ok(answer(StatusCode::OK, &OperatorView::from(&operator)))
    })
    .await
}

/// Why an operator was not added.
pub(in crate::http) fn not_added(request: &HttpRequest, error: &AddOperatorError) -> Problem {
    match error {
        AddOperatorError::Exists(_) => Problem::new(ProblemCode::OperatorExists, locale(request)),
        AddOperatorError::Store(error) => Problem::store(error, locale(request)),
        AddOperatorError::Invalid(_) | AddOperatorError::Jwks(_) => invalid(request).because(error.to_string()),
    }
}

/// Something that an operator cannot be.
pub(in crate::http) fn invalid(request: &HttpRequest) -> Problem {
    Problem::new(ProblemCode::OperatorInvalid, locale(request))
}

/// Why an operator was not changed.
pub(in crate::http) fn problem(request: &HttpRequest, error: &ChangeOperatorError) -> Problem {
    match error {
        ChangeOperatorError::Unknown(_) | ChangeOperatorError::Invalid(OperatorError::Id) => not_found(request),
        ChangeOperatorError::TakesTwo => Problem::new(ProblemCode::TakesTwo, locale(request)),
        ChangeOperatorError::Store(error) => Problem::store(error, locale(request)),
        ChangeOperatorError::Invalid(_) | ChangeOperatorError::Jwks(_) => invalid(request).because(error.to_string()),
    }
}
