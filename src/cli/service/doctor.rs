//! `rastau doctor`

use std::fmt::Write as _;
use std::process::ExitCode;

use crate::cli::{Context, chain, print, print_json};
use crate::startup::inspection::{Finding, Verdict, inspect};

/// Check everything that the service needs, and say what to do about what is wrong
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Looks at the configuration, keys, runtime library, the sha256 of every model, web files, database, schema and
restriction sources. Changes nothing. Exit code 1 when anything is wrong.

Examples:
  rastau doctor
  rastau doctor --json | jq '.[] | select(.verdict == \"wrong\")'")]
pub(in crate::cli) struct Args {
    /// Print a JSON array instead of lines
    #[arg(long)]
    json: bool,
}

pub(in crate::cli) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let findings = match context.config() {
        Ok(config) => inspect(&config).await,
        Err(error) => {
            vec![Finding::wrong("configuration", chain(&error), "mend the keys named, then run `rastau config check`")]
        }
    };
    if args.json {
        print_json(&findings)?;
    } else {
        print(&lines(&findings))?;
    }
    let wrong = findings.iter().any(|finding| finding.verdict == Verdict::Wrong);
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn lines(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for finding in findings {
        let mark = match finding.verdict {
            Verdict::Good => "ok   ",
            Verdict::Wrong => "WRONG",
        };
        let detail = finding.detail.replace('\n', "; ");
        let _ = write!(text, "{mark}  {:width$}  {detail}", finding.name);
        if let Some(remedy) = &finding.remedy {
            let _ = write!(text, " -> {remedy}");
        }
        text.push('\n');
    }
    let wrong = findings.iter().filter(|finding| finding.verdict == Verdict::Wrong).count();
    let _ = match wrong {
        0 => write!(text, "All {} checks are good.", findings.len()),
        _ => write!(text, "{wrong} of {} checks are wrong.", findings.len()),
    };
    text
}
