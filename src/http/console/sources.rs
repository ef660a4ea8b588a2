//! Sources of restrictions with their versions: what waits for a person, and the way back.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::access::authorize::Staff;
use super::access::sign_in::{Forbidden, Malformed, Unauthorized, Unprocessable, private};
use super::cases::{NotFound, Overtaken};
use super::proposals;
use crate::app::Services;
use crate::app::restrictions::registry::list::list_sources_with_versions;
use crate::domain::dual_control::ControlledAction;
use crate::domain::restrictions::{Source, Version};
use crate::http::codes;
use crate::http::problem::{Problem, locale};

/// A version of what a source says
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct VersionRow {
    number: u32,
    /// `current`, `previous`, `quarantined` and others
    #[schema(value_type = codes::VersionState)]
    state: &'static str,
    #[schema(value_type = codes::VersionKind)]
    kind: &'static str,
    as_of: String,
    rows: u64,
    added: u64,
    removed: u64,
    refused: u64,
    /// Why it waits, and which lines were refused
    #[schema(value_type = Object)]
    report: Value,
}

impl From<&Version> for VersionRow {
    fn from(version: &Version) -> Self {
        Self {
            number: version.number,
            state: version.state.as_str(),
            kind: version.kind.as_str(),
            as_of: version.as_of.rfc3339(),
            rows: version.counts.rows,
            added: version.counts.added,
            removed: version.counts.removed,
            refused: version.counts.refused,
            report: serde_json::from_str(&version.report).unwrap_or_default(),
        }
    }
}

/// A source with its newest versions
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SourceRow {
    name: String,
    refreshed_at: String,
    /// When what it says is no longer trusted
    stale_at: String,
    fresh: bool,
    /// Whether nobody may play without it
    required: bool,
    versions: Vec<VersionRow>,
}

/// Most versions of one source that are shown.
const VERSIONS: usize = 10;

/// Sources of restrictions with their versions
#[utoipa::path(get, path = "/api/console/sources", tag = "console", operation_id = "consoleSources",
    security(("session" = [])), responses((status = 200, body = Vec<SourceRow>), Malformed, Unauthorized, Forbidden))]
pub(in crate::http) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let sources = list_sources_with_versions(services.store.as_ref()).await;
    let sources = sources.map_err(|error| Problem::store(&error, locale(&request)))?;
    let row = |(source, versions): &(Source, Vec<Version>)| source_row(&services, source, versions);
    Ok(private(&sources.iter().map(row).collect::<Vec<_>>()))
}

fn source_row(services: &Services, source: &Source, versions: &[Version]) -> SourceRow {
    SourceRow {
        name: source.name.clone(),
        refreshed_at: source.refreshed_at.rfc3339(),
        stale_at: source.refreshed_at.plus(source.max_age).rfc3339(),
        fresh: source.is_fresh(services.clock.now()),
        required: services.policy.required_sources.contains(&source.name),
        versions: versions.iter().take(VERSIONS).map(VersionRow::from).collect(),
    }
}

/// Which version, and why
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Deciding {
    version: u32,
    /// 3 to 200 characters; it stands in the audit log
    why: String,
}

/// Ask for a version that waits to count
#[utoipa::path(post, path = "/api/console/sources/{id}/release", tag = "console", operation_id = "askToRelease",
    security(("session" = [])), params(("id" = String, Path, description = "The source's name")), request_body = Deciding,
    responses((status = 202, body = proposals::View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn release(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<String>,
    body: web::Json<Deciding>,
) -> Result<HttpResponse, Problem> {
    let measure = ControlledAction::ReleaseVersion { source: id.into_inner(), version: body.version };
    proposals::ask(&request, &services, &staff, measure, &body.why).await
}

/// Ask for a version that waits to be dropped
///
/// Whom it would restrict stays free, and so another must say yes.
#[utoipa::path(post, path = "/api/console/sources/{id}/discard", tag = "console", operation_id = "askToDiscard",
    security(("session" = [])), params(("id" = String, Path, description = "The source's name")), request_body = Deciding,
    responses((status = 202, body = proposals::View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn discard(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<String>,
    body: web::Json<Deciding>,
) -> Result<HttpResponse, Problem> {
    let measure = ControlledAction::DiscardVersion { source: id.into_inner(), version: body.version };
    proposals::ask(&request, &services, &staff, measure, &body.why).await
}

/// Which version is left, for which, and why
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RollingBack {
    /// Which counts, and will not any more
    from: u32,
    /// Which counts again: the one before
    version: u32,
    /// 3 to 200 characters; it stands in the audit log
    why: String,
}

/// Ask to go back to the version before
///
/// Whom the version since restricted is free then, and so another must say yes. It comes back with its age: where that is
/// past its limit, everybody is refused until a new one comes.
#[utoipa::path(post, path = "/api/console/sources/{id}/roll-back", tag = "console", operation_id = "askToRollBack",
    security(("session" = [])), params(("id" = String, Path, description = "The source's name")), request_body = RollingBack,
    responses((status = 202, body = proposals::View), Malformed, Unauthorized, Forbidden, NotFound, Overtaken, Unprocessable))]
pub(in crate::http) async fn roll_back(
    request: HttpRequest,
    services: web::Data<Services>,
    staff: Staff,
    id: web::Path<String>,
    body: web::Json<RollingBack>,
) -> Result<HttpResponse, Problem> {
    let measure = ControlledAction::RollBackSource { source: id.into_inner(), from: body.from, version: body.version };
    proposals::ask(&request, &services, &staff, measure, &body.why).await
}
