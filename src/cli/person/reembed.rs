//! `rastau person reembed`

use std::process::ExitCode;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::app::face::reembed::{
    Pace, Progress, ReembedPorts, forget_refusals, observe, prune_id_templates, reembed_id_photos,
};
use crate::cli::{Context, print, print_json};
use crate::startup;

/// Embed ID photos again after a change of models
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
A template is of one model alone. After a change of models everybody who was here before has none of the new one; the
service makes them by itself while it is idle, and this command makes them at full speed. Stop it at any time: the
next run goes on. Several may run at once, beside the service too.

A photo that does not pass with the new model is counted and not tried again, unless --again is given. Templates of
earlier models stay, so that the way back is short; --prune deletes those of players who have a new one. Exit code 1
when photos were left out because the engine failed on them.

Examples:
  rastau person reembed
  rastau person reembed --json
  rastau person reembed --prune")]
pub(super) struct Args {
    /// Try photos again that were found unusable with this model
    #[arg(long)]
    again: bool,
    /// Afterwards, delete what earlier models made for players who have a new template
    #[arg(long)]
    prune: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let services = startup::services_for_command(&config).await?;
    let ports = ReembedPorts::of(&services);
    if args.again {
        forget_refusals(ports).await?;
    }
    let bar = ProgressBar::new(0)
        .with_style(ProgressStyle::with_template("{bar:32} {pos}/{len} photos embedded again, {eta} left")?);
    let outcome = reembed_id_photos(ports, Pace::Steady, |progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.embedded + progress.unusable + progress.failed);
    })
    .await;
    bar.finish_and_clear();
    let done = outcome.context("stopped early; what was done stands, and the next run goes on")?;
    let unusable = observe(ports).await?.unusable;
    let pruned = if args.prune { prune_id_templates(ports).await? } else { 0 };
    if args.json {
        print_json(&json!({
            "due": done.total,
            "embedded": done.embedded,
            "unusable": done.unusable,
            "unusable_in_all": unusable,
            "failed": done.failed,
            "pruned": pruned,
        }))?;
    } else {
        print(&summary(done, unusable, pruned))?;
    }
    Ok(if done.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn summary(done: Progress, unusable: u64, pruned: u64) -> String {
    let mut lines = vec![match done.total {
        0 => "every ID photo is embedded with the model in use".to_owned(),
        total => format!("{} of {total} ID photos were embedded again", done.embedded),
    }];
    if unusable > 0 {
        lines.push(format!(
            "{unusable} do not pass with this model: their players go to review until the photo changes"
        ));
    }
    if done.failed > 0 {
        lines.push(format!("the engine failed on {}; run the command again", done.failed));
    }
    if pruned > 0 {
        lines.push(format!("templates of earlier models deleted: {pruned}"));
    }
    lines.join("\n")
}
