//! Background jobs, as those see them who look after the service.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Services;
use crate::app::jobs::list::list_jobs;
use crate::domain::jobs::JobStatus;
use crate::domain::kernel::time::Timestamp;
use crate::http::codes;
use crate::http::console::access::sign_in::{Forbidden, Malformed, Unauthorized, private};
use crate::http::problem::{Problem, locale};

/// A background job: its last run and the next
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct JobRow {
    /// As in `rastau jobs run`
    name: String,
    /// Whether a replica does it just now
    under_way: bool,
    /// When its last run ended
    ended_at: Option<String>,
    /// How: `succeeded`, `failed` or `interrupted`
    #[schema(value_type = Option<codes::JobResult>)]
    result: Option<&'static str>,
    /// Why it failed
    failure: Option<String>,
    /// When everything was last done
    succeeded_at: Option<String>,
    /// When it is due next
    due_at: String,
    /// Runs that failed since the last one that did not
    failures: u32,
}

/// Background jobs
#[utoipa::path(get, path = "/api/console/jobs", tag = "console", operation_id = "consoleJobs",
    security(("session" = [])), responses((status = 200, body = Vec<JobRow>), Malformed, Unauthorized, Forbidden))]
pub(in crate::http) async fn list(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let jobs = list_jobs(services.store.as_ref()).await;
    let jobs = jobs.map_err(|error| Problem::store(&error, locale(&request)))?;
    Ok(private(&jobs.into_iter().map(JobRow::from).collect::<Vec<_>>()))
}

impl From<JobStatus> for JobRow {
    fn from(job: JobStatus) -> Self {
        let (ended_at, result, failure) =
            job.last.map_or((None, None, None), |end| (Some(end.at.rfc3339()), Some(end.result.as_str()), end.failure));
        Self {
            name: job.name,
            // A lease that is past is still there when its holder died: another takes it over within seconds.
            under_way: job.lease.is_some(),
            ended_at,
            result,
            failure,
            succeeded_at: job.succeeded_at.map(Timestamp::rfc3339),
            due_at: job.due_at.rfc3339(),
            failures: job.failures,
        }
    }
}
