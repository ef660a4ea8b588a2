//! `rastau registry import`

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::noted::Report;
use crate::app::dual_control::alone::expect_alone;
use crate::app::restrictions::registry::file::{Format, read_time};
use crate::app::restrictions::registry::import::{
    ImportRegistryError, Imported, RegistryImport, Watcher, import_registry,
};
use crate::app::support::row_refusal::RowRefusal;
use crate::cli::{Context, print, print_json, row_report};
use crate::config::Span;
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::{Position, Suspicion, Tolerance, Version, VersionKind};
use crate::startup;

/// So many refused rows go into a report in JSON; all are counted, and lines tell each.
const MAX_IN_JSON: usize = 10_000;

pub(super) const HELP: &str = "\
The file is CSV in UTF-8 (or UTF-16 with its mark; commas, semicolons, tabs or bars, or what a line sep= says), its
first line names the columns iin, ground, legal_basis, starts_at, ends_at and source_key in any order; or a workbook
(.xlsx), of which the first sheet that can be seen and has these columns is read; or JSON Lines (.jsonl) with members of
these names. ground is debtor, court_decision,
civil_servant, military, law_enforcement, special_services, self_restriction, cool_off, deceased or
document_invalid. A time is a day of Almaty (2026-11-22, from its midnight) or RFC 3339; ends_at is exclusive
and may be empty; starts_at may lie ahead. source_key is the source's own key, once for each person.

Rows without any value are passed over, and so are those about companies (BIN), which the report counts. IINs whose
leading zeros a spreadsheet dropped (9 to 11 digits that zeros alone make a valid IIN of somebody born 2000 to 2009) get
them back where no other number in the file has kept its zero or the cell is a number; such a file waits for a person.
What cannot be proven is refused by name; an exponent (9,00101E+11) always is.

A file of changes (--changes) has op beside them: add (a record that begins, or that reads otherwise now) or
remove (one that holds no more: iin and source_key are enough).

Rows are staged where nobody sees them and count all at once, in place of what the source said before; that is
kept for one step back (`rastau registry rollback`). A file with refused rows, or one that shrinks or grows
too far, waits for a person instead (`rastau registry release` or `discard`), and what counted before counts
still: a person whose row was left out would be let in. Every import refreshes its source; once that is older
than --max-age, everybody is refused until it is imported again. A file without rows needs --allow-empty.

Rows are sorted in the folder for temporary files (TMPDIR), which needs about the room of the file.

Examples:
  rastau registry import debtors.csv --source debtors --max-age 24h
  rastau registry import debtors-0412.jsonl --changes --source debtors --max-age 24h
  rastau registry import court.csv --source court --max-age 7d --as-of 2026-11-22T06:00:00+05:00 \\
      --sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a word of the command line")]
pub(super) struct Args {
    /// The file: CSV, .xlsx or JSON Lines
    file: PathBuf,
    /// The source's name: 1 to 64 characters of a-z, 0-9, '-', '_' and '.'
    #[arg(long, value_name = "NAME")]
    source: String,
    /// How long the file may be trusted: 1m to 366d
    #[arg(long, value_name = "TIME")]
    max_age: Span,
    /// When the source made the file (default: now)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    as_of: Option<Timestamp>,
    /// The file says what has changed since the last one, not everything
    #[arg(long, conflicts_with = "allow_empty")]
    changes: bool,
    /// How rows are written [default: by the file's name]
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatName>,
    /// What the file's SHA-256 must be, in hex
    #[arg(long, value_name = "HEX", value_parser = parse_sha256)]
    sha256: Option<String>,
    /// The file has no rows, and that is meant
    #[arg(long)]
    allow_empty: bool,
    /// So much smaller the source may become before a person must look, percent
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0, value_parser = parse_percent)]
    shrink: f64,
    /// So much larger
    #[arg(long, value_name = "PERCENT", default_value_t = 50.0, value_parser = parse_percent)]
    growth: f64,
    /// So many of its rows may be refused
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = parse_percent)]
    bad_rows: f64,
    /// Let more shrink or be refused than is usual without a second person, where the staff has some
    #[arg(long)]
    alone: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    Csv,
    Jsonl,
    Xlsx,
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    read_time(text).map_err(|fault| fault.to_string())
}

