//! `rastau registry import` and `rastau registry sources`

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{Context, print, print_json, row_report};
use crate::app::import_registry::{ImportRegistryError, RegistryImport, import_registry};
use crate::app::registry_file::read_time;
use crate::config::Span;
use crate::domain::restrictions::Source;
use crate::domain::time::Timestamp;
use crate::startup;

/// Fill the restrictions registry
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Replace everything that a source says by what a file says
    #[command(after_long_help = "\
The file is CSV in UTF-8, its first line names the columns iin, ground, legal_basis, starts_at, ends_at and
source_key in any order. ground is debtor, court_decision, civil_servant, military, law_enforcement,
special_services or self_restriction. A time is a day of Almaty (2026-11-22, from its midnight) or RFC 3339;
ends_at is exclusive and may be empty; starts_at may lie ahead. source_key is the source's own key, once each.

The whole file is imported in one transaction, or nothing: one refused row refuses the file, because a person
whose row was left out would be let in. The import refreshes the source; once it is older than --max-age,
everybody is refused until it is imported again. A file without rows needs --allow-empty.

Examples:
  rastau registry import debtors.csv --source debtors --max-age 24h
  rastau registry import court.csv --source court --max-age 7d --as-of 2026-11-22T06:00:00+05:00")]
    Import(Import),
    /// List sources and whether they are fresh
    #[command(after_long_help = "Example:\n  rastau registry sources --json")]
    Sources {
        /// Print a JSON array instead of lines
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Import {
    /// The CSV file
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
    /// The file has no rows, and that is meant
    #[arg(long)]
    allow_empty: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    read_time(text).map_err(|fault| fault.to_string())
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Import(import) => run_import(context, import).await,
        Command::Sources { json } => run_sources(context, json).await,
    }
}

async fn run_import(context: &Context, args: Import) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let shown = args.file.display();
    let file = File::open(&args.file).with_context(|| format!("cannot read {shown}"))?;
    let length = file.metadata().map_or(0, |about| about.len());
    let store = startup::open_store(&config).await?;
    let import = RegistryImport {
        source: args.source,
        max_age: args.max_age.0,
        as_of: args.as_of,
        allow_empty: args.allow_empty,
    };
    let bar = ProgressBar::new(length)
        .with_style(ProgressStyle::with_template("{bar:32} {bytes}/{total_bytes} read, {eta} left")?);
    let outcome = import_registry(store.as_ref(), startup::clock().as_ref(), BufReader::new(file), &import, |bytes| {
        bar.set_position(bytes);
    })
    .await;
    bar.finish_and_clear();
    match outcome {
        Ok(imported) if args.json => print_json(&json!({
            "imported": imported.rows,
            "people": imported.people,
            "refused": [],
            "sha256": imported.sha256,
        }))?,
        Ok(imported) => print(&format!(
            "source {}: {} restrictions of {} people were imported\nsha256 {}",
            import.source, imported.rows, imported.people, imported.sha256
        ))?,
        Err(ImportRegistryError::Refused(refused)) => {
            if args.json {
                print_json(&json!({ "imported": 0, "people": 0, "refused": row_report::json(&refused) }))?;
            } else {
                print(&row_report::lines(&refused))?;
            }
            let error = ImportRegistryError::Refused(refused);
            return Err(error).with_context(|| format!("{shown} was not imported"));
        }
        Err(error) => return Err(error).with_context(|| format!("{shown} was not imported")),
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_sources(context: &Context, json: bool) -> anyhow::Result<ExitCode> {
    let store = startup::open_store(&context.config()?).await?;
    let sources = store.read().await?.list_sources().await?;
    let now = startup::clock().now();
    if json {
        let tell = |source: &Source| {
            json!({
                "name": source.name,
                "refreshed_at": source.refreshed_at.rfc3339(),
                "max_age": Span(source.max_age).to_string(),
                "fresh": source.is_fresh(now),
            })
        };
        print_json(&sources.iter().map(tell).collect::<Vec<_>>())?;
    } else if sources.is_empty() {
        print("no sources yet, so nobody may play; `rastau registry import` brings one")?;
    } else {
        let line = |source: &Source| {
            let fresh = if source.is_fresh(now) { "fresh" } else { "STALE" };
            let age = Span(source.max_age);
            format!("{}  {fresh}  refreshed {}, trusted for {age}", source.name, source.refreshed_at)
        };
        print(&sources.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}
