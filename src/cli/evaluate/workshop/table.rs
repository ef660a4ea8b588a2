//! The counts as people read them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::lines::{interval, percent};
use super::tally::Tally;
use crate::domain::face::liveness::cues::Cue;

/// How captures ended, and what would pass without each cue and without two.
pub(super) fn table(tallies: &[Tally]) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{:<20}{:>7}{:>6}{:>8}{:>10}{:>9}{:>10}{:>8}  share that passed [95 %]",
        "actor", "people", "runs", "passed", "doubtful", "refused", "at most", "frames"
    );
    for tally in tallies {
        let Tally { kind, runs, passed, doubtful, refused, .. } = tally;
        let at_most = format!("{:.1} %", 100.0 * tally.passed_at_most);
        let (people, frames) = (tally.people.len(), tally.frames);
        let share = tally.share.map_or_else(String::new, |share| {
            format!("{}{}", percent(Some(share.share())), interval(Some(share.interval)))
        });
        let _ = writeln!(
            out,
            "{kind:<20}{people:>7}{runs:>6}{passed:>8}{doubtful:>10}{refused:>9}{at_most:>10}{frames:>8.0}  {share}"
        );
    }
    section(&mut out, "cue does not speak for", tallies, |tally, cue| tally.not_for.get(cue).copied());
    section(&mut out, "would pass without", tallies, |tally, cue| tally.without.get(cue).copied());
    list(&mut out, "would pass without two", tallies, |tally| counts(&tally.without_pair, String::as_str));
    list(&mut out, "reasons", tallies, |tally| counts(&tally.reasons, |reason| reason));
    list(&mut out, "findings", tallies, |tally| counts(&tally.findings, |finding| finding.code()));
    out
}

/// A line for each actor under a title.
fn list(out: &mut String, title: &str, tallies: &[Tally], of: impl Fn(&Tally) -> String) {
    let _ = writeln!(out, "\n{title}");
    for tally in tallies {
        let _ = writeln!(out, "{:<20}{}", tally.kind, of(tally));
    }
}

fn counts<T>(counts: &BTreeMap<T, u32>, name: impl Fn(&T) -> &str) -> String {
    counts.iter().map(|(what, count)| format!("{} {count}", name(what))).collect::<Vec<_>>().join(", ")
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