fn parse_sha256(text: &str) -> Result<String, String> {
    let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex { Ok(text.to_ascii_lowercase()) } else { Err("a SHA-256 is 64 hex digits".to_owned()) }
}

fn parse_percent(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| (0.0..=100_000.0).contains(number));
    number.ok_or_else(|| "a percentage is 0 to 100000".to_owned())
}

impl Args {
    fn import(&self, length: u64) -> RegistryImport {
        let name = self.file.to_string_lossy();
        RegistryImport {
            source: self.source.clone(),
            kind: if self.changes { VersionKind::Delta } else { VersionKind::Snapshot },
            format: match self.format {
                Some(FormatName::Csv) => Format::Csv,
                Some(FormatName::Jsonl) => Format::JsonLines,
                Some(FormatName::Xlsx) => Format::Workbook,
                None => Format::named(&name).unwrap_or(Format::Csv),
            },
            length,
            max_age: self.max_age.0,
            as_of: self.as_of,
            allow_empty: self.allow_empty,
            tolerance: Tolerance {
                shrink: self.shrink / 100.0,
                growth: self.growth / 100.0,
                bad_rows: self.bad_rows / 100.0,
            },
            sha256: self.sha256.clone(),
            position: Position::default(),
            follows: None,
        }
    }
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let shown = args.file.display();
    let file = File::open(&args.file).with_context(|| format!("cannot read {shown}"))?;
    let length = file.metadata().map_or(0, |about| about.len());
    let store = startup::open_store(&config).await?;
    let import = args.import(length);
    let (clock, is_usual) = (startup::clock(), !import.tolerance.is_wide());
    expect_alone(store.as_ref(), clock.now(), args.alone || is_usual).await?;
    let mut screen = Screen::new(length, args.json)?;
    let outcome = import_registry(store.as_ref(), clock.as_ref(), BufReader::new(file), &import, &mut screen).await;
    let told = screen.finish();
    if args.json {
        print_json(&report(&outcome, &told))?;
    } else if let Ok(imported) = &outcome {
        print(&sentences(imported))?;
    }
    waits(outcome.with_context(|| format!("{shown} was not imported"))?)
}

/// Says what came of it.
pub(super) fn finish(imported: Imported) -> anyhow::Result<()> {
    print(&sentences(&imported))?;
    waits(imported).map(drop)
}

/// A failure when a person must look.
fn waits(imported: Imported) -> anyhow::Result<ExitCode> {
    match imported {
        Imported::Waits { version, why } => {
            let why: Vec<String> = why.iter().map(Suspicion::to_string).collect();
            anyhow::bail!(
                "version {} of {} waits for a person: {}. What counted before counts still; \
                 `rastau registry release {source}` lets it count, `rastau registry discard {source}` drops it",
                version.number,
                version.source,
                why.join(", "),
                source = version.source,
            )
        }
        Imported::Counts { .. } | Imported::Unchanged(_) => Ok(ExitCode::SUCCESS),
    }
}

fn version(imported: &Imported) -> &Version {
    match imported {
        Imported::Counts { version, .. } | Imported::Unchanged(version) | Imported::Waits { version, .. } => version,
    }
}

/// What came of it, and what was done with rows that are not as they should be.
fn sentences(imported: &Imported) -> String {
    let mut lines = vec![sentence(imported)];
    lines.extend(Report::of(version(imported)).lines());
    lines.join("\n")
}

fn sentence(imported: &Imported) -> String {
    match imported {
        Imported::Counts { version, people } if version.kind == VersionKind::Delta => format!(
            "source {}: {} restrictions of {people} people have begun or changed, {} have gone, {} count\nversion {}, sha256 {}",
            version.source,
            version.counts.added,
            version.counts.removed,
            version.counts.rows,
            version.number,
            version.sha256
        ),
        Imported::Counts { version, people } => format!(
            "source {}: {} restrictions of {people} people were imported\nversion {}, sha256 {}",
            version.source, version.counts.rows, version.number, version.sha256
        ),
        Imported::Unchanged(version) => format!(
            "source {}: the file is what counts already (version {}); the source is as fresh as the file",
            version.source, version.number
        ),
        Imported::Waits { version, .. } => {
            format!("source {}: {} good rows are staged", version.source, version.counts.added)
        }
    }
}

