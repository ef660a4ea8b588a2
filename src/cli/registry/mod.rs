//! `rastau registry`: import what sources say, see which version of it counts, and decide about those that wait.

mod import;
mod noted;
mod pull;
mod rekey;
mod versions;

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::{Context, print, print_json};
use crate::app::restrictions::registry::list::list_sources;
use crate::config::Span;
use crate::domain::restrictions::Source;
use crate::startup;

/// Fill the restrictions registry
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take in what a source says: everything, or what has changed
    #[command(after_long_help = import::HELP)]
    Import(import::Args),
    /// Ask a source that is followed, now
    #[command(after_long_help = pull::HELP)]
    Pull(pull::Args),
    /// List sources and whether they are fresh
    #[command(after_long_help = "Example:\n  rastau registry sources --json")]
    Sources {
        /// Print a JSON array instead of lines
        #[arg(long)]
        json: bool,
    },
    /// List the versions of a source: which counts, which waits and why, which one may be gone back to
    #[command(after_long_help = "Example:\n  rastau registry versions debtors")]
    Versions(versions::Named),
    /// Let a version count that waits for a person
    #[command(after_long_help = "\
Where the staff has people for it, it takes two of them, at the console. Rows that were refused are not in it: whom they
name is not restricted by this source. IINs whose lost zeros were put back are in it: look at their lines first.

Examples:
  rastau registry release debtors
  rastau registry release debtors --alone")]
    Release(versions::Deciding),
    /// Drop a version that waits for a person
    #[command(after_long_help = "\
Whom it would restrict stays free: where the staff has people for it, it takes two of them, at the console.

Examples:
  rastau registry discard debtors
  rastau registry discard debtors --alone")]
    Discard(versions::Deciding),
    /// Go back to the version before, at once
    #[command(after_long_help = "\
The version that counted is dropped. The one before comes back with its age: where that is past its limit, everybody is
refused until a new one is imported. Only one step back is kept. Whom the version that counted restricted is free: where
the staff has people for it, it takes two of them, at the console.

Examples:
  rastau registry rollback debtors
  rastau registry rollback debtors --alone")]
    Rollback(versions::Deciding),
    /// Move the registry to the newest key of the key file
    #[command(after_long_help = rekey::HELP)]
    Rekey(rekey::Args),
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Import(args) => import::run(context, args).await,
        Command::Pull(args) => pull::run(context, &args).await,
        Command::Sources { json } => run_sources(context, json).await,
        Command::Versions(named) => versions::list(context, &named).await,
        Command::Release(args) => versions::release(context, &args).await,
        Command::Discard(args) => versions::discard(context, &args).await,
        Command::Rekey(args) => rekey::run(context, &args).await,
        Command::Rollback(args) => versions::roll_back(context, &args).await,
    }
}

async fn run_sources(context: &Context, json: bool) -> anyhow::Result<ExitCode> {
    let store = startup::open_store(&context.config()?).await?;
    let sources = list_sources(store.as_ref()).await?;
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
