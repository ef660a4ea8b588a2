//! Figures, as pages and spreadsheets read them: of nobody in particular.

use std::fmt::Write as _;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::sign_in::{Forbidden, Malformed, Unauthorized, private};
use super::problem::case_problem;
use crate::app::Services;
use crate::app::review::case_work::overview::{Overview, read_overview};
use crate::domain::kernel::time::Timestamp;
use crate::domain::review::ports::TimeFigure;
use crate::http::problem::{Problem, locale};
use crate::messages::message;

const USUAL_DAYS: u32 = 30;
const DAY: i64 = 86_400;

/// How many days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Days {
    /// 1 to 366, today among them; 30 if not said
    days: Option<u32>,
}

/// How many ended so, or had this reason, on a day
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Figure {
    /// A day of Almaty
    day: String,
    operator: String,
    /// `approved`, `refused`, `under_review`, `cancelled`; or a reason code
    code: &'static str,
    /// In the reader's language, of a reason
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    count: u64,
}

/// How long something took on a day
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Duration {
    /// The day of Almaty on which it ended
    day: String,
    operator: String,
    mean_seconds: u64,
    longest_seconds: u64,
    count: u64,
}

impl From<&TimeFigure> for Duration {
    fn from(figure: &TimeFigure) -> Self {
        Self {
            day: date(figure.day),
            operator: figure.operator.to_string(),
            mean_seconds: figure.mean_seconds,
            longest_seconds: figure.longest_seconds,
            count: figure.count,
        }
    }
}

/// A source of restrictions
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Freshness {
    name: String,
    refreshed_at: String,
    /// When what it says is no longer trusted
    stale_at: String,
    fresh: bool,
}

/// The figures of some days
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct OverviewView {
    /// The first day
    from: String,
    /// The last day
    until: String,
    verdicts: Vec<Figure>,
    reasons: Vec<Figure>,
    /// What cues saw in cases: kinds of attacks, and of what looked like one
    findings: Vec<Figure>,
    /// From the beginning of a verification to its end
    verification_times: Vec<Duration>,
    /// From the opening of a case to what was decided
    case_times: Vec<Duration>,
    sources: Vec<Freshness>,
}

fn date(day: i64) -> String {
    // Noon, so that Almaty's offset does not matter.
    Timestamp::from_seconds(day * DAY + DAY / 4).almaty_date().to_string()
}

/// Attempts, how they ended and why, by day and operator
#[utoipa::path(get, path = "/api/console/overview", tag = "console", operation_id = "getOverview",
    security(("session" = [])), params(Days), responses((status = 200, body = OverviewView), Malformed, Unauthorized, Forbidden))]
pub(in crate::http) async fn show(
    request: HttpRequest,
    services: web::Data<Services>,
    days: web::Query<Days>,
) -> Result<HttpResponse, Problem> {
    let overview = read(&request, &services, &days).await?;
    let now = overview.until;
    let verdicts = overview.verdicts.iter().map(|figure| Figure {
        day: date(figure.day),
        operator: figure.operator.to_string(),
        code: figure.verdict.as_str(),
        title: None,
        count: figure.count,
    });
    let reasons = overview.reasons.iter().map(|figure| Figure {
        day: date(figure.day),
        operator: figure.operator.to_string(),
        code: figure.reason.code(),
        title: Some(message(figure.reason.code(), locale(&request)).title),
        count: figure.count,
    });
    let findings = overview.findings.iter().map(|figure| Figure {
        day: date(figure.day),
        operator: figure.operator.to_string(),
        code: figure.finding.code(),
        title: None,
        count: figure.count,
    });
    let sources = overview.sources.iter().map(|source| Freshness {
        name: source.name.clone(),
        refreshed_at: source.refreshed_at.rfc3339(),
        stale_at: source.refreshed_at.plus(source.max_age).rfc3339(),
        fresh: source.is_fresh(now),
    });
    Ok(private(&OverviewView {
        from: overview.from.almaty_date().to_string(),
        until: now.almaty_date().to_string(),
        verdicts: verdicts.collect(),
        reasons: reasons.collect(),
        findings: findings.collect(),
        verification_times: overview.verification_times.iter().map(Duration::from).collect(),
        case_times: overview.case_times.iter().map(Duration::from).collect(),
        sources: sources.collect(),
    }))
}

/// The same as a table
#[utoipa::path(get, path = "/api/console/overview.csv", tag = "console", operation_id = "getOverviewTable",
    security(("session" = [])), params(Days),
    responses((status = 200, description = "day,operator,what,code,count", content_type = "text/csv"), Malformed, Unauthorized, Forbidden))]
pub(in crate::http) async fn table(
    request: HttpRequest,
    services: web::Data<Services>,
    days: web::Query<Days>,
) -> Result<HttpResponse, Problem> {
    let overview = read(&request, &services, &days).await?;
    // Ids and codes have no commas, quotes or signs that a spreadsheet would calculate with.
    let mut text = "day,operator,what,code,count\r\n".to_owned();
    for figure in &overview.verdicts {
        let _ = write!(
            text,
            "{},{},verdict,{},{}\r\n",
            date(figure.day),
            figure.operator,
            figure.verdict.as_str(),
            figure.count
        );
    }
    for figure in &overview.reasons {
        let _ = write!(
            text,
            "{},{},reason,{},{}\r\n",
            date(figure.day),
            figure.operator,
            figure.reason.code(),
            figure.count
        );
    }
    for figure in &overview.findings {
        let (day, code) = (date(figure.day), figure.finding.code());
        let _ = write!(text, "{day},{},finding,{code},{}\r\n", figure.operator, figure.count);
    }
    for (what, figures) in [("verification", &overview.verification_times), ("case", &overview.case_times)] {
        for figure in figures {
            let (day, operator) = (date(figure.day), &figure.operator);
            let _ = write!(text, "{day},{operator},{what}_seconds,mean,{}\r\n", figure.mean_seconds);
            let _ = write!(text, "{day},{operator},{what}_seconds,longest,{}\r\n", figure.longest_seconds);
        }
    }
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"rastau.csv\""))
        .content_type("text/csv; charset=utf-8")
        .body(text))
}

async fn read(request: &HttpRequest, services: &Services, days: &Days) -> Result<Overview, Problem> {
    read_overview(services, days.days.unwrap_or(USUAL_DAYS)).await.map_err(|error| case_problem(request, &error))
}
