//! A source is followed: asked again and again, and what it says is taken in.

use std::io::BufReader;
use std::sync::Arc;
use std::time::Duration;

use super::feed::{Feed, FeedContent, FeedError, News};
use super::file::Format;
use super::import::{ImportRegistryError, Imported, RegistryImport, Unwatched, Watcher, import_registry};
use super::manage::confirm;
use crate::app::support::table::{FileKind, TableError};
use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;
use crate::domain::restrictions::{Suspicion, Tolerance, Version, VersionState};

/// So many files of one source are taken in without a pause between them.
const AT_A_STRETCH: usize = 1_000;

/// A source and how it is followed.
#[derive(Clone)]
pub struct Followed {
    /// Its name.
    pub source: String,
    /// Where its files come from.
    pub feed: Arc<dyn Feed>,
    /// How often it is asked.
    pub every: Duration,
    /// How long what it says may be trusted.
    pub max_age: Duration,
    /// How far it may change before a person must look.
    pub tolerance: Tolerance,
}

/// What came of asking once.
#[derive(Clone, Debug, PartialEq)]
pub enum Intake {
    /// It had nothing to say, or nothing more.
    Nothing,
    /// Nothing has changed: it is as fresh as this answer.
    Refreshed,
    /// A file was taken in, or waits.
    Imported(Box<Imported>),
}

impl Intake {
    /// Whether the source may have more to say at once.
    pub fn may_go_on(&self) -> bool {
        matches!(self, Self::Imported(imported) if matches!(**imported, Imported::Counts { .. }))
    }
}

/// Why nothing was taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// The source.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The file.
    #[error("{0}: {1}")]
    Import(String, ImportRegistryError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Asks until there is nothing more to take in, tells the log, and stops at the first fault.
///
/// # Errors
/// See [`IntakeError`]; what was taken in before counts.
pub async fn take_in_all(store: &dyn Store, clock: &dyn Clock, followed: &Followed) -> Result<(), IntakeError> {
    for _ in 0..AT_A_STRETCH {
        let taken = take_in(store, clock, followed, &mut Unwatched).await?;
        tell(&followed.source, &taken);
        if !taken.may_go_on() {
            break;
        }
    }
    Ok(())
}

/// Tells the log.
fn tell(source: &str, taken: &Intake) {
    let Intake::Imported(imported) = taken else { return };
    match imported.as_ref() {
        Imported::Counts { version, .. } => {
            tracing::info!(source, version = version.number, rows = version.counts.rows, "restrictions were taken in");
        }
        Imported::Waits { version, why } => {
            let why: Vec<&str> = why.iter().map(Suspicion::code).collect();
            tracing::error!(source, version = version.number, why = why.join(" "), "restrictions wait for a person");
        }
        Imported::Unchanged(_) => {}
    }
}

/// Asks once and takes in what is said.
pub async fn take_in(
    store: &dyn Store,
    clock: &dyn Clock,
    followed: &Followed,
    watcher: &mut dyn Watcher,
) -> Result<Intake, IntakeError> {
    let versions = store.read().await?.list_versions(&followed.source).await?;
    let in_state = |state| Version::in_state(&versions, state);
    let current = in_state(VersionState::Current);
    // What waits was said, too, and need not be said again.
    let last = in_state(VersionState::Quarantined).or(current);
    let position = last.map(|version| version.position.clone()).unwrap_or_default();
    match followed.feed.ask(&position).await? {
        News::Silent => Ok(Intake::Nothing),
        News::Unchanged if last.is_some() => refresh(store, clock, followed).await,
        // Of what, nobody here knows.
        News::Unchanged => {
            Err(FeedError::Disagreed("nothing has changed, it says, of what it never said".into()).into())
        }
        News::FeedContent(said) => {
            let follows = current.map_or(0, |current| current.number);
            import(store, clock, followed, said, follows, watcher).await
        }
    }
}

async fn refresh(store: &dyn Store, clock: &dyn Clock, followed: &Followed) -> Result<Intake, IntakeError> {
    let mut unit = store.begin().await?;
    let versions = unit.list_versions(&followed.source).await?;
    let current = Version::in_state(&versions, VersionState::Current);
    // While something waits, what counts is known to be behind: its age goes on.
    let waits = Version::in_state(&versions, VersionState::Quarantined).is_some();
    let Some(current) = current.filter(|_| !waits) else { return Ok(Intake::Nothing) };
    let now = clock.now();
    let trust = (now.max(current.as_of), followed.max_age);
    confirm(unit.as_mut(), current, trust, current.position.clone(), now).await?;
    unit.commit().await?;
    Ok(Intake::Refreshed)
}

async fn import(
    store: &dyn Store,
    clock: &dyn Clock,
    followed: &Followed,
    said: FeedContent,
    follows: u32,
    watcher: &mut dyn Watcher,
) -> Result<Intake, IntakeError> {
    let wanted = RegistryImport {
        source: followed.source.clone(),
        kind: said.kind,
        format: said.format,
        length: said.length,
        max_age: followed.max_age,
        as_of: said.as_of,
        // A source that says of itself that it restricts nobody is looked at as one that shrank to nothing.
        allow_empty: true,
        tolerance: followed.tolerance,
        sha256: Some(said.sha256),
        position: said.position,
        follows: Some(follows),
    };
    let outcome = match said.format {
        // Its strings would be held in memory, in the process that serves players.
        Format::Workbook => Err(TableError::Kind(FileKind::Workbook).into()),
        _ => import_registry(store, clock, BufReader::new(said.file), &wanted, watcher).await,
    };
    match &outcome {
        Err(error) if may_pass(error) => {}
        Err(error) => followed.feed.settle(&said.name, false, &error.to_string()).await?,
        Ok(imported) => followed.feed.settle(&said.name, true, &report(imported)).await?,
    }
    outcome.map(|imported| Intake::Imported(Box::new(imported))).map_err(|error| IntakeError::Import(said.name, error))
}

/// Whether the same file may be taken in later.
fn may_pass(error: &ImportRegistryError) -> bool {
    use ImportRegistryError as E;
    matches!(
        error,
        E::Store(_)
            | E::UnderWay(_)
            | E::Waits(_)
            | E::Overtaken
            | E::Scratch(_)
            | E::FromTheFuture(_)
            | E::NoSnapshot(_)
    )
}

fn report(imported: &Imported) -> String {
    let (what, version) = match imported {
        Imported::Counts { version, .. } => ("counts", version),
        Imported::Unchanged(version) => ("is what counts already", version),
        Imported::Waits { version, .. } => ("waits for a person", version),
    };
    format!("version {} {what}: {}", version.number, version.report)
}
