//! What is noted stands in the text.

use super::*;

fn has(metrics: &Metrics, line: &str) {
    let text = metrics.text();
    assert!(text.lines().any(|have| have == line), "{line}\n{text}");
}

#[test]
fn work_is_counted_from_queue_to_end() {
    let metrics = Metrics::default();
    let note = |step| metrics.note(Observation::Inference(InferencePurpose::LiveFrame, step));
    for _ in 0..3 {
        note(InferenceStep::Queued);
    }
    has(&metrics, "rastau_inference_waiting 3");
    note(InferenceStep::Begun { waited: Duration::from_millis(3) });
    note(InferenceStep::Expired);
    note(InferenceStep::Dropped);
    note(InferenceStep::Refused);
    has(&metrics, "rastau_inference_waiting 0");
    has(&metrics, "rastau_inference_working 1");
    note(InferenceStep::Ended { ran: Duration::from_millis(30) });
    has(&metrics, "rastau_inference_working 0");
    has(&metrics, "rastau_inference_queue_seconds_count{purpose=\"live_frame\"} 1");
    has(&metrics, "rastau_inference_run_seconds_sum{purpose=\"live_frame\"} 0.03");
    has(&metrics, "rastau_inference_run_seconds_bucket{le=\"0.032\",purpose=\"live_frame\"} 1");
    has(&metrics, "rastau_inference_refusals_total{purpose=\"live_frame\",why=\"queue_full\"} 1");
    has(&metrics, "rastau_inference_refusals_total{purpose=\"live_frame\",why=\"waited_too_long\"} 1");
    has(&metrics, "rastau_inference_dropped_total{purpose=\"live_frame\"} 1");
}

#[test]
fn requests_captures_and_templates_are_counted_by_code() {
    let metrics = Metrics::default();
    let took = Duration::from_millis(20);
    metrics.note(Observation::Request { method: "BREW", route: "/people/{iin}", status: 404, took });
    metrics.note(Observation::Capture("passed"));
    metrics.note(Observation::Webhook("delivered"));
    metrics.note(Observation::SessionLost { replaced: false });
    metrics.note(Observation::Templates { due: 7, unusable: 2 });
    has(&metrics, "rastau_http_request_seconds_count{method=\"OTHER\",route=\"/people/{iin}\",status=\"404\"} 1");
    has(&metrics, "rastau_captures_total{result=\"passed\"} 1");
    has(&metrics, "rastau_webhooks_total{result=\"delivered\"} 1");
    has(&metrics, "rastau_inference_sessions_lost_total{replaced=\"false\"} 1");
    has(&metrics, "rastau_templates_due 7");
    has(&metrics, "rastau_templates_unusable 2");
    assert!(metrics.text().ends_with("# EOF\n"));
    let resident =
        metrics.text().lines().find_map(|line| line.strip_prefix("rastau_resident_memory_bytes ")?.parse().ok());
    assert!(resident.is_some_and(|bytes: i64| bytes > 1 << 20), "{resident:?}");
}
