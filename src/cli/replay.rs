//! `rastau replay`

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use super::{Context, operating_user, print, print_json};
use crate::app::review::evidence::replay::{Replay, replay_case};
use crate::domain::face::judgement::FaceJudgement;
use crate::domain::kernel::id::CaseId;
use crate::startup;

/// What the command ends with when it could not judge: 1 says that something else would be decided.
pub(super) const COULD_NOT_TELL: u8 = 3;

/// Judge a case again: its sealed inputs go through the models, and the same rules
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Checks first that the sealed record is the one whose hash stands in the log. Pictures that were kept for comparison go
through the models again; of all other frames the sealed numbers are taken. What of its frames was seen in earlier captures,
and whom the face was like, is taken as it was sealed. The audit log keeps that it was done.

Exit code 0: the same is decided. 1: something else would be. 3: it cannot be judged again, and the last line says why:
erased, other models, nothing captured.

Examples:
  rastau replay 0199d6a0-7c1e-7000-8000-000000000001
  rastau replay 0199d6a0-7c1e-7000-8000-000000000001 --json")]
pub(super) struct Args {
    /// The case's id
    case: CaseId,
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let services = startup::services_for_command(&context.config()?).await?;
    let replay = replay_case(&services, args.case, &operating_user())
        .await
        .with_context(|| format!("case {} cannot be judged again", args.case))?;
    if args.json {
        print_json(&as_json(&replay))?;
    } else {
        print(&lines(&replay))?;
    }
    Ok(if replay.is_same() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_json(replay: &Replay) -> serde_json::Value {
    let difference = replay.largest_difference();
    json!({
        "same": replay.is_same(),
        "then": replay.then,
        "now": replay.now,
        "scores_then": replay.scores_then,
        "scores_now": replay.scores_now,
        "pictures": replay.pictures,
        "frames": replay.frames,
        "largest_difference": difference.map(|(of, by)| json!({ "of": of, "by": by })),
        "changed_models": replay.changed_models,
    })
}

fn lines(replay: &Replay) -> String {
    let verdict = if replay.is_same() { "the same is decided" } else { "SOMETHING ELSE would be decided" };
    let difference = replay.largest_difference();
    let difference = difference.map_or("-".to_owned(), |(of, by)| format!("{by:.6} ({of})"));
    let models = match replay.changed_models.as_slice() {
        [] => "as then".to_owned(),
        changed => format!("changed: {}", changed.join(", ")),
    };
    format!(
        "{verdict}\nthen          {}\nnow           {}\npictures      {} through the models again\nframes        {}\n\
         models        {models}\nmost apart    {difference}",
        said(&replay.then),
        said(&replay.now),
        replay.pictures,
        replay.frames,
    )
}

fn said(judgement: &FaceJudgement) -> String {
    match judgement {
        FaceJudgement::Passed => "passed".to_owned(),
        FaceJudgement::Retry(reason) => format!("once more: {}", reason.code()),
        FaceJudgement::Ended(outcome) => {
            let codes: Vec<&str> = outcome.codes().iter().map(|code| code.code()).collect();
            format!("{}: {}", outcome.verdict.as_str(), codes.join(", "))
        }
    }
}