fn report(outcome: &Result<Imported, ImportRegistryError>, (refused_rows, refused): &(u64, Vec<RowRefusal>)) -> Value {
    let imported = outcome.as_ref().ok();
    let problem = match outcome {
        Err(ImportRegistryError::Table(error)) => Some(error.code()),
        _ => None,
    };
    let noted = imported.map(|imported| Report::of(self::version(imported))).unwrap_or_default();
    let (version, people, why): (Option<&Version>, u64, &[Suspicion]) = match imported {
        None => (None, 0, &[]),
        Some(Imported::Counts { version, people }) => (Some(version), *people, &[]),
        Some(Imported::Unchanged(version)) => (Some(version), 0, &[]),
        Some(Imported::Waits { version, why }) => (Some(version), 0, why),
    };
    let counts = version.map(|version| version.counts).unwrap_or_default();
    json!({
        "state": version.map(|version| version.state.as_str()),
        "version": version.map(|version| version.number),
        "imported": if why.is_empty() { counts.added } else { 0 },
        "removed": counts.removed,
        "rows": counts.rows,
        "people": people,
        "suspicions": why.iter().map(Suspicion::code).collect::<Vec<_>>(),
        "refused_rows": refused_rows,
        "refused": row_report::json(refused),
        "companies": noted.companies.rows,
        "restored": { "rows": noted.restored.rows, "lines": noted.restored.lines },
        "sheet": noted.sheet,
        "problem": problem,
        "sha256": version.map(|version| version.sha256.as_str()),
    })
}

/// A bar, and a line for each refused row as it is met.
pub(super) struct Screen {
    bar: ProgressBar,
    json: bool,
    refused: u64,
    kept: Vec<RowRefusal>,
    stage: Stage,
}

/// What the bar shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Reading,
    Staging,
    Tidying,
}

impl Stage {
    fn template(self) -> &'static str {
        match self {
            Self::Reading => "{bar:32} {bytes}/{total_bytes} read, {eta} left",
            Self::Staging => "{bar:32} {human_pos}/{human_len} rows staged, {eta} left",
            Self::Tidying => "{bar:32} it counts; what counts no more is removed, {eta} left",
        }
    }
}

impl Screen {
    pub(super) fn new(length: u64, json: bool) -> anyhow::Result<Self> {
        let style = ProgressStyle::with_template(Stage::Reading.template())?;
        let bar = ProgressBar::new(length).with_style(style);
        Ok(Self { bar, json, refused: 0, kept: Vec::new(), stage: Stage::Reading })
    }

    fn show(&mut self, stage: Stage, done: u64, of: u64) {
        if self.stage != stage {
            self.stage = stage;
            if let Ok(style) = ProgressStyle::with_template(stage.template()) {
                self.bar.set_style(style);
            }
            self.bar.reset();
            self.bar.set_length(of);
        }
        self.bar.set_position(done);
    }

    pub(super) fn finish(self) -> (u64, Vec<RowRefusal>) {
        self.bar.finish_and_clear();
        (self.refused, self.kept)
    }
}

impl Watcher for Screen {
    fn read(&mut self, bytes: u64) {
        self.bar.set_position(bytes);
    }

    fn refused(&mut self, refusal: &RowRefusal) {
        self.refused += 1;
        if self.json {
            if self.kept.len() < MAX_IN_JSON {
                self.kept.push(refusal.clone());
            }
        } else {
            // What cannot be printed is in the report of the version.
            self.bar.suspend(|| drop(print(&row_report::line(refusal))));
        }
    }

    fn staged(&mut self, rows: u64, of: u64) {
        self.show(Stage::Staging, rows, of);
    }

    fn tidied(&mut self, done: u64, of: u64) {
        self.show(Stage::Tidying, done, of);
    }
}
