//! `rastau sandbox scenarios`

use std::process::ExitCode;

use clap::Subcommand;

use super::{print, print_json};
use crate::domain::sandbox_scenario::{Listed, listed};
use crate::startup;

/// Help for testing an integration against a sandbox
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the IINs that bring each branch of the flow about, without a camera
    #[command(after_long_help = "\
Enter one of these IINs in a sandbox: face and second step are then a button each, and a request each for a client
without a browser (docs/API.md). Outside a sandbox they are nobody's.

Examples:
  rastau sandbox scenarios
  rastau sandbox scenarios --json")]
    Scenarios {
        /// Print a JSON array instead of lines
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let Command::Scenarios { json } = args.command;
    let scenarios = listed(startup::clock().now());
    if json {
        print_json(&scenarios)?;
    } else {
        let line = |one: &Listed| format!("{}  {:16}  {:14}  {}", one.iin, one.code, one.expected, one.sentence);
        print(&scenarios.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}
