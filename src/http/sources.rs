//! The sources' door: an authority sends what its register says, by its own bearer key.

use std::fs::File;
use std::io::BufReader;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderMap};
use actix_web::web::{self, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, IntoResponses, ToSchema};

use super::middleware::bearer_key::BearerKey;
use super::middleware::body_deadline;
use super::problem::{Problem, ProblemBody, ProblemCode, locale};
use crate::app::Services;
use crate::app::restrictions::registry::import::{
    ImportRegistryError, Imported, RegistryImport, Unwatched, import_registry,
};
use crate::app::restrictions::registry::spooled_file::{SpoolError, SpooledFile, run_blocking};
use crate::app::restrictions::registry::wire::FileLabel;
use crate::domain::restrictions::{Position, Suspicion, Tolerance};

/// A source that sends by itself.
#[derive(Clone, Debug)]
pub struct PushedSource {
    /// Its name.
    pub name: String,
    /// The key it shows.
    pub key: BearerKey,
    /// How long what it says may be trusted.
    pub max_age: Duration,
    /// How far it may change before a person must look.
    pub tolerance: Tolerance,
}

/// Mounts `/api/sources`.
pub fn configure(config: &mut web::ServiceConfig, sources: Data<Vec<PushedSource>>) {
    config.service(
        web::scope("/api/sources").app_data(sources).service(web::resource("/{source}").route(web::post().to(take))),
    );
}

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct TakenView {
    /// `current`: it counts. `quarantined`: it waits for a person, and what counted before counts still.
    state: &'static str,
    /// The number of the version.
    version: u32,
    /// Whether it was what counted already.
    unchanged: bool,
    /// Rows that count in it.
    rows: u64,
    /// Rows that came with it.
    added: u64,
    /// Rows that it took away.
    removed: u64,
    /// Rows that were refused.
    refused_rows: u64,
    /// The first of them.
    refused: Vec<RefusedRow>,
    /// Rows about companies (BIN), which were passed over.
    companies: u64,
    /// Rows whose number had lost leading zeros, which were put back.
    restored: u64,
    /// Why it waits: `shrank`, `dwindled`, `frees`, `undone`, `grew`, `bad_rows`, `zeros_restored`.
    suspicions: Vec<&'static str>,
}

/// A row that was refused; what it holds is not repeated.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(in crate::http) struct RefusedRow {
    /// Its line, from 1; a header counts.
    line: u64,
    /// The column at fault.
    column: Option<String>,
    /// Why.
    code: String,
}

/// What may be wrong with it.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub(in crate::http) enum TakeRefusal {
    /// Headers are missing or wrong, or the body broke off
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemBody),
    /// Not the key of this source
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(ProblemBody),
    /// Another file of this source is being taken in, or waits for a person
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// Too long
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// It is not what its headers say, older than what counts, or has no good row
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
    /// Not now
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}

/// How the body is labelled.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub(in crate::http) struct LabelHeaders {
    /// `snapshot` (everything) or `changes`
    #[param(rename = "Registry-Content")]
    content: String,
    /// RFC 9530: `sha-256=:...:` of the whole body
    #[param(rename = "Content-Digest")]
    digest: String,
    /// When the source made it, RFC 3339; now when not said
    #[param(rename = "Registry-As-Of")]
    as_of: Option<String>,
}

/// Take in what a source says
///
/// CSV or JSON Lines, see docs/OPERATIONS.md. The same again is only a refresh.
#[utoipa::path(post, path = "/api/sources/{source}", tag = "sources", operation_id = "sendRestrictions",
    security(("source" = [])),
    params(("source" = String, Path, description = "The source's name"), LabelHeaders),
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"))),
    responses((status = 200, description = "It counts", body = TakenView),
        (status = 202, description = "It waits for a person", body = TakenView), TakeRefusal))]
