//! Every hour: deletes what is kept for a while only.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::{Job, JobFailure};
use crate::app::Services;
use crate::app::face::purge::forget_old_captures;
use crate::app::notices::purge::forget_old_notices;
use crate::app::oauth::purge::forget_old_requests;
use crate::app::operators::idempotent::forget_old_answers;
use crate::app::review::evidence::erase::erase_old_evidence;
use crate::app::review::evidence::log_proof::extend_tree;
use crate::app::verification::older_verdicts::fill_in_verdicts;
use crate::app::verification::second_factor::purge_codes::forget_old_contact_codes;
use crate::app::verification::self_service::enquiries::forget_old_enquiries;
use crate::app::webhooks::purge::forget_old_webhooks;
use crate::domain::jobs::Schedule;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;

/// How long a job that is no longer configured is remembered.
const JOBS_RETENTION: Duration = Duration::from_hours(24 * 30);

/// Deletes what is past its term. Where one kind cannot be deleted the others are.
#[derive(Debug)]
pub struct Retention(pub Services);

#[async_trait]
impl Job for Retention {
    fn name(&self) -> &'static str {
        "retention"
    }

    fn schedule(&self) -> Schedule {
        Schedule::one(Duration::from_hours(1))
    }

    async fn run(&mut self) -> Result<(), JobFailure> {
        let (services, mut failures) = (&self.0, Failures::default());
        let (store, now) = (services.store.as_ref(), services.clock.now());
        let terms = (services.policy.evidence_term, services.policy.unopened_term);
        failures.add("captures", forget_old_captures(store, now).await);
        failures.add("webhooks", forget_old_webhooks(store, now).await);
        failures.add("notices", forget_old_notices(store, now).await);
        failures.add("codes of contacts", forget_old_contact_codes(store, now).await);
        failures.add("pushed requests", forget_old_requests(store, now).await);
        failures.add("answers of the API", forget_old_answers(store, now).await);
        failures.add("enquiries", forget_old_enquiries(store, now).await);
        failures.add("evidence", erase_old_evidence(store, now, terms).await);
        failures.add("jobs", forget_old_jobs(store, now).await);
        // Not deleting, but as seldom: figures are then whole, and proofs of the log are then quick at any time.
        failures.add("verdicts", fill_in_verdicts(store, now).await);
        failures.add("the tree of the audit log", extend_tree(store).await);
        failures.conclude()
    }
}

async fn forget_old_jobs(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    let mut unit = store.begin().await?;
    unit.delete_jobs(now.minus(JOBS_RETENTION)).await?;
    unit.commit().await
}

/// What could not be done.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn add(&mut self, of: &str, done: Result<impl Sized, impl fmt::Display>) {
        if let Err(error) = done {
            self.0.push(format!("{of}: {error}"));
        }
    }

    fn conclude(self) -> Result<(), JobFailure> {
        if self.0.is_empty() { Ok(()) } else { Err(JobFailure::new(&self.0.join("; "))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_hides_no_other() {
        let mut failures = Failures::default();
        failures.add("captures", Ok::<_, StoreError>(()));
        failures.add("webhooks", Err::<(), _>(StoreError::Conflict));
        failures.add("notices", Err::<(), _>("no answer"));
        let told = failures.conclude().unwrap_err();
        assert!(told.as_str().starts_with("webhooks: ") && told.as_str().ends_with("; notices: no answer"), "{told}");
        assert_eq!(Failures::default().conclude(), Ok(()));
    }
}
