//! The counts as people read them.

use std::fmt::Write as _;

use super::tally::Tally;
use crate::domain::liveness::cues::Cue;

/// Two tables: how captures ended, and what would pass without each cue.
pub(super) fn table(tallies: &[Tally]) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{:<20}{:>6}{:>8}{:>10}{:>9}{:>10}{:>8}",
        "actor", "runs", "passed", "doubtful", "refused", "at most", "frames"
    );
    for tally in tallies {
        let Tally { kind, runs, passed, doubtful, refused, .. } = tally;
        let at_most = format!("{:.1} %", 100.0 * tally.passed_at_most);
        let _ =
            writeln!(out, "{kind:<20}{runs:>6}{passed:>8}{doubtful:>10}{refused:>9}{at_most:>10}{:>8.0}", tally.frames);
    }
    section(&mut out, "cue does not speak for", tallies, |tally, cue| tally.not_for.get(cue).copied());
    section(&mut out, "would pass without", tallies, |tally, cue| tally.without.get(cue).copied());
    let _ = writeln!(out, "\nreasons");
    for tally in tallies {
        let reasons: Vec<String> = tally.reasons.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
        let _ = writeln!(out, "{:<20}{}", tally.kind, reasons.join(", "));
    }
    let _ = writeln!(out, "\nfindings");
    for tally in tallies {
        let findings: Vec<String> =
            tally.findings.iter().map(|(finding, count)| format!("{} {count}", finding.code())).collect();
        let _ = writeln!(out, "{:<20}{}", tally.kind, findings.join(", "));
    }
    out
}

fn section(out: &mut String, title: &str, tallies: &[Tally], of: impl Fn(&Tally, &str) -> Option<u32>) {
    let columns = || Cue::ALL.into_iter().map(Cue::code).chain(["comparison"]);
    let _ = write!(out, "\n{title:<24}");
    for column in columns() {
        let _ = write!(out, "{column:>12}");
    }
    for tally in tallies {
        let _ = write!(out, "\n{:<24}", tally.kind);
        for column in columns() {
            let _ = write!(out, "{:>12}", of(tally, column).map_or_else(String::new, |count| count.to_string()));
        }
    }
    let _ = writeln!(out);
}
