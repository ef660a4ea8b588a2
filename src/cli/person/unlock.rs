//! `rastau person unlock`

use std::process::ExitCode;

use anyhow::anyhow;
use serde_json::json;

use crate::app::dual_control::alone::expect_alone;
use crate::app::verification::face::unlock::unlock_person;
use crate::cli::{Context, operating_user, print, print_json};
use crate::domain::identity::person::Iin;
use crate::startup;

/// Let a person try again whose captures are locked
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Three failed captures lock the person for half an hour, and the browser for longer each time. This ends the person's lock
at once; a browser's ends by itself. Be sure whom you speak with: whoever was held off may be an attacker. The audit log
keeps who decided, and the player's id. Where the staff has people for it, it takes two of them, at the console.

Example:
  rastau person unlock --iin 900101300017")]
pub(super) struct Args {
    /// The person's IIN
    #[arg(long)]
    iin: String,
    /// Do it without a second person, where the staff has some
    #[arg(long)]
    alone: bool,
    /// Print JSON instead of a line
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let iin = Iin::parse(&args.iin).map_err(|error| anyhow!("--iin: {error}"))?;
    let store = startup::open_store(&context.config()?).await?;
    expect_alone(store.as_ref(), startup::clock().now(), args.alone).await?;
    let by = if args.alone { format!("{}, alone", operating_user()) } else { operating_user() };
    unlock_person(store.as_ref(), startup::clock().as_ref(), &iin, &by).await?;
    if args.json {
        print_json(&json!({ "unlocked": true }))?;
    } else {
        print("unlocked: the person may begin a capture again; a lock of their browser stays until it ends")?;
    }
    Ok(ExitCode::SUCCESS)
}
