//! Ways in and instruments, a line each.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::super::captures::tally::{self as films, LIVE};
use super::super::lines::{interval, percent};
use super::super::workshop::tally as actors;
use super::BONA_FIDE;
use crate::domain::face::error_rates::shares::PassingShare;

/// All captures of one instrument through one way in.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Line {
    /// The way in; `camera` for living people.
    pub(super) way: &'static str,
    /// The instrument.
    pub(super) instrument: String,
    /// Whether it plays in the workshop or is a film.
    pub(super) made: &'static str,
    #[serde(flatten)]
    pub(super) share: PassingShare,
    /// How often each cue did not speak for a capture.
    pub(super) not_for: BTreeMap<String, u32>,
    /// How often a capture would pass without this cue alone; `comparison` is that of face and ID photo.
    pub(super) without: BTreeMap<String, u32>,
}

impl Line {
    pub(super) fn is_bona_fide(&self) -> bool {
        self.way == BONA_FIDE
    }

    pub(super) fn of_an_actor(way: &'static str, tally: &actors::Tally) -> Option<Self> {
        Some(Self {
            way,
            instrument: tally.kind.to_owned(),
            made: "workshop",
            share: tally.share?,
            not_for: some(&tally.not_for),
            without: some(&tally.without),
        })
    }

    pub(super) fn of_films(way: &'static str, tally: &films::Tally) -> Vec<Self> {
        let line = |group: &films::Group| Self {
            way,
            instrument: if group.name == LIVE { "living people".to_owned() } else { group.name.clone() },
            made: "film",
            share: group.share,
            not_for: some(&group.not_for),
            without: some(&group.without),
        };
        tally.groups.iter().map(line).collect()
    }
}

fn some(counts: &BTreeMap<&'static str, u32>) -> BTreeMap<String, u32> {
    counts.iter().filter(|(_, count)| **count > 0).map(|(what, count)| ((*what).to_owned(), *count)).collect()
}

fn told(counts: &BTreeMap<String, u32>) -> String {
    counts.iter().map(|(what, count)| format!("{what} {count}")).collect::<Vec<_>>().join(", ")
}

pub(super) fn table(lines: &[Line]) -> String {
    let mut out = String::new();
    let wide = lines.iter().map(|line| line.instrument.len()).max().unwrap_or(0).max(10);
    let _ = writeln!(
        out,
        "{:<17}{:<wide$}{:>9}{:>8}{:>6}{:>8}  {:<26}{:<44}would pass without",
        "way in", "instrument", "made", "people", "runs", "passed", "share [95 %]", "does not speak for it"
    );
    for Line { way, instrument, made, share, not_for, without } in lines {
        let PassingShare { people, runs, passed, .. } = share;
        let range = format!("{}{}", percent(Some(share.share())), interval(Some(share.interval)));
        let (not_for, without) = (told(not_for), told(without));
        let _ = writeln!(
            out,
            "{way:<17}{instrument:<wide$}{made:>9}{people:>8}{runs:>6}{passed:>8}  {range:<26}{not_for:<44}{without}"
        );
    }
    out
}

/// # Errors
/// When a row cannot be written, which does not happen in memory.
pub(super) fn csv(lines: &[Line]) -> anyhow::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["way", "instrument", "made", "people", "runs", "passed", "low", "high", "not_for", "without"])?;
    for line in lines {
        let PassingShare { people, runs, passed, interval: [low, high] } = line.share;
        out.write_record([
            line.way.to_owned(),
            line.instrument.clone(),
            line.made.to_owned(),
            people.to_string(),
            runs.to_string(),
            passed.to_string(),
            format!("{low:.4}"),
            format!("{high:.4}"),
            told(&line.not_for),
            told(&line.without),
        ])?;
    }
    Ok(out.into_inner()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(way: &'static str, instrument: &str, passed: u32) -> Line {
        let runs = (0..10).map(|run| (["a", "b"][usize::from(run % 2 == 1)], run < passed));
        Line {
            way,
            instrument: instrument.to_owned(),
            made: "workshop",
            share: PassingShare::of(runs).unwrap(),
            not_for: BTreeMap::from([("lights".to_owned(), 10 - passed)]),
            without: BTreeMap::new(),
        }
    }

    #[test]
    fn every_way_and_instrument_is_a_line_and_a_row() {
        let lines = [line("protocol_client", "loop", 0), line(BONA_FIDE, "living people", 10)];
        assert!(!lines[0].is_bona_fide() && lines[1].is_bona_fide());
        let table = table(&lines);
        assert_eq!(table.lines().count(), 3, "{table}");
        assert!(table.lines().nth(1).is_some_and(|row| row.contains("0.00 % [0.00, ") && row.contains("lights 10")));
        let csv = String::from_utf8(csv(&lines).unwrap()).unwrap();
        assert!(
            csv.lines().nth(2).is_some_and(|row| row.starts_with("camera,living people,workshop,2,10,10,")),
            "{csv}"
        );
    }

    #[test]
    fn ways_in_differ_in_what_the_service_can_see() {
        let [camera, page, client] = super::super::WAYS.map(|way| way.source);
        assert!(camera.camera.is_some_and(crate::domain::face::liveness::continuity::is_virtual));
        assert!(page.camera.is_some_and(|label| !crate::domain::face::liveness::continuity::is_virtual(label)));
        assert!(client.even && !client.lights && client.camera.is_none());
    }
}
