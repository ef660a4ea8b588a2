//! What was measured, in words.

use std::collections::BTreeMap;
use std::time::Duration;

use super::client::Outcome;

/// Bars of the project.
const RATIO: f64 = 1.9;
const TAIL: f64 = 2.0;
const MEMORY_MB: u64 = 400;
/// What "flat" leaves for the allocator, megabytes.
const FLAT_MB: u64 = 16;

/// Latencies of what was served, milliseconds.
pub(super) struct Latencies {
    p50: f64,
    p99: f64,
    worst: f64,
}

impl Latencies {
    pub(super) fn of(outcomes: &[Outcome]) -> Self {
        let mut served: Vec<Duration> =
            outcomes.iter().filter(|outcome| outcome.status == 200).map(|outcome| outcome.took).collect();
        served.sort_unstable();
        let at = |share: f64| {
            let place = (share * served.len() as f64).ceil() as usize;
            served.get(place.saturating_sub(1)).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
        };
        Self { p50: at(0.5), p99: at(0.99), worst: at(1.0) }
    }
}

/// A row: what, requests served a second, their latencies, all outcomes.
pub(super) type Row<'a> = (&'a str, f64, &'a Latencies, &'a [Outcome]);

pub(super) fn print_table(rows: &[Row<'_>]) {
    println!("| | served a second | p50 ms | p99 ms | worst ms | answers |\n|---|---|---|---|---|---|");
    for (what, rate, latencies, outcomes) in rows {
        let Latencies { p50, p99, worst } = latencies;
        println!("| {what} | {rate:.1} | {p50:.1} | {p99:.1} | {worst:.1} | {} |", statuses(outcomes));
    }
}

fn statuses(outcomes: &[Outcome]) -> String {
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    for outcome in outcomes {
        *counts.entry(outcome.status).or_default() += 1;
    }
    counts.iter().map(|(status, count)| format!("{status}: {count}")).collect::<Vec<_>>().join(", ")
}

/// The last line; memory is before, at its peak and after, in kilobytes.
pub(super) fn verdict(
    ratio: f64,
    unloaded: &Latencies,
    loaded: &Latencies,
    flood: &[Outcome],
    [before, peak, after]: [u64; 3],
) {
    let tail = loaded.p99 / unloaded.p99;
    let strange = flood.iter().filter(|outcome| !matches!(outcome.status, 200 | 503)).count();
    let grown = after.saturating_sub(before) / 1024;
    let held = |right: bool| if right { "held" } else { "MISSED" };
    println!(
        "figures: two at once {ratio:.2} x one (bar {RATIO}: {}); overload: {strange} answers but 200 and 503 ({}), \
         p99 of the served {tail:.2} x unloaded (bar {TAIL}: {}); memory {} MB before, {} MB at peak, {} MB after \
         (under {MEMORY_MB} MB: {}, flat: {})",
        held(ratio >= RATIO),
        held(strange == 0),
        held(tail < TAIL),
        before / 1024,
        peak / 1024,
        after / 1024,
        held(peak / 1024 < MEMORY_MB),
        held(grown < FLAT_MB),
    );
}
