//! `rastau registry versions`, `release`, `discard`, `rollback`

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::noted::Report;
use crate::app::dual_control::alone::expect_alone;
use crate::app::restrictions::registry::list::list_versions;
use crate::app::restrictions::registry::manage;
use crate::app::restrictions::registry::manage::ManageError;
use crate::app::restrictions::registry::tidy::tidy;
use crate::cli::{Context, operating_user, print, print_json};
use crate::domain::kernel::clock::Clock;
use crate::domain::ports::Store;
use crate::domain::restrictions::{Version, VersionState};
use crate::startup;

#[derive(Debug, clap::Args)]
pub(super) struct Named {
    /// The source's name
    source: String,
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

/// A source of which a version is decided about, and whether nobody else is asked.
#[derive(Debug, clap::Args)]
pub(super) struct Deciding {
    #[command(flatten)]
    named: Named,
    /// Do it without a second person, where the staff has some
    #[arg(long)]
    alone: bool,
}

pub(super) async fn list(context: &Context, named: &Named) -> anyhow::Result<ExitCode> {
    let store = startup::open_store(&context.config()?).await?;
    let versions = list_versions(store.as_ref(), &named.source).await?;
    if named.json {
        print_json(&versions.iter().map(shown).collect::<Vec<_>>())?;
    } else if versions.is_empty() {
        print(&format!("nothing was ever imported of source {}", named.source))?;
    } else {
        print(&versions.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn release(context: &Context, args: &Deciding) -> anyhow::Result<ExitCode> {
    let decision = async |store: &dyn Store, clock: &dyn Clock, source: &str, by: Value| {
        manage::release(store, clock, source, by).await
    };
    decide(context, args, "counts", decision).await
}

pub(super) async fn discard(context: &Context, args: &Deciding) -> anyhow::Result<ExitCode> {
    let decision = async |store: &dyn Store, clock: &dyn Clock, source: &str, by: Value| {
        manage::discard(store, clock, source, by).await
    };
    decide(context, args, "is dropped", decision).await
}

pub(super) async fn roll_back(context: &Context, args: &Deciding) -> anyhow::Result<ExitCode> {
    let decision = async |store: &dyn Store, clock: &dyn Clock, source: &str, by: Value| {
        manage::roll_back(store, clock, source, by).await
    };
    decide(context, args, "counts again", decision).await
}

async fn decide(
    context: &Context,
    Deciding { named, alone }: &Deciding,
    what: &str,
    decision: impl AsyncFnOnce(&dyn Store, &dyn Clock, &str, Value) -> Result<Version, ManageError>,
) -> anyhow::Result<ExitCode> {
    let store = startup::open_store(&context.config()?).await?;
    expect_alone(store.as_ref(), startup::clock().now(), *alone).await?;
    let by = json!({ "by": operating_user(), "alone": alone });
    let clock = startup::clock();
    let version = decision(store.as_ref(), clock.as_ref(), &named.source, by).await?;
    tidy(store.as_ref(), &named.source, |_, _| ())
        .await
        .context("it is done, but rows that count no more are still there; the next import removes them")?;
    if named.json {
        print_json(&shown(&version))?;
    } else {
        print(&format!("version {} of {} {what}: {}", version.number, version.source, line(&version)))?;
        if let Some(warning) = Report::of(&version).warning(&version).filter(|_| version.state == VersionState::Current)
        {
            print(&warning)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(version: &Version) -> String {
    let counts = version.counts;
    let mut text = format!(
        "{:>4}  {}  {}  made {}  {} rows, {} added, {} removed, {} refused",
        version.number,
        version.state.as_str(),
        version.kind.as_str(),
        version.as_of,
        counts.rows,
        counts.added,
        counts.removed,
        counts.refused
    );
    let report = Report::of(version);
    let noted = report.lines();
    for told in report.suspicions().chain(noted.iter().map(String::as_str)) {
        text.push_str("\n      ");
        text.push_str(told);
    }
    text
}

fn report(version: &Version) -> Value {
    serde_json::from_str(&version.report).unwrap_or_default()
}

fn shown(version: &Version) -> Value {
    json!({
        "number": version.number,
        "state": version.state.as_str(),
        "kind": version.kind.as_str(),
        "as_of": version.as_of.rfc3339(),
        "sha256": version.sha256,
        "rows": version.counts.rows,
        "added": version.counts.added,
        "removed": version.counts.removed,
        "refused": version.counts.refused,
        "report": report(version),
    })
}
