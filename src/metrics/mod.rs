//! What the service counts, in the text format that Prometheus and OpenMetrics read. Labels are codes and route patterns,
//! never an id or anything of a person.

mod process;

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::domain::jobs::JobResult;
use crate::domain::kernel::observer::{InferencePurpose, InferenceStep, Observation, Observer};
use crate::domain::kernel::time::Timestamp;

/// What [`Metrics::text`] is.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByPurpose {
    purpose: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refusal {
    purpose: &'static str,
    why: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Lost {
    replaced: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByResult {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByWhom {
    who: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfNotice {
    kind: &'static str,
    channel: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfJob {
    job: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RunOfJob {
    job: String,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    route: String,
    status: u16,
}

type Durations<L> = Family<L, Histogram, fn() -> Histogram>;

/// Counts observations.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    queue_time: Durations<ByPurpose>,
    run_time: Durations<ByPurpose>,
    waiting: Gauge,
    working: Gauge,
    refusals: Family<Refusal, Counter>,
    dropped: Family<ByPurpose, Counter>,
    lost: Family<Lost, Counter>,
    captures: Family<ByResult, Counter>,
    unknown: Counter,
    spent: Family<ByWhom, Counter>,
    webhooks: Family<ByResult, Counter>,
    notices: Family<OfNotice, Counter>,
    requests: Durations<Answer>,
    jobs: Durations<RunOfJob>,
    jobs_succeeded: Family<OfJob, Gauge>,
    templates_due: Gauge,
    templates_unusable: Gauge,
    resident: Gauge,
}

/// 1 ms to 2 s: a run takes some 30 ms, and nobody waits for long.
fn inference_histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 12))
}

/// 1 ms to 16 s: a register may be slow.
fn request_histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 4.0, 8))
}

/// 1 ms to about an hour: most find nothing to do, an import or new templates take long.
fn job_histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 8.0, 8))
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("rastau"),
            queue_time: Family::new_with_constructor(inference_histogram),
            run_time: Family::new_with_constructor(inference_histogram),
            waiting: Gauge::default(),
            working: Gauge::default(),
            refusals: Family::default(),
            dropped: Family::default(),
            lost: Family::default(),
            captures: Family::default(),
            unknown: Counter::default(),
            spent: Family::default(),
            webhooks: Family::default(),
            notices: Family::default(),
            requests: Family::new_with_constructor(request_histogram),
            jobs: Family::new_with_constructor(job_histogram),
            jobs_succeeded: Family::default(),
            templates_due: Gauge::default(),
            templates_unusable: Gauge::default(),
            resident: Gauge::default(),
        };
        metrics.register_inference();
        metrics.register_service();
        metrics
    }
}

impl Metrics {
    fn register_inference(&mut self) {
        let registry = self.registry.sub_registry_with_prefix("inference");
        let seconds = || Unit::Seconds;
        registry.register_with_unit("queue", "Time from asking to a session", seconds(), self.queue_time.clone());
        registry.register_with_unit("run", "Time with a session", seconds(), self.run_time.clone());
        registry.register("waiting", "Pictures that wait for a session", self.waiting.clone());
        registry.register("working", "Sessions at work", self.working.clone());
        registry.register("refusals", "Pictures turned away as busy", self.refusals.clone());
        registry.register("dropped", "Pictures whose caller left before their turn", self.dropped.clone());
        registry.register("sessions_lost", "Sessions that panicked", self.lost.clone());
    }

