//! `rastau review clear-face`, `confirm-attack` and `forget-attack`: what staff make of a likeness.

use anyhow::{Result, anyhow};
use serde_json::json;

use crate::app::review::attacker::{CaseError, Desk};
use crate::app::review::clear_face::clear_face;
use crate::cli::{print, print_json};
use crate::config::Config;
use crate::domain::kernel::id::CaseId;
use crate::domain::ports::Store;
use crate::startup;

/// A case and how to answer.
#[derive(Debug, clap::Args)]
pub(super) struct Decision {
    /// The case's id
    case: CaseId,
    /// Print JSON instead of a line
    #[arg(long)]
    json: bool,
}

pub(super) async fn clear(store: &dyn Store, decision: &Decision, by: &str) -> Result<()> {
    let clock = startup::clock();
    let with = told(clear_face(store, clock.as_ref(), decision.case, by).await)?;
    let line =
        format!("cleared: the player and those they were like ({with}) are not held against each other any more");
    answer(decision, &line, &json!({ "case": decision.case, "cleared_with": with }))
}

pub(super) async fn confirm(config: &Config, store: &dyn Store, decision: &Decision, by: &str) -> Result<()> {
    let faces = startup::faces::for_command(config)?;
    let no_match_below = startup::calibration::thresholds(config, faces.engine.embedder())?.no_match_below;
    let (clock, randomness) = (startup::clock(), startup::randomness());
    let desk = Desk { store, clock: clock.as_ref(), randomness: randomness.as_ref(), by };
    told(desk.confirm_attack(faces.engine.as_ref(), no_match_below, decision.case).await)?;
    let line = "confirmed: this face goes to review under whatever IIN it comes";
    answer(decision, line, &json!({ "case": decision.case, "attacker": true }))
}

pub(super) async fn forget(config: &Config, store: &dyn Store, decision: &Decision, by: &str) -> Result<()> {
    let faces = startup::faces::for_command(config)?;
    let (clock, randomness) = (startup::clock(), startup::randomness());
    let desk = Desk { store, clock: clock.as_ref(), randomness: randomness.as_ref(), by };
    told(desk.forget_attack(faces.engine.embedder(), decision.case).await)?;
    let line = "taken back: this face is no attacker's any more";
    answer(decision, line, &json!({ "case": decision.case, "attacker": false }))
}

/// The refusal with its stable code in front.
fn told<T>(result: std::result::Result<T, CaseError>) -> Result<T> {
    result.map_err(|error| anyhow!("{}: {error}", error.code()))
}

fn answer(decision: &Decision, line: &str, value: &serde_json::Value) -> Result<()> {
    if decision.json { print_json(value) } else { print(line) }
}
