//! `rastau registry rekey`

use std::process::ExitCode;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::app::restrictions::registry::rekey::{Rekeyed, rekey};
use crate::cli::{Context, print, print_json};
use crate::startup;

pub(super) const HELP: &str = "\
Put a fresh key (`rastau keys draw`) behind those of `registry` in the key file of every replica, and restart them: they
know it then, and nothing uses it yet. This command moves what finds people to it, source by source. Verifications go on
meanwhile. Cut short, it is begun again, and what was moved stays moved. A replica that does not have the key refuses
everybody from then on. No key is ever taken out of `registry`: each is wrapped around those before.

Examples:
  rastau registry rekey
  rastau registry rekey --json";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &Context, args: &Args) -> anyhow::Result<ExitCode> {
    let store = startup::open_store(&context.config()?).await?;
    let style = ProgressStyle::with_template("{msg} [{bar:40}] {human_pos}/{human_len} rows, {eta} left")?;
    let bar = ProgressBar::new(0).with_style(style);
    let done = rekey(store.as_ref(), startup::clock().as_ref(), |source, done, of| {
        if bar.message() != source {
            bar.set_message(source.to_owned());
        }
        bar.set_length(of);
        bar.set_position(done);
    })
    .await;
    bar.finish_and_clear();
    let done = done.context("not all of the registry is under the newest key yet")?;
    if args.json {
        print_json(&json!({
            "generation": done.generation,
            "sources": done.sources.iter().map(|(name, rows)| json!({ "name": name, "rows": rows })).collect::<Vec<_>>(),
            "grants": done.grants,
            "self_restrictions": done.self_restrictions,
        }))?;
    } else {
        print(&lines(&done))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn lines(done: &Rekeyed) -> String {
    let sources = done.sources.iter().map(|(name, rows)| format!("source {name}: {rows} rows were moved\n"));
    format!(
        "{}{} grants and {} self-restrictions were moved\nall of the registry is under key {} now",
        sources.collect::<String>(),
        done.grants,
        done.self_restrictions,
        done.generation
    )
}
