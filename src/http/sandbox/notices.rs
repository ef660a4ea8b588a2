//! What a sandbox's people were told. They are made up, and so are their phones: whoever tests an integration reads the codes
//! here.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::Services;
use crate::app::notices::outbox::sandbox_outbox;
use crate::domain::identity::person::Iin;
use crate::domain::notices::Notice;
use crate::http::codes;
use crate::http::problem::{Problem, ProblemBody, ProblemCode, locale};
use crate::messages::notice::write;

/// Whose.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Whose {
    /// The person's 12 digits.
    iin: String,
}

/// A notice of a sandbox.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct NoticeView {
    /// `enrolment_code`, `recovery_code`, `take_back_code`, `enrolment_held`, `factor_added`, `factor_removed`,
    /// `factors_forgotten`, `recovery_held`, `recovery_cancelled`, `recovery_completed`, `self_restricted` or `self_restriction_taken_back`.
    #[schema(value_type = codes::NoticeKind)]
    kind: &'static str,
    /// `sms` or `email`.
    #[schema(value_type = codes::Channel)]
    channel: &'static str,
    /// The address as the player is told it.
    masked: String,
    /// In the player's language.
    text: String,
    /// The code, in a notice that brings one.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Where the person can object; at most one.
    links: Vec<String>,
    /// RFC 3339.
    #[schema(format = DateTime)]
    at: String,
}

impl NoticeView {
    fn of(notice: &Notice) -> Self {
        let channel = notice.to.channel();
        let words = write(&notice.content, channel, notice.locale);
        Self {
            kind: notice.kind().as_str(),
            channel: channel.as_str(),
            masked: notice.to.masked(),
            text: words.text.expose().to_owned(),
            code: notice.content.code().map(|code| code.expose().to_owned()),
            links: notice.content.link().map(ToString::to_string).into_iter().collect(),
            at: notice.created_at.rfc3339(),
        }
    }
}

/// Notices to one of a sandbox's people
///
/// The newest first, at most 50. Nothing leaves a sandbox: codes and links are read here.
#[utoipa::path(get, path = "/api/sandbox/notices", tag = "sandbox", operation_id = "listNotices", params(Whose),
    responses((status = 200, description = "What they were told", body = Vec<NoticeView>),
        (status = 400, description = "No IIN given", content_type = "application/problem+json", body = ProblemBody),
        (status = 422, description = "No IIN", content_type = "application/problem+json", body = ProblemBody)))]
pub(in crate::http) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
    whose: web::Query<Whose>,
) -> Result<HttpResponse, Problem> {
    let locale = locale(&request);
    let iin = Iin::parse(&whose.iin).map_err(|error| Problem::new(error.into(), locale))?;
    let notices = sandbox_outbox(&services, &iin)
        .await
        .map_err(|error| Problem::store(&error, locale))?
        .ok_or_else(|| Problem::new(ProblemCode::NotFound, locale))?;
    let told: Vec<NoticeView> = notices.iter().map(NoticeView::of).collect();
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(told))
}
