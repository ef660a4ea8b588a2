//! `rastau registry pull`

use std::process::ExitCode;

use anyhow::Context as _;

use super::import::{Screen, finish};
use crate::app::registry::follow::{TakeError, Taken, take_in};
use crate::app::registry::import::ImportRegistryError;
use crate::cli::{Context, print};
use crate::startup::{self, sources};

pub(super) const HELP: &str = "\
Sources stand in the file that restrictions.sources_file names, one table for each, see docs/OPERATIONS.md; `rastau
serve` asks each of them again and again. This command asks one of them now, until it has nothing more to say.

Example:
  rastau registry pull debtors";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The source's name
    source: String,
}

pub(super) async fn run(context: &Context, args: &Args) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let followed = sources::sources(&config)?.followed.into_iter().find(|followed| followed.source == args.source);
    let followed = followed.with_context(|| {
        format!("no source {} that is asked stands in the file of restrictions.sources_file", args.source)
    })?;
    let store = startup::open_store(&config).await?;
    let clock = startup::clock();
    loop {
        let mut screen = Screen::new(0, false)?;
        let taken = take_in(store.as_ref(), clock.as_ref(), &followed, &mut screen).await;
        screen.finish();
        match taken {
            Ok(Taken::Nothing) => {
                print(&format!("source {} has nothing more to say", args.source))?;
                return Ok(ExitCode::SUCCESS);
            }
            Ok(Taken::Refreshed) => {
                print(&format!("source {}: nothing has changed, and it is fresh", args.source))?;
                return Ok(ExitCode::SUCCESS);
            }
            Ok(Taken::Imported(imported)) => finish(*imported)?,
            Err(TakeError::Import(name, ImportRegistryError::Waits(number))) => {
                anyhow::bail!(
                    "{name} stays where it is: version {number} waits for a person, release or discard it first"
                )
            }
            Err(error) => return Err(error).context("the source was not taken in"),
        }
    }
}
