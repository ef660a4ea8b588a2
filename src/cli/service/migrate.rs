//! `rastau migrate`

use std::process::ExitCode;

use crate::cli::{Context, print};
use crate::startup;

/// Bring the database's schema up to date
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Makes the SQLite file when there is none. Runs in one transaction and may be run again at any time; several
replicas that run it at once wait for each other. Make a backup before an upgrade. Says which programs may serve on what it
leaves: replicas of a program in that range go on meanwhile (docs/OPERATIONS.md, Upgrades).

Example:
  rastau migrate")]
pub(in crate::cli) struct Args {}

pub(in crate::cli) async fn run(context: &Context, _args: Args) -> anyhow::Result<ExitCode> {
    let versions = startup::migrate(&context.config()?).await?;
    print(&format!("the schema is up to date: {versions}"))?;
    Ok(ExitCode::SUCCESS)
}
