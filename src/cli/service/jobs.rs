//! `rastau jobs`

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use serde_json::{Value, json};

use crate::app::jobs::Job;
use crate::app::jobs::list::list_jobs;
use crate::app::jobs::runner::Attempt;
use crate::cli::{Context, print, print_json};
use crate::domain::jobs::{JobResult, JobStatus};
use crate::domain::kernel::time::Timestamp;
use crate::startup;

/// Background jobs: what was done last, what is due next, and one of them at once
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List background jobs with their last run and the next
    #[command(after_long_help = "\
Reads the database alone: it tells of all replicas. A job that every replica does is noted once a minute, and whenever it begins
or ceases to fail.

Examples:
  rastau jobs list
  rastau jobs list --json | jq '.[] | select(.failures > 0)'")]
    List {
        /// Print a JSON array instead of lines
        #[arg(long)]
        json: bool,
    },
    /// Do one job now, due or not
    #[command(after_long_help = "\
Waits for its end. A job of one replica is done here while no replica holds it; the replicas then wait for the next time.
Exit code 1 when it is held, or does not do everything.

Examples:
  rastau jobs run retention
  rastau jobs run source:debtors")]
    Run {
        /// Which, as in `rastau jobs list`
        name: String,
    },
}

pub(in crate::cli) async fn run(context: &Context, args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::List { json } => list(context, *json).await,
        Command::Run { name } => run_one(context, name).await,
    }
}

async fn list(context: &Context, json: bool) -> anyhow::Result<ExitCode> {
    let store = startup::open_store(&context.config()?).await?;
    let jobs = list_jobs(store.as_ref()).await.context("the jobs cannot be read")?;
    let now = startup::clock().now();
    if json {
        print_json(&jobs.iter().map(|job| row(job, now)).collect::<Vec<_>>())?;
    } else if jobs.is_empty() {
        print("No job was begun yet: `rastau serve` does them.")?;
    } else {
        let width = jobs.iter().map(|job| job.name.len()).max().unwrap_or(0);
        let lines: Vec<String> = jobs.iter().map(|job| format!("{:width$}  {}", job.name, told(job, now))).collect();
        print(&lines.join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn row(job: &JobStatus, now: Timestamp) -> Value {
    let time = |at: Timestamp| at.rfc3339();
    let lease = job.lease.as_ref().filter(|lease| lease.until > now);
    json!({
        "name": job.name,
        "held_by": lease.map(|lease| &lease.holder),
        "held_until": lease.map(|lease| time(lease.until)),
        "begun_at": job.begun_at.map(time),
        "ended_at": job.last.as_ref().map(|end| time(end.at)),
        "result": job.last.as_ref().map(|end| end.result.as_str()),
        "failure": job.last.as_ref().and_then(|end| end.failure.as_ref()),
        "succeeded_at": job.succeeded_at.map(time),
        "due_at": time(job.due_at),
        "failures": job.failures,
    })
}

/// A job in a line.
fn told(job: &JobStatus, now: Timestamp) -> String {
    let last = match &job.last {
        None => "never ended".to_owned(),
        Some(end) => {
            let failure = end.failure.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            format!("{} {} ago{failure}", end.result.as_str(), span(now, end.at))
        }
    };
    let next = match &job.lease {
        Some(lease) if lease.until > now => format!("under way at {}", lease.holder),
        _ if job.is_asked_for || job.due_at <= now => "due now".to_owned(),
        _ => format!("due in {}", span(job.due_at, now)),
    };
    let failures = if job.failures > 1 { format!("; {} failures in a row", job.failures) } else { String::new() };
    format!("{last}, {next}{failures}")
}

fn span(later: Timestamp, earlier: Timestamp) -> String {
    match later.since(earlier).as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

async fn run_one(context: &Context, name: &str) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    startup::start_log(&config.log)?;
    let services = startup::services_for_command(&config).await?;
    let mut jobs = startup::jobs::of(&config, &services)?;
    let Some(job) = jobs.iter_mut().find(|job| job.name() == name) else {
        let names: Vec<&str> = jobs.iter().map(|job| job.name()).collect();
        bail!("there is no job {name:?} here; there is {}", names.join(", "));
    };
    let runner = startup::jobs::runner(&services);
    match runner.run_asked(job.as_mut() as &mut dyn Job).await.context("the job was not noted")? {
        Attempt::Ran(end) => {
            let why = end.failure.map(|why| format!(": {why}")).unwrap_or_default();
            print(&format!("{name} {}{why}", end.result.as_str()))?;
            Ok(if end.result == JobResult::Succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Attempt::NotBefore(then) => {
            bail!("a replica does {name} just now, and holds it until {}; try again later", then.rfc3339())
        }
    }
}
