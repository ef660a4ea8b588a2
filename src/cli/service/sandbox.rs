//! `rastau sandbox`

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::Value;
use url::Url;

use crate::cli::demo::player;
use crate::cli::{print, print_json};
use crate::domain::scenario::{Listed, listed};
use crate::startup;

/// Help for testing an integration against a sandbox
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
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
    /// Show what one of a sandbox's people was told: codes and links that nobody is really sent
    #[command(after_long_help = "\
Asks a running sandbox. The newest notice stands first.

Examples:
  rastau sandbox notices 900101100014
  rastau sandbox notices 900101100014 --json | jq -r '.[0].code'")]
    Notices {
        /// The person's IIN
        iin: String,
        /// Where the sandbox is
        #[arg(long, default_value = "http://localhost:8080")]
        url: Url,
        /// Print a JSON array instead of lines
        #[arg(long)]
        json: bool,
    },
}

pub(in crate::cli) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Scenarios { json } => list_scenarios(*json),
        Command::Notices { iin, url, json } => list_notices(iin, url, *json).await,
    }
}

async fn list_notices(iin: &str, url: &Url, json: bool) -> anyhow::Result<ExitCode> {
    let notices = player::notices(url, iin).await?;
    if json {
        print_json(&notices)?;
    } else if !notices.is_empty() {
        let part = |notice: &Value, name: &str| notice[name].as_str().unwrap_or_default().to_owned();
        let line = |notice: &Value| {
            let (at, channel, masked) = (part(notice, "at"), part(notice, "channel"), part(notice, "masked"));
            format!("{at}  {channel:5}  {masked}\n    {}", part(notice, "text").replace('\n', "\n    "))
        };
        print(&notices.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list_scenarios(json: bool) -> anyhow::Result<ExitCode> {
    let scenarios = listed(startup::clock().now());
    if json {
        print_json(&scenarios)?;
    } else {
        let line = |one: &Listed| format!("{}  {:24}  {:14}  {}", one.iin, one.code, one.expected, one.sentence);
        print(&scenarios.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}
