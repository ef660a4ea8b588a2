//! The evaluation as lines: figures for standard output, failures and remarks for standard error.

use std::fmt::Write as _;

use super::super::lines::{NONE, failure, interval, percent};
use crate::app::face::evaluate_liveness::{Judged, LivenessEvaluation};

/// With fewer people of a kind an interval says little: it was drawn among these few.
const FEW_PEOPLE: usize = 30;

/// A failure a line, in the order of the index.
pub(super) fn failures(found: &LivenessEvaluation) -> Vec<String> {
    found.failures.iter().map(failure).collect()
}

/// What the figures do not say by themselves.
pub(super) fn remarks(found: &LivenessEvaluation) -> Vec<String> {
    let mut lines = Vec::new();
    if found.attacks.is_empty() {
        lines.push("there are no attacks, so no APCER can be told".to_owned());
    }
    if found.bona_fide == 0 {
        lines.push("there are no living people, so no BPCER can be told".to_owned());
    }
    if (1..FEW_PEOPLE).contains(&found.people) {
        lines.push(format!(
            "{} people: the intervals are drawn among these alone and say little about others",
            found.people
        ));
    }
    lines
}

/// Label and figure; the report shows the same.
pub(super) fn figures(found: &LivenessEvaluation) -> Vec<(String, String)> {
    let mut rows = vec![
        ("presentations".to_owned(), format!("{} of {} people", found.presentations, found.people)),
        ("bona fide".to_owned(), found.bona_fide.to_string()),
        ("failed".to_owned(), found.failed.to_string()),
        ("threshold".to_owned(), format!("{:.3}", found.threshold)),
    ];
    for (kind, count) in &found.attacks {
        let rate = percent(found.apcer.get(kind).copied());
        let drawn = interval(found.apcer_interval.get(kind).copied().flatten());
        rows.push((format!("APCER {kind}"), format!("{rate}{drawn} of {count}")));
    }
    rows.push(("APCER worst".to_owned(), percent(found.apcer_worst)));
    rows.push(("BPCER".to_owned(), format!("{}{}", percent(found.bpcer), interval(found.bpcer_interval))));
    rows.push(("  with a usable frame".to_owned(), percent(found.bpcer_scored)));
    rows.push(("EER".to_owned(), format!("{}{}", percent(found.eer), interval(found.eer_interval))));
    let threshold = found.eer_threshold.map_or(NONE.to_owned(), |score| format!("{score:.3}"));
    rows.push(("  threshold".to_owned(), threshold));
    if let Some(held) = &found.splits {
        let [low, middle, high] = held.threshold;
        let of =
            |[mean, high]: [f64; 2]| format!("{} on average, 95 % below {}", percent(Some(mean)), percent(Some(high)));
        rows.push(("split halves".to_owned(), held.splits.to_string()));
        rows.push(("  threshold".to_owned(), format!("median {middle:.3} [{low:.3}, {high:.3}]")));
        rows.push(("  APCER worst".to_owned(), of(held.apcer_worst)));
        rows.push(("  BPCER".to_owned(), of(held.bpcer)));
    }
    rows
}

/// Everything, in columns, and a line for every file.
pub(super) fn table(found: &LivenessEvaluation) -> String {
    let rows = figures(found);
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (label, figure) in rows {
        let _ = writeln!(text, "{label:width$}  {figure}");
    }
    let name = found.files.iter().map(|file| file.file.chars().count()).max().unwrap_or(0);
    let _ = writeln!(text);
    for file in &found.files {
        let [label, usable, score, verdict, captures] = cells(file);
        let _ = writeln!(text, "{:name$}  {label}  {usable}  {score}  {verdict}{captures}", file.file);
    }
    text
}

/// What it is, frames, score, what became of it, and how often captures out of it pass.
pub(super) fn cells(file: &Judged) -> [String; 5] {
    [
        file.attack.clone().unwrap_or_else(|| "live".to_owned()),
        format!("{}/{} frames", file.usable, file.frames),
        file.score.map_or(NONE.to_owned(), |score| format!("{score:.3}")),
        (if file.accepted { "accepted" } else { "not accepted" }).to_owned(),
        file.captures_accepted.map_or(String::new(), |share| format!(", {:.1} % of captures", 100.0 * share)),
    ]
}
