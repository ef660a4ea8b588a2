//! What came of the checks, as lines or as JSON.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use serde::Serialize;
use serde_json::json;

use crate::cli::{print, print_json};

/// What came of one check.
#[derive(Debug, Serialize)]
struct Finding {
    /// Its stable name.
    check: String,
    /// What must hold.
    rule: String,
    /// What was wrong; `None` when it holds.
    wrong: Option<String>,
}

/// A check that waits for its turn.
pub(super) struct Check<'a> {
    name: &'static str,
    rule: &'static str,
    held: LocalBoxFuture<'a, Result<()>>,
}

impl<'a> Check<'a> {
    /// A check of this name, and what must hold.
    pub(super) fn new(name: &'static str, rule: &'static str, held: impl Future<Output = Result<()>> + 'a) -> Self {
        Self { name, rule, held: held.boxed_local() }
    }
}

/// All findings so far.
pub(super) struct Report {
    json: bool,
    only: Vec<String>,
    findings: Vec<Finding>,
}

impl Report {
    /// Of checks whose names begin with one of `only`, or of all.
    pub(super) fn new(json: bool, only: Vec<String>) -> Self {
        Self { json, only, findings: Vec::new() }
    }

    /// Makes one check and tells what came of it.
    pub(super) async fn check(&mut self, name: &str, rule: &str, held: impl Future<Output = Result<()>>) -> Result<()> {
        if !self.wants(name) {
            return Ok(());
        }
        let finding = finding(name, rule, held.await);
        self.tell(&finding)?;
        self.findings.push(finding);
        Ok(())
    }

    /// Makes several at once, for they mostly wait; tells each when it is over, and keeps them in their order.
    pub(super) async fn check_together(&mut self, checks: Vec<Check<'_>>) -> Result<()> {
        let wanted = checks.into_iter().filter(|check| self.wants(check.name)).enumerate();
        let under_way =
            wanted.map(|(place, check)| async move { (place, finding(check.name, check.rule, check.held.await)) });
        let mut under_way: FuturesUnordered<_> = under_way.collect();
        let mut over = Vec::new();
        while let Some((place, finding)) = under_way.next().await {
            self.tell(&finding)?;
            over.push((place, finding));
        }
        over.sort_by_key(|(place, _)| *place);
        self.findings.extend(over.into_iter().map(|(_, finding)| finding));
        Ok(())
    }

    /// The sum, and the exit code.
    pub(super) fn end(self) -> Result<ExitCode> {
        ensure!(!self.findings.is_empty(), "no check has such a name");
        let held = self.findings.iter().filter(|finding| finding.wrong.is_none()).count();
        let all = self.findings.len();
        if self.json {
            print_json(&json!({ "held": held, "checks": all, "findings": self.findings }))?;
        } else {
            print(&format!("{held} of {all} hold"))?;
        }
        Ok(if held == all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|begins| name.starts_with(begins.as_str()))
    }

    fn tell(&self, finding: &Finding) -> Result<()> {
        if self.json { Ok(()) } else { print(&line(finding)) }
    }
}

fn finding(name: &str, rule: &str, held: Result<()>) -> Finding {
    let wrong = held.err().map(|error| format!("{error:#}"));
    Finding { check: name.to_owned(), rule: rule.to_owned(), wrong }
}

fn line(finding: &Finding) -> String {
    match &finding.wrong {
        None => format!("holds  {:32} {}", finding.check, finding.rule),
        Some(why) => format!("WRONG  {:32} {}\n       {why}", finding.check, finding.rule),
    }
}
