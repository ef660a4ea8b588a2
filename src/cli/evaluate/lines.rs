//! The evaluation as lines: figures for standard output, failures and remarks for standard error.

use std::fmt::Write as _;

use crate::app::face::evaluate_faces::{Evaluation, Failure, RATES};

/// What stands for a figure that there is none of.
pub(super) const NONE: &str = "-";

/// A failure a line, in the order of the index.
pub(super) fn failures(found: &Evaluation) -> Vec<String> {
    found.failures.iter().map(failure).collect()
}

/// A failure as a line.
pub(super) fn failure(failure: &Failure) -> String {
    let file = failure.file.as_ref().map_or(String::new(), |file| format!("{file}: "));
    format!("line {}: {file}{}: {}", failure.line, failure.code, failure.detail)
}

/// What the figures do not say by themselves.
pub(super) fn remarks(found: &Evaluation) -> Vec<String> {
    let mut lines = Vec::new();
    if found.identities == 1 {
        lines.push("one person only: there are no impostor pairs, so no false match rate can be told".to_owned());
    } else if found.impostor == 0 {
        lines.push("there are no impostor pairs, so no false match rate can be told".to_owned());
    }
    if found.genuine == 0 {
        lines.push("there are no genuine pairs, so no miss can be told".to_owned());
    }
    if !found.uncertain.is_empty() {
        lines.push(format!(
            "{} impostor pairs are too few for an FMR of {}: the highest impostor score stands in",
            found.impostor,
            found.uncertain.join(", ")
        ));
    }
    if let Some(groups) = &found.groups {
        let small: Vec<&str> = groups.too_small().collect();
        if !small.is_empty() {
            lines.push(format!("groups too small to tell, left out of the ratios: {}", small.join(", ")));
        }
    }
    lines
}

/// Label and figure; the report shows the same.
pub(super) fn figures(found: &Evaluation) -> Vec<(String, String)> {
    let mut rows = vec![
        ("model".to_owned(), found.model.chars().take(12).collect()),
        ("pictures".to_owned(), format!("{} of {} people", found.pictures, found.identities)),
        ("one face found".to_owned(), format!("{} ({})", found.found, share(found.found, found.pictures))),
        ("templates".to_owned(), found.templates.to_string()),
        ("failed".to_owned(), found.failed.to_string()),
        ("genuine pairs".to_owned(), format!("{}, {} could not be compared", found.genuine, found.genuine_missed)),
        ("impostor pairs".to_owned(), impostors(found)),
        ("EER".to_owned(), format!("{}{}", percent(found.eer), interval(found.eer_interval))),
    ];
    for (name, _) in RATES {
        let mark = if found.uncertain.contains(&name) { " (uncertain)" } else { "" };
        let figure = format!("{}{}{mark}", percent(found.tar[name]), interval(found.tar_interval[name]));
        rows.push((format!("TAR at FMR {name}"), figure));
        let threshold = found.thresholds[name].map_or(NONE.to_owned(), |score| format!("{score:.3}"));
        rows.push(("  threshold, FNMR".to_owned(), format!("{threshold}, {}", percent(found.fnmr[name]))));
    }
    for kept in found.calibration.iter().flatten() {
        let fmr = kept.fmr.map_or(NONE.to_owned(), |fmr| format!("{fmr:.1e}"));
        rows.push((
            format!("calibrated {}", kept.asked),
            format!("score {:.3}: FMR {fmr}, FNMR {}", kept.score, percent(kept.fnmr)),
        ));
    }
    for held in found.splits.iter().flatten() {
        let [low, middle, high] = held.ratio;
        let figure = format!(
            "observed/asked {:.2} on average, median {middle:.2} [{low:.2}, {high:.2}], within two {:.0} %, {:.1} pairs expected",
            held.mean,
            100.0 * held.within_two,
            held.expected_pairs
        );
        rows.push((format!("split halves {:.0e}", held.fmr), figure));
    }
    rows
}

/// Everything, in columns; the models in the shadow stand to the right.
pub(super) fn table(found: &Evaluation) -> String {
    let (left, shadow) = (figures(found), found.shadow.as_deref().map(figures));
    let label = left.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    let width = left.iter().map(|(_, figure)| figure.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    if shadow.is_some() {
        let _ = writeln!(text, "{:label$}  {:width$}  shadow", "", "in use");
    }
    for (place, (name, figure)) in left.iter().enumerate() {
        let _ = match shadow.as_ref().and_then(|rows| rows.get(place)) {
            Some((_, other)) => writeln!(text, "{name:label$}  {figure:width$}  {other}"),
            None => writeln!(text, "{name:label$}  {figure}"),
        };
    }
    if let Some(groups) = &found.groups {
        let _ = writeln!(
            text,
            "\nby {}, at the threshold {:.3} of FMR {:.0e}",
            groups.column, groups.threshold, groups.at_fmr
        );
        for group in &groups.groups {
            let fmr = group.fmr.map_or(NONE.to_owned(), |fmr| format!("{fmr:.1e}"));
            let small = if group.too_small { ", too small to tell" } else { "" };
            let _ = writeln!(
                text,
                "  {}: {} people, FMR {fmr} of {}, FNMR {} of {}{small}",
                group.name,
                group.people,
                group.impostor,
                percent(group.fnmr),
                group.genuine
            );
        }
        let of = |ratio: Option<f64>| ratio.map_or(NONE.to_owned(), |ratio| format!("{ratio:.2}"));
        let _ = writeln!(text, "  worst over best: FMR {}, FNMR {}", of(groups.fmr_ratio), of(groups.fnmr_ratio));
    }
    text
}

fn impostors(found: &Evaluation) -> String {
    if found.impostor_share < 1.0 {
        return format!("{}, a share of {:.3} drawn", found.impostor, found.impostor_share);
    }
    found.impostor.to_string()
}

fn share(part: usize, all: usize) -> String {
    format!("{:.2} %", 100.0 * part as f64 / all.max(1) as f64)
}

/// A share in per cent.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or(NONE.to_owned(), |share| format!("{:.2} %", 100.0 * share))
}

/// An interval in per cent, in brackets.
pub(super) fn interval(interval: Option<[f64; 2]>) -> String {
    interval.map_or(String::new(), |[low, high]| format!(" [{:.2}, {:.2}]", 100.0 * low, 100.0 * high))
}
