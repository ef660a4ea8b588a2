//! Whether people whom an operator knows may play: one, and many at once.

use std::collections::HashSet;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::client::authenticated;
use super::described::{BulkCheck, Check, OAuthRefusal, ScopeRefusal};
use super::error::OAuthError;
use super::form::Form;
use super::rate_limit::OperatorLimiter;
use super::uncached;
use crate::app::Services;
use crate::app::operators::check_players::{CheckAnswer, CheckError, CheckRequest, check_players};
use crate::domain::operators::check::{CheckPurpose, MAX_SUBJECTS, RequestId, is_subject};
use crate::domain::operators::operator::Operator;
use crate::http::codes;

/// A thousand subjects, and the client's assertion.
const BULK_BYTES: usize = 64 * 1_024;
/// So many people count as one request of the operator's rate.
const PEOPLE_A_REQUEST: usize = 100;

/// The answer about one person.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckAnswer)]
pub(in crate::http) struct AnswerBody {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    answer_id: String,
    /// Yours.
    request_id: String,
    /// `login`, `bet` or `marketing`
    #[schema(value_type = codes::CheckPurpose)]
    purpose: &'static str,
    /// About whom.
    subject: String,
    /// Whether they may play. No more is ever told.
    allowed: bool,
    /// RFC 3339
    answered_at: String,
    /// The same, signed: a compact JWS of `typ` `check-receipt+jwt` under a key of `/oauth2/jwks`.
    receipt: String,
}

/// The answers about many people, in the order they were asked about.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckAnswers)]
pub(in crate::http) struct AnswersBody {
    /// Yours.
    request_id: String,
    answers: Vec<AnswerBody>,
}

/// Ask whether somebody may play
///
/// About a player who was verified for you, by the `sub` that you know them by. Asked anew each time; a repeat is another question.
/// The player can see that you asked.
#[utoipa::path(post, path = "/api/operator/checks", tag = "operators", operation_id = "checkPlayer",
    security(("clientAssertion" = []), ("clientCertificate" = []), ("clientSecret" = [])),
    request_body(content = Check, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "One bit, with a receipt", body = AnswerBody), OAuthRefusal, ScopeRefusal))]
pub(in crate::http) async fn one(
    services: Data<Services>,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, OAuthError> {
    let mut form = Form::read(&request, body).await?;
    let operator = authenticated(&services, &request, &mut form).await?;
    let subject = form.require("subject")?;
    let check = read(&mut form, vec![subject])?;
    let answers = answers(&services, &operator, &check).await?;
    let answer = answers.into_iter().next().ok_or_else(OAuthError::server_error)?;
    Ok(uncached(HttpResponse::Ok()).json(answer))
}

/// Ask whether each of many may play
///
/// At most 1000, each once; a hundred count as one request of your rate.
#[utoipa::path(post, path = "/api/operator/checks/bulk", tag = "operators", operation_id = "checkPlayers",
    security(("clientAssertion" = []), ("clientCertificate" = []), ("clientSecret" = [])),
    request_body(content = BulkCheck, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "One bit of each, with a receipt of each", body = AnswersBody), OAuthRefusal,
        ScopeRefusal))]
pub(in crate::http) async fn many(
    services: Data<Services>,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, OAuthError> {
    let mut form = Form::read_at_most(&request, body, BULK_BYTES).await?;
    let operator = authenticated(&services, &request, &mut form).await?;
    let subjects: Vec<String> = form.require("subjects")?.split(' ').map(str::to_owned).collect();
    let check = read(&mut form, subjects)?;
    if let Some(limiter) = request.app_data::<Data<OperatorLimiter>>() {
        // The first hundred were counted with the request itself.
        for _ in 1..check.subjects.len().div_ceil(PEOPLE_A_REQUEST) {
            limiter.count(&operator)?;
        }
    }
    let answers = answers(&services, &operator, &check).await?;
    Ok(uncached(HttpResponse::Ok()).json(AnswersBody { request_id: check.id.to_string(), answers }))
}

fn read(form: &mut Form, subjects: Vec<String>) -> Result<CheckRequest, OAuthError> {
    let purpose = CheckPurpose::from_name(&form.require("purpose")?)
        .ok_or_else(|| OAuthError::invalid_request("purpose is login, bet or marketing"))?;
    let id = RequestId::parse(&form.require("request_id")?)
        .ok_or_else(|| OAuthError::invalid_request("request_id is 1 to 64 visible ASCII characters"))?;
    if subjects.len() > MAX_SUBJECTS {
        return Err(OAuthError::invalid_request("at most 1000 subjects may be asked about at once"));
    }
    if let Some(place) = subjects.iter().position(|subject| !is_subject(subject)) {
        return Err(OAuthError::invalid_request(format!("subject {} is none of ours", place + 1)));
    }
    let mut seen = HashSet::new();
    if let Some(place) = subjects.iter().position(|subject| !seen.insert(subject)) {
        return Err(OAuthError::invalid_request(format!("subject {} is given more than once", place + 1)));
    }
    Ok(CheckRequest { purpose, id, subjects })
}

async fn answers(
    services: &Services,
    operator: &Operator,
    check: &CheckRequest,
) -> Result<Vec<AnswerBody>, OAuthError> {
    let answers = check_players(services, operator, check).await.map_err(|error| match error {
        CheckError::Scope(_) => OAuthError::refused(StatusCode::FORBIDDEN, "insufficient_scope", error.to_string()),
        CheckError::Store(error) => OAuthError::store(&error),
        CheckError::Sign(error) => {
            tracing::error!(%error, "no receipt can be signed");
            OAuthError::server_error()
        }
    })?;
    Ok(answers.into_iter().map(|answer| body(check, answer)).collect())
}

fn body(check: &CheckRequest, answer: CheckAnswer) -> AnswerBody {
    AnswerBody {
        answer_id: answer.id.to_string(),
        request_id: check.id.to_string(),
        purpose: check.purpose.as_str(),
        subject: answer.subject,
        allowed: answer.allowed,
        answered_at: answer.at.rfc3339(),
        receipt: answer.receipt,
    }
}
