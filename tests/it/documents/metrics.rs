//! A report of the service's metrics in which each stands: those with labels are left out until something was counted.

use std::time::Duration;

use rastau::domain::kernel::observer::{InferencePurpose, InferenceStep, Observation, Observer as _};
use rastau::domain::kernel::time::Timestamp;
use rastau::metrics::Metrics;

/// The report after one of everything.
pub(super) fn report() -> String {
    let metrics = Metrics::default();
    let (waited, ran, took) = (Duration::from_millis(1), Duration::from_millis(1), Duration::from_millis(1));
    let steps = [
        InferenceStep::Queued,
        InferenceStep::Queued,
        InferenceStep::Begun { waited },
        InferenceStep::Ended { ran },
        InferenceStep::Dropped,
        InferenceStep::Refused,
    ];
    for step in steps {
        metrics.note(Observation::Inference(InferencePurpose::LiveFrame, step));
    }
    metrics.note(Observation::SessionLost { replaced: true });
    metrics.note(Observation::Request { method: "GET", route: "/health/live", status: 200, took });
    metrics.note(Observation::Capture("passed"));
    metrics.note(Observation::TriesSpent("device"));
    metrics.note(Observation::Webhook("delivered"));
    metrics.note(Observation::Notice { kind: "enrolment_code", channel: "sms", result: "queued" });
    let ended = Timestamp::from_seconds(1_800_000_000);
    metrics.note(Observation::Job { name: "retention", result: "succeeded", ended, took });
    metrics.text()
}
