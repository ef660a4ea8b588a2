//! `rastau keys generate`, `draw`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::print;
use crate::config::KeyKind;
use crate::startup;

/// Make keys
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Draw fresh keys and write them to a new file of mode 0600
    #[command(after_long_help = "\
Draws one encryption key, one look-up key, one key of pairwise subjects and one ES256 signing key. Never
overwrites a file: whoever loses the keys of a database has lost its people. Keep a copy offline.
Keys made with --sandbox carry a mark, and a production configuration refuses them.

Examples:
  rastau keys generate --out /etc/rastau/keys.toml
  rastau keys generate --sandbox --out keys.toml")]
    Generate {
        /// The file to write; it must not exist
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Mark the keys as a sandbox's
        #[arg(long)]
        sandbox: bool,
    },
    /// Print one fresh symmetric key, to be put into a key file by hand
    #[command(after_long_help = "\
In front of those of `encryption` it encrypts from then on; behind those of `registry` it is the one that
`rastau registry rekey` moves to. Nothing is written: the key is on your screen alone.

Example:
  rastau keys draw")]
    Draw,
}

pub(in crate::cli) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Command::Generate { out, sandbox } = args.command else {
        print(&startup::fresh_key())?;
        return Ok(ExitCode::SUCCESS);
    };
    let kind = if sandbox { KeyKind::Sandbox } else { KeyKind::Production };
    startup::generate_keys(kind)?.write_new(&out)?;
    print(&format!("wrote fresh {kind} keys to {}; keep a copy offline", out.display()))?;
    Ok(ExitCode::SUCCESS)
}
