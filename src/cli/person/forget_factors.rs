//! `rastau person forget-factors`

use std::process::ExitCode;

use anyhow::anyhow;
use serde_json::json;

use crate::app::dual_control::alone::expect_alone;
use crate::app::verification::second_factor::reset::forget_factors;
use crate::cli::{Context, operating_user, print, print_json};
use crate::domain::identity::person::Iin;
use crate::startup;

/// Take all second factors of a person away who has lost them
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Passkeys, authenticator app and recovery codes of the person are gone at once, what operators were granted with them ends,
and the person is told. At their next visit they make a factor anew, with the second proof that a first one takes.

Be sure whom you speak with, by a document that you see: a thief of the face who talks you into this owns the account
afterwards. The audit log keeps who decided, and the player's id. Where the staff has people for it, it takes two of them, at
the console, and the check of who asks is written down there.

Example:
  rastau person forget-factors --iin 900101300017")]
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
    let services = startup::services_for_command(&context.config()?).await?;
    expect_alone(services.store.as_ref(), startup::clock().now(), args.alone).await?;
    let by = if args.alone { format!("{}, alone", operating_user()) } else { operating_user() };
    forget_factors(&services, &iin, &by).await?;
    if args.json {
        print_json(&json!({ "forgotten": true }))?;
    } else {
        print("forgotten: the person makes a second factor anew at their next visit")?;
    }
    Ok(ExitCode::SUCCESS)
}
