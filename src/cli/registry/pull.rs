//! `rastau registry pull`

use std::process::ExitCode;

use anyhow::Context as _;

use super::import::{Screen, finish};
use crate::app::restrictions::registry::follow::{Intake, IntakeError, take_in};
use crate::app::restrictions::registry::import::ImportRegistryError;
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
        let taken = match taken {
            Err(IntakeError::Import(name, ImportRegistryError::Waits(number))) => anyhow::bail!(
                "{name} is not taken in: version {number} waits for a person, release or discard it first"
            ),
            taken => taken.context("the source was not taken in")?,
        };
        let goes_on = taken.may_go_on();
        match taken {
            Intake::Nothing => print(&format!("source {} has nothing more to say", args.source))?,
            Intake::Refreshed => print(&format!("source {}: nothing has changed, and it is fresh", args.source))?,
            Intake::Imported(imported) => finish(*imported)?,
        }
        if !goes_on {
            return Ok(ExitCode::SUCCESS);
        }
    }
}
