//! `rastau person`

mod forget_factors;
mod photo_directory;
mod photo_names;
mod reembed;
mod unlock;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{Context, print, print_json, row_report};
use crate::app::identity::import_people::{ImportPorts, PeopleImport, PeopleReport, import_people};
use crate::app::support::table::TableFormat;
use crate::cli::person::photo_directory::PhotoDirectory;
use crate::startup;

/// Fill the embedded population register, keep templates of ID photos current, end locks, forget lost factors
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Import people with their ID photos
    #[command(after_long_help = "\
The file is CSV in UTF-8 (or UTF-16 with its mark; commas, semicolons or tabs) or a workbook (.xlsx, of which the first
sheet that can be seen and has the columns is read). Its first line names the columns iin, name and photo in any order;
photo is a path inside --photos, found without regard to case, slashes and the form of letters where one file alone can
be meant. It may also name phone and email: contacts of record, an empty value for none; a file without
them leaves contacts as they are. Every photo must pass the gate of ID photos: JPEG, PNG, WebP or JPEG 2000 with exactly one
face, large and sharp enough; one that lies on its side or upside down is taken, and turned whenever it is used. People who are
known already are replaced.

IINs whose leading zeros a spreadsheet dropped are refused, unless --restore-zeros is given: then zeros are put back where that
makes a valid IIN of somebody born 2000 to 2009 and no other IIN of the file has kept its zero; the report names their lines.

Nothing is half-imported. Every row is judged first; each refused one gets a report line (line, column, code,
sentence). If any row is refused, nobody is imported, unless --skip-refused is given: then the good rows are,
all in one transaction. Exit code 1 whenever a row was refused.

Examples:
  rastau person import people.csv --photos photos/
  rastau person import people.csv --photos photos/ --skip-refused --json > report.json")]
    Import {
        /// The file: CSV or .xlsx
        file: PathBuf,
        /// The directory that photo paths start from; nothing outside it is read
        #[arg(long, value_name = "DIR")]
        photos: PathBuf,
        /// Import the good rows even though others are refused
        #[arg(long)]
        skip_refused: bool,
        /// Put back leading zeros of IINs that a spreadsheet dropped
        #[arg(long)]
        restore_zeros: bool,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
    },
    Reembed(reembed::Args),
    Unlock(unlock::Args),
    ForgetFactors(forget_factors::Args),
}

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Import { file, photos, skip_refused, restore_zeros, json } => {
            let import = |sandbox: bool| PeopleImport {
                format: TableFormat::named(&file.to_string_lossy()),
                restore_zeros,
                skip_refused,
                sandbox,
            };
            run_import(context, &file, &photos, import, json).await
        }
        Command::Reembed(args) => reembed::run(context, args).await,
        Command::Unlock(args) => unlock::run(context, args).await,
        Command::ForgetFactors(args) => forget_factors::run(context, args).await,
    }
}

async fn run_import(
    context: &Context,
    file: &Path,
    photos: &Path,
    import: impl FnOnce(bool) -> PeopleImport,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let shown = file.display();
    let reader = BufReader::new(File::open(file).with_context(|| format!("cannot read {shown}"))?);
    let photos = PhotoDirectory::open(photos)?;
    let store = startup::open_store(&config).await?;
    let faces = startup::faces::for_command(&config)?.engine;
    let clock = startup::clock();
    let ports = ImportPorts { store: store.as_ref(), faces: faces.as_ref(), clock: clock.as_ref(), photos: &photos };
    let import = import(config.sandbox.enabled);
    let bar =
        ProgressBar::new(0).with_style(ProgressStyle::with_template("{bar:32} {pos}/{len} photos judged, {eta} left")?);
    let report = import_people(ports, reader, import, |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    })
    .await;
    bar.finish_and_clear();
    let report = report.with_context(|| format!("{shown} was not imported"))?;
    if json {
        print_json(&json!({
            "imported": report.imported,
            "refused": row_report::json(&report.refused),
            "restored": report.restored,
            "sheet": report.sheet,
            "sha256": report.sha256,
        }))?;
    } else {
        print(&summary(&report, import))?;
    }
    Ok(if report.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn summary(report: &PeopleReport, import: PeopleImport) -> String {
    let mut imported = match report.imported {
        1 => "1 person was imported".to_owned(),
        many => format!("{many} people were imported"),
    };
    if let Some(sheet) = &report.sheet {
        imported = format!("{imported} from the sheet \"{}\"", row_report::printable(sheet));
    }
    if !report.restored.is_empty() {
        imported = format!("{imported}; lost zeros of IINs were put back in {}", row_report::places(&report.restored));
    }
    let refused = match report.refused.len() {
        0 => return imported,
        1 => "1 row was".to_owned(),
        many => format!("{many} rows were"),
    };
    let lines = row_report::lines(&report.refused);
    let advice = if import.skip_refused { "" } else { "; mend the file, or leave them out with --skip-refused" };
    let has_lost_zeros = report.refused.iter().any(|refusal| refusal.fault.code() == "iin_zeros_lost");
    let zeros = if has_lost_zeros && !import.restore_zeros {
        "; where a spreadsheet dropped zeros, --restore-zeros puts back those that can be proven"
    } else {
        ""
    };
    format!("{lines}\n{imported}; {refused} refused{advice}{zeros}")
}