pub(in crate::http) async fn take(
    request: HttpRequest,
    services: Data<Services>,
    sources: Data<Vec<PushedSource>>,
    name: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let problem = |code| Problem::new(code, locale(&request));
    // Whether a source is there is nobody's to learn who has not its key.
    let source = sources.iter().find(|source| source.name == *name && source.key.is_shown(request.headers()));
    let source = source.ok_or_else(|| problem(ProblemCode::Unauthorized))?.clone();
    body_deadline::extend(&request);
    let label = FileLabel::read(|name| one(request.headers(), name))
        .map_err(|why| problem(ProblemCode::BadRequest).because(why))?;
    let (file, length) = put_aside(&request, payload).await?;
    let import = RegistryImport {
        source: source.name,
        kind: label.kind,
        format: label.format,
        length,
        max_age: source.max_age,
        as_of: label.as_of,
        // An authority that says that it restricts nobody is looked at as one that shrank to nothing.
        allow_empty: true,
        tolerance: source.tolerance,
        sha256: Some(label.sha256),
        position: Position::default(),
        follows: None,
    };
    let work = async move {
        let (store, clock) = (services.store.as_ref(), services.clock.as_ref());
        import_registry(store, clock, BufReader::new(file), &import, &mut Unwatched).await
    };
    let outcome = run_blocking(work).await.map_err(|_| problem(ProblemCode::Internal))?;
    let imported = outcome.map_err(|error| refusal(&request, &error))?;
    let waits = matches!(imported, Imported::Waits { .. });
    let status = if waits { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok(HttpResponse::build(status).insert_header((CACHE_CONTROL, "no-store")).json(view(&imported)))
}

/// The value of a header that is there once or not at all.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, String> {
    let mut values = headers.get_all(name);
    let Some(value) = values.next() else { return Ok(None) };
    match (value.to_str(), values.next()) {
        (Ok(text), None) => Ok(Some(text)),
        _ => Err(format!("the header {name} is there twice, or not of ASCII")),
    }
}

/// The body, put aside.
async fn put_aside(request: &HttpRequest, mut payload: Payload) -> Result<(File, u64), Problem> {
    let problem = |code| Problem::new(code, locale(request));
    let aside = |error: SpoolError| match error {
        SpoolError::TooLong => problem(ProblemCode::BodyTooLarge),
        SpoolError::Unable(error) => {
            tracing::error!(%error, "what a source sends cannot be put aside");
            problem(ProblemCode::Unavailable).retry_after(Duration::from_mins(1))
        }
    };
    let mut file = SpooledFile::new().map_err(aside)?;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| problem(ProblemCode::BadRequest).because("the body broke off"))?;
        file.push(&chunk).map_err(aside)?;
    }
    file.finish().map_err(aside)
}

/// The report of a version, as `app/restrictions/registry/import` writes it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Report {
    refused: Vec<RefusedRow>,
    companies: Noted,
    restored: Noted,
}

/// Rows of a kind.
#[derive(Default, Deserialize)]
struct Noted {
    rows: u64,
}

fn view(imported: &Imported) -> TakenView {
    let (version, why, unchanged): (_, &[Suspicion], _) = match imported {
        Imported::Counts { version, .. } => (version, &[], false),
        Imported::Unchanged(version) => (version, &[], true),
        Imported::Waits { version, why } => (version, why, false),
    };
    let report: Report = serde_json::from_str(&version.report).unwrap_or_default();
    TakenView {
        state: version.state.as_str(),
        version: version.number,
        unchanged,
        rows: version.counts.rows,
        added: version.counts.added,
        removed: version.counts.removed,
        refused_rows: version.counts.refused,
        refused: report.refused,
        companies: report.companies.rows,
        restored: report.restored.rows,
        suspicions: why.iter().map(Suspicion::code).collect(),
    }
}

fn refusal(request: &HttpRequest, error: &ImportRegistryError) -> Problem {
    use ImportRegistryError as E;
    let problem = |code| Problem::new(code, locale(request));
    match error {
        E::Store(error) => Problem::store(error, locale(request)),
        E::Scratch(why) => {
            tracing::error!(why, "rows of a source cannot be put aside");
            problem(ProblemCode::Unavailable).retry_after(Duration::from_mins(1))
        }
        E::UnderWay(_) | E::Waits(_) => problem(ProblemCode::RegistryBusy).because(error.to_string()),
        _ => problem(ProblemCode::RegistryInvalid).because(error.to_string()),
    }
}
