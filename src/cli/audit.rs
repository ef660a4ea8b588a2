//! `rastau audit verify`

use std::process::ExitCode;
use std::str::FromStr;

use anyhow::Context as _;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{Context, print, print_json};
use crate::app::audit::verify::{VerifyAuditError, verify_audit};
use crate::domain::audit::event::{ChainHead, hex};
use crate::startup;

/// Check the tamper-evident log
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Walk the whole log and find any edit, gap, reorder or cut
    #[command(after_long_help = "\
Exit code 0 when the log is whole, 1 when it is not. Prints the head, NUMBER:HASH. Note it somewhere else: whoever
can write the database could write a whole new log, and only a head noted before shows that. --expect compares.

Examples:
  rastau audit verify
  rastau audit verify --expect 1842:7c0e...f1 --json")]
    Verify {
        /// A head noted before
        #[arg(long, value_name = "NUMBER:HASH")]
        expect: Option<NotedHead>,
        /// Print JSON instead of lines
        #[arg(long)]
        json: bool,
    },
}

/// A head as `audit verify` prints it.
#[derive(Clone, Copy, Debug)]
struct NotedHead(ChainHead);

impl FromStr for NotedHead {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "a head is NUMBER:HASH, the hash with 64 hex digits";
        let (sequence, hash) = text.split_once(':').ok_or(FORM)?;
        let sequence = sequence.parse().map_err(|_| FORM)?;
        let mut bytes = [0; 32];
        ::hex::decode_to_slice(hash, &mut bytes).map_err(|_| FORM)?;
        if sequence < 1 {
            return Err(FORM);
        }
        Ok(Self(ChainHead { sequence, hash: bytes }))
    }
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let Command::Verify { expect, json } = args.command;
    let store = startup::open_store(&context.config()?).await?;
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template("{bar:32} {pos}/{len} events, {eta} left")?);
    let outcome = verify_audit(store.as_ref(), expect.map(|noted| noted.0), |done, total| {
        bar.set_length(u64::try_from(total).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
    })
    .await;
    bar.finish_and_clear();
    match outcome {
        Ok(head) if json => {
            print_json(&json!({ "whole": true, "events": head.sequence, "hash": hex(&head.hash) }))?;
        }
        Ok(head) if head.sequence == 0 => print("the log is whole: it has no events yet")?,
        Ok(head) => {
            print(&format!("the log is whole: {} events\nhead {}:{}", head.sequence, head.sequence, hex(&head.hash)))?;
        }
        Err(VerifyAuditError::Store(error)) => {
            return Err(error).context("the log could not be read to its end");
        }
        Err(fault) => {
            if json {
                print_json(&json!({ "whole": false, "fault": fault.to_string() }))?;
            }
            return Err(fault).context("the log is NOT whole");
        }
    }
    Ok(ExitCode::SUCCESS)
}
