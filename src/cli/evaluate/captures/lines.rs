//! Captures of films as people read them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::lines::{failure, interval, percent};
use super::tally::{Group, Played, Tally};
use crate::domain::face::liveness::cues::Cue;

/// What could not be used, a line each.
pub(super) fn asides(tally: &Tally) -> impl Iterator<Item = String> {
    let unfit = tally.unfit.iter().map(|film| {
        let [frames, faces, good] = film.frames;
        let [yaw, pitch, mouth, eyes] = film.ranges;
        format!(
            "{}: no capture can be made of it: {:.0} s, {frames} frames, {faces} with one face, {good} through the gate; \
             yaw {:.0} to {:.0}, pitch {:.0} to {:.0}, mouth {:.2} to {:.2}, eyes {:.2} to {:.2}",
            film.file, film.seconds, yaw[0], yaw[1], pitch[0], pitch[1], mouth[0], mouth[1], eyes[0], eyes[1]
        )
    });
    let given_up = (tally.given_up > 0).then(|| {
        format!(
            "{} more captures were given up: nothing in the film is a command followed from there on",
            tally.given_up
        )
    });
    tally.failures.iter().map(failure).chain(unfit).chain(given_up)
}

/// Groups first, then every capture with what each cue says.
pub(super) fn table(tally: &Tally) -> String {
    let mut out = String::new();
    let wide = tally.groups.iter().map(|group| group.name.len()).max().unwrap_or(0).max(5);
    let _ = writeln!(
        out,
        "{:<wide$}{:>7}{:>8}{:>10}{:>8}  share that passed [95 %]",
        "", "films", "people", "captures", "passed"
    );
    for Group { name, films, share, .. } in &tally.groups {
        let _ = writeln!(
            out,
            "{name:<wide$}{films:>7}{:>8}{:>10}{:>8}  {}{}",
            share.people,
            share.runs,
            share.passed,
            percent(Some(share.share())),
            interval(Some(share.interval))
        );
    }
    list(&mut out, "commands: captures", &tally.groups, wide, |group| {
        group
            .commands
            .iter()
            .map(|(commands, captures)| format!("{commands}: {captures}"))
            .collect::<Vec<_>>()
            .join(", ")
    });
    list(&mut out, "cues left out", &tally.groups, wide, |group| counts(&group.left_out));
    list(&mut out, "cues that do not speak for it", &tally.groups, wide, |group| counts(&group.not_for));
    list(&mut out, "would pass without", &tally.groups, wide, |group| counts(&group.without));
    list(&mut out, "reasons", &tally.groups, wide, |group| counts(&group.reasons));
    list(&mut out, "findings", &tally.groups, wide, |group| counts(&group.findings));
    captures(&mut out, &tally.captures);
    out
}

fn list(out: &mut String, title: &str, groups: &[Group], wide: usize, of: impl Fn(&Group) -> String) {
    let _ = writeln!(out, "\n{title}");
    for group in groups {
        let _ = writeln!(out, "{:<wide$}  {}", group.name, of(group));
    }
}

fn counts(counts: &BTreeMap<&'static str, u32>) -> String {
    counts.iter().map(|(what, count)| format!("{what} {count}")).collect::<Vec<_>>().join(", ")
}

fn captures(out: &mut String, captures: &[Played]) {
    let wide = captures.iter().map(|one| one.file.len()).max().unwrap_or(0);
    let _ = write!(out, "\n{:<wide$}{:>4}{:>5}{:>6}{:>7}{:>7}", "capture", "run", "asks", "takes", "frames", "alike");
    for cue in Cue::ALL {
        let _ = write!(out, "{:>12}", cue.code());
    }
    let _ = writeln!(out, "  result");
    let number = |value: Option<f32>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
    for one in captures {
        let Played { file, run, commands, takes, frames, similarity, cues, result, findings, .. } = one;
        let (asks, alike) = (commands.len(), number(*similarity));
        let _ = write!(out, "{file:<wide$}{run:>4}{asks:>5}{takes:>6}{frames:>7}{alike:>7}");
        for cue in Cue::ALL {
            let _ = write!(out, "{:>12}", number(cues.get(cue.code()).copied().flatten()));
        }
        let _ = writeln!(out, "  {result} {}", findings.join(","));
    }
}

/// Every capture a row.
///
/// # Errors
/// When a row cannot be written, which does not happen in memory.
pub(super) fn csv(captures: &[Played]) -> anyhow::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let fixed = [
        "file",
        "subject",
        "kind",
        "method",
        "run",
        "begins_millis",
        "takes",
        "asked",
        "left_out",
        "frames",
        "similarity",
    ];
    let cues = || Cue::ALL.into_iter().map(Cue::code);
    out.write_record(fixed.into_iter().chain(cues()).chain(["findings", "result"]))?;
    let number = |value: Option<f32>| value.map_or_else(String::new, |value| value.to_string());
    for one in captures {
        let mut record = vec![
            one.file.clone(),
            one.subject.clone(),
            one.kind.clone(),
            one.method.clone().unwrap_or_default(),
            one.run.to_string(),
            one.begins_millis.to_string(),
            one.takes.to_string(),
            one.commands.join(" "),
            one.left_out.join(" "),
            one.frames.to_string(),
            number(one.similarity),
        ];
        record.extend(cues().map(|cue| number(one.cues.get(cue).copied().flatten())));
        record.extend([one.findings.join(" "), one.result.to_owned()]);
        out.write_record(record)?;
    }
    Ok(out.into_inner()?)
}
