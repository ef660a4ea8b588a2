//! `rastau evidence verify`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use clap::Subcommand;
use serde_json::json;

use super::{print, print_json};
use crate::app::review::evidence::verify_bundle::{Verified, verify_bundle};
use crate::startup;

/// Check evidence that was handed on
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a bundle offline: signature, files, the sealed record, and the proofs that the log has it
    #[command(after_long_help = "\
Needs no service, no configuration and no network. Exit code 0 when everything holds, 1 when anything does not.

Without --keys the bundle's own keys are taken: that shows that nobody changed it since it was signed, and not by whom. Take
the service's keys from elsewhere, such as its /oauth2/jwks of an earlier day, and give them with --keys.

Bundles are made at the console, by two people.

Examples:
  rastau evidence verify case.zip --keys jwks.json
  rastau evidence verify case.zip --json")]
    Verify {
        /// The bundle
        file: PathBuf,
        /// The service's public keys, a JWK Set
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
        /// Print JSON instead of lines
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Command::Verify { file, keys, json } = args.command;
    let bundle = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let keys = keys.as_deref().map(read_keys).transpose()?;
    match verify_bundle(&startup::statements(), &bundle, keys.as_deref()) {
        Ok(verified) if json => print_json(&as_json(&verified))?,
        Ok(verified) => print(&lines(&verified))?,
        Err(fault) => {
            if json {
                print_json(&json!({ "holds": false, "code": fault.code(), "fault": fault.to_string() }))?;
            }
            return Err(anyhow!("{}: {fault}", fault.code()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn read_keys(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("--keys: cannot read {}", file.display()))
}

fn as_json(verified: &Verified) -> serde_json::Value {
    json!({
        "holds": true,
        "trusted_keys": verified.trusted_keys,
        "case": verified.manifest.case,
        "verification": verified.manifest.verification,
        "issuer": verified.manifest.iss,
        "signed_at": verified.manifest.iat,
        "evidence": verified.digest,
        "pictures": verified.pictures,
        "events": verified.events,
        "log_size": verified.checkpoint.size,
        "log_root": verified.checkpoint.root,
        "erased_at": verified.erased_at,
    })
}

fn lines(verified: &Verified) -> String {
    let keys = if verified.trusted_keys { "those given" } else { "the bundle's own: give --keys to see who signed it" };
    let record = match (&verified.erased_at, &verified.digest) {
        (Some(at), _) => format!("erased {at}: nothing to look at, and the log says that it was there"),
        (None, Some(_)) => format!("whole, {} pictures; its hash is in the log", verified.pictures),
        (None, None) => "none: the case was opened by an older version".to_owned(),
    };
    format!(
        "the bundle holds\ncase          {}\nverification  {}\nissuer        {}\nkeys          {keys}\nrecord        {record}\n\
         evidence      {}\nlog           {} events about it, of {}; root {}",
        verified.manifest.case,
        verified.manifest.verification,
        verified.manifest.iss,
        verified.digest.as_deref().unwrap_or("-"),
        verified.events,
        verified.checkpoint.size,
        verified.checkpoint.root,
    )
}