    fn register_service(&mut self) {
        let registry = &mut self.registry;
        registry.register("captures", "Captures by result", self.captures.clone());
        let help = "Times that somebody was named whom the population register does not know";
        registry.register("persons_unknown", help, self.unknown.clone());
        let help = "Browsers and addresses that tried to be somebody, or showed rejected faces, as often as they may";
        registry.register("tries_spent", help, self.spent.clone());
        registry.register("webhooks", "Tries to deliver a webhook, by what became of it", self.webhooks.clone());
        let help = "Notices to people by what became of them: queued, withheld, and what a try left them as";
        registry.register("notices", help, self.notices.clone());
        let (name, help) = ("http_request", "Time until an answer began, by route pattern");
        registry.register_with_unit(name, help, Unit::Seconds, self.requests.clone());
        let help = "Runs of background jobs in this process, by what came of them";
        registry.register_with_unit("job_run", help, Unit::Seconds, self.jobs.clone());
        let help = "When a background job last did everything in this process, seconds since 1970";
        registry.register_with_unit("job_last_success_timestamp", help, Unit::Seconds, self.jobs_succeeded.clone());
        let help = "Players whose ID photo is to be embedded again for the model in use";
        registry.register("templates_due", help, self.templates_due.clone());
        let help = "Players whose ID photo does not pass with the model in use";
        registry.register("templates_unusable", help, self.templates_unusable.clone());
        registry.register_with_unit("resident_memory", "Resident memory", Unit::Bytes, self.resident.clone());
    }

    /// Everything counted so far, see [`CONTENT_TYPE`].
    pub fn text(&self) -> String {
        if let Some(bytes) = process::resident_bytes() {
            self.resident.set(bytes);
        }
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }

    fn inference(&self, purpose: InferencePurpose, step: InferenceStep) {
        let purpose = purpose.as_str();
        let by = ByPurpose { purpose };
        match step {
            InferenceStep::Refused => {
                self.refusals.get_or_create(&Refusal { purpose, why: "queue_full" }).inc();
            }
            InferenceStep::Queued => {
                self.waiting.inc();
            }
            InferenceStep::Expired => {
                self.waiting.dec();
                self.refusals.get_or_create(&Refusal { purpose, why: "waited_too_long" }).inc();
            }
            InferenceStep::Dropped => {
                self.waiting.dec();
                self.dropped.get_or_create(&by).inc();
            }
            InferenceStep::Begun { waited } => {
                self.waiting.dec();
                self.working.inc();
                self.queue_time.get_or_create(&by).observe(waited.as_secs_f64());
            }
            InferenceStep::Ended { ran } => {
                self.working.dec();
                self.run_time.get_or_create(&by).observe(ran.as_secs_f64());
            }
        }
    }

    fn job(&self, name: &str, result: &'static str, ended: Timestamp, took: Duration) {
        let labels = RunOfJob { job: name.to_owned(), result };
        self.jobs.get_or_create(&labels).observe(took.as_secs_f64());
        if result == JobResult::Succeeded.as_str() {
            self.jobs_succeeded.get_or_create(&OfJob { job: name.to_owned() }).set(ended.micros() / 1_000_000);
        }
    }

    fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = Answer { method: known_method(method), route: route.to_owned(), status };
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }
}

/// A client may write any word as its method; a label may not become any word.
fn known_method(method: &str) -> &'static str {
    const KNOWN: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("OTHER")
}

impl Observer for Metrics {
    fn note(&self, observation: Observation<'_>) {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        match observation {
            Observation::Inference(purpose, step) => self.inference(purpose, step),
            Observation::SessionLost { replaced } => {
                self.lost.get_or_create(&Lost { replaced: if replaced { "true" } else { "false" } }).inc();
            }
            Observation::Request { method, route, status, took } => self.request(method, route, status, took),
            Observation::Capture(result) => {
                self.captures.get_or_create(&ByResult { result }).inc();
            }
            Observation::PersonUnknown => {
                self.unknown.inc();
            }
            Observation::TriesSpent(who) => {
                self.spent.get_or_create(&ByWhom { who }).inc();
            }
            Observation::Webhook(result) => {
                self.webhooks.get_or_create(&ByResult { result }).inc();
            }
            Observation::Notice { kind, channel, result } => {
                self.notices.get_or_create(&OfNotice { kind, channel, result }).inc();
            }
            Observation::Job { name, result, ended, took } => self.job(name, result, ended, took),
            Observation::Templates { due, unusable } => {
                self.templates_due.set(whole(due));
                self.templates_unusable.set(whole(unusable));
            }
        }
    }
}

#[cfg(test)]
mod tests;
