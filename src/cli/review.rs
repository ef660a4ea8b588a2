//! `rastau review`: cases, and what staff decide about faces.

mod faces;

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;

use super::{Context, operating_user, print, print_json};
use crate::app::review::cases::{CaseSummary, MAX_LIST, list_cases, view_case};
use crate::domain::face::search::FaceHit;
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::startup;

/// Look at failed and doubtful attempts
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List cases, the newest first
    #[command(after_long_help = "\
Examples:
  rastau review list
  rastau review list --limit 200 --before 0199d6a0-7c1e-7000-8000-000000000001 --json")]
    List {
        /// How many at most, 1 to 200
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_LIST)))]
        limit: u32,
        /// Only cases older than this one
        #[arg(long, value_name = "ID")]
        before: Option<CaseId>,
        /// Print a JSON array instead of lines
        #[arg(long)]
        json: bool,
    },
    /// Show one case; the audit log keeps that it was seen
    #[command(after_long_help = "\
Writes the best frame to --frame, a new file of mode 0600. It is a person's face: delete it when done.

Examples:
  rastau review show 0199d6a0-7c1e-7000-8000-000000000001
  rastau review show 0199d6a0-7c1e-7000-8000-000000000001 --frame case.jpg --json")]
    Show {
        /// The case's id
        id: CaseId,
        /// Where to write the best frame; the file must not exist
        #[arg(long, value_name = "FILE")]
        frame: Option<PathBuf>,
        /// Print JSON instead of lines
        #[arg(long)]
        json: bool,
    },
    /// Note that the likeness of a case is innocent: these two are not held against each other again
    #[command(after_long_help = "\
For twins and chance likenesses, after somebody has looked. The verification of the case stays as it is; the player begins
a new one. The audit log keeps who decided.

Example:
  rastau review clear-face 0199d6a0-7c1e-7000-8000-000000000001")]
    ClearFace(faces::Decision),
    /// Make the face of a case a confirmed attacker's: it goes to review under whatever IIN it comes
    #[command(after_long_help = "\
Takes the best frame of the case. Refused when the frame shows the person of the ID photo held up before the camera: that
is the victim. The audit log keeps who decided.

Example:
  rastau review confirm-attack 0199d6a0-7c1e-7000-8000-000000000001 --json")]
    ConfirmAttack(faces::Decision),
    /// Take a confirmed attacker back
    #[command(after_long_help = "\
Running services let go of the face within seconds. The audit log keeps who decided.

Example:
  rastau review forget-attack 0199d6a0-7c1e-7000-8000-000000000001")]
    ForgetAttack(faces::Decision),
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let store = startup::open_store(&config).await?;
    match args.command {
        Command::List { limit, before, json } => {
            let cases = list_cases(store.as_ref(), limit, before).await?;
            if json {
                print_json(&cases)?;
            } else if cases.is_empty() {
                print("no cases")?;
            } else {
                print(&cases.iter().map(list_line).collect::<Vec<_>>().join("\n"))?;
            }
        }
        Command::ClearFace(decision) => faces::clear(store.as_ref(), &decision, &operating_user()).await?,
        Command::ConfirmAttack(decision) => {
            faces::confirm(&config, store.as_ref(), &decision, &operating_user()).await?;
        }
        Command::ForgetAttack(decision) => faces::forget(&config, store.as_ref(), &decision, &operating_user()).await?,
        Command::Show { id, frame, json } => {
            let clock = startup::clock();
            let case = view_case(store.as_ref(), clock.as_ref(), id, &operating_user(), None)
                .await?
                .with_context(|| format!("there is no case {id}"))?;
            if let Some(file) = &frame {
                let picture = case.frame.as_ref().context("this case has no frame")?;
                write_frame(file, picture)?;
            }
            let summary = CaseSummary::from(&case);
            if json {
                print_json(&summary)?;
            } else {
                print(&show_lines(&summary, case.frame.is_some()))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write_frame(file: &Path, picture: &SecretBytes) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let mut out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
        out.write_all(picture.expose())?;
        out.sync_all()
    };
    write().with_context(|| format!("--frame: cannot write {}", file.display()))
}

fn status(case: &CaseSummary) -> &'static str {
    case.status.as_str()
}

fn list_line(case: &CaseSummary) -> String {
    format!("{}  {}  {:8}  {}  {}", case.id, case.opened_at, status(case), case.operator, case.reasons.join(", "))
}

/// Whom the face was like: how they were seen, their id and the similarity.
fn likenesses(case: &CaseSummary) -> String {
    let line = |hit: &FaceHit| format!("{} {} ({:.3})", hit.kind.as_str(), hit.subject, hit.similarity);
    if case.face_hits.is_empty() {
        "nobody else".to_owned()
    } else {
        case.face_hits.iter().map(line).collect::<Vec<_>>().join(", ")
    }
}

fn show_lines(case: &CaseSummary, has_frame: bool) -> String {
    let score = |value: Option<f32>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
    let contested = case.contested.map_or(String::new(), |code| {
        // A line of somebody's words must not look like one of ours.
        let words = case.statement.as_ref().map_or("", SecretText::expose).replace(['\r', '\n'], "\n              ");
        format!("\ncontested     {code}\nstatement     {words}")
    });
    format!(
        "case          {}\nverification  {}\noperator      {}\nplayer        {}\nopened        {}\nstatus        {}\n\
         reasons       {}\nlike          {}\nsimilarity    {}\npresentation  {}\nquality       {}\nframes kept   {}\nbest frame    {}{contested}",
        case.id,
        case.verification,
        case.operator,
        case.player.as_deref().unwrap_or("not named"),
        case.opened_at,
        status(case),
        case.reasons.join(", "),
        likenesses(case),
        score(case.scores.similarity),
        score(case.scores.presentation),
        score(case.scores.quality),
        case.scores.frames,
        if has_frame { "kept; --frame FILE writes it" } else { "none" },
    )
}
