//! `rastau config check` and `rastau config show`

use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::{Context, print};

/// Check or show the configuration
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check every key, the key file and every secret's file
    #[command(after_long_help = "\
Tells everything that is wrong at once, each with its key, what it may be, and where it was set. Does not open
the database; `rastau doctor` does.

Example:
  rastau --config /etc/rastau/rastau.toml config check")]
    Check,
    /// Print the settings in force as TOML, secrets left out
    #[command(after_long_help = "\
Defaults, file and environment put together; relative paths are shown as they were resolved.

Example:
  RASTAU__LOG__FILTER=debug rastau config show")]
    Show,
}

pub(in crate::cli) fn run(context: &Context, args: &Args) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    match args.command {
        Command::Check => {
            config.read_keys()?;
            config.database_url()?;
            config.compliance_token()?;
            config.register_token()?;
            print("the configuration is good")?;
        }
        Command::Show => print(config.show().trim_end())?,
    }
    Ok(ExitCode::SUCCESS)
}
