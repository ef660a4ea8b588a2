//! A source is followed: asked again and again, and what it says is taken in.

use std::io::BufReader;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::feed::{Feed, FeedError, News, Said};
use super::import::{ImportRegistryError, Imported, RegistryImport, Watcher, import_registry};
use super::manage::{event, in_state};
use crate::app::row_refusal::RowRefusal;
use crate::domain::audit::AuditKind;
use crate::domain::ports::{Clock, Store, StoreError};
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
pub enum Taken {
    /// It had nothing to say, or nothing more.
    Nothing,
    /// Nothing has changed: it is as fresh as this answer.
    Refreshed,
    /// A file was taken in, or waits.
    Imported(Box<Imported>),
}

/// Why nothing was taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TakeError {
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

/// Follows for as long as the service runs.
pub async fn keep_following(store: Arc<dyn Store>, clock: Arc<dyn Clock>, followed: Followed) {
    loop {
        for _ in 0..AT_A_STRETCH {
            if !goes_on(&followed, take_in_aside(&store, &clock, &followed).await) {
                break;
            }
        }
        tokio::time::sleep(followed.every).await;
    }
}

/// Whether there may be more at once.
fn goes_on(followed: &Followed, taken: Result<Taken, TakeError>) -> bool {
    let source = followed.source.as_str();
    let imported = match taken {
        Ok(Taken::Imported(imported)) => *imported,
        Ok(Taken::Nothing | Taken::Refreshed) => return false,
        Err(error) => {
            tracing::error!(source, %error, "a source of restrictions is not taken in; its age goes on");
            return false;
        }
    };
    match imported {
        Imported::Counts { version, .. } => {
            tracing::info!(source, version = version.number, rows = version.counts.rows, "restrictions were taken in");
            true
        }
        Imported::Waits { version, why } => {
            let why: Vec<&str> = why.iter().map(Suspicion::code).collect();
            tracing::error!(source, version = version.number, why = why.join(" "), "restrictions wait for a person");
            false
        }
        // A folder may hold the next file.
        Imported::Unchanged(_) => true,
    }
}

/// On a thread of its own: reading and sorting millions of rows must not hold up those who are being served.
async fn take_in_aside(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    followed: &Followed,
) -> Result<Taken, TakeError> {
    let (store, clock, followed) = (store.clone(), clock.clone(), followed.clone());
    let runtime = tokio::runtime::Handle::current();
    let aside = tokio::task::spawn_blocking(move || {
        runtime.block_on(take_in(store.as_ref(), clock.as_ref(), &followed, &mut Nobody))
    });
    aside.await.unwrap_or_else(|error| Err(StoreError::Unavailable(error.to_string()).into()))
}

struct Nobody;

impl Watcher for Nobody {
    fn read(&mut self, _: u64) {}
    fn refused(&mut self, _: &RowRefusal) {}
    fn staged(&mut self, _: u64, _: u64) {}
    fn tidied(&mut self, _: u64, _: u64) {}
}

/// Asks once and takes in what is said.
pub async fn take_in(
    store: &dyn Store,
    clock: &dyn Clock,
    followed: &Followed,
    watcher: &mut dyn Watcher,
) -> Result<Taken, TakeError> {
    let versions = store.read().await?.list_versions(&followed.source).await?;
    let current = in_state(&versions, VersionState::Current);
    let position = current.map(|version| version.position.clone()).unwrap_or_default();
    match followed.feed.ask(&position).await? {
        News::Silent => Ok(Taken::Nothing),
        News::Unchanged if current.is_some() => refresh(store, clock, followed).await,
        // Of what, nobody here knows.
        News::Unchanged => {
            Err(FeedError::Disagreed("nothing has changed, it says, of what it never said".into()).into())
        }
        News::Said(said) => import(store, clock, followed, said, watcher).await,
    }
}

async fn refresh(store: &dyn Store, clock: &dyn Clock, followed: &Followed) -> Result<Taken, TakeError> {
    let mut unit = store.begin().await?;
    let versions = unit.list_versions(&followed.source).await?;
    let Some(current) = in_state(&versions, VersionState::Current) else { return Ok(Taken::Nothing) };
    // While something waits, what counts is known to be behind: its age goes on.
    if in_state(&versions, VersionState::Quarantined).is_some() {
        return Ok(Taken::Nothing);
    }
    let now = clock.now();
    let again = Version { as_of: now.max(current.as_of), max_age: followed.max_age, ..current.clone() };
    unit.update_version(&again).await?;
    unit.let_count(&again).await?;
    unit.append_audit(&event(AuditKind::RegistryImported, &again, json!({ "unchanged": true }), now)).await?;
    unit.commit().await?;
    Ok(Taken::Refreshed)
}

async fn import(
    store: &dyn Store,
    clock: &dyn Clock,
    followed: &Followed,
    said: Said,
    watcher: &mut dyn Watcher,
) -> Result<Taken, TakeError> {
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
    };
    let outcome = import_registry(store, clock, BufReader::new(said.file), &wanted, watcher).await;
    match &outcome {
        Err(error) if may_pass(error) => {}
        Err(error) => followed.feed.settle(&said.name, false, &error.to_string()).await?,
        Ok(imported) => followed.feed.settle(&said.name, true, &report(imported)).await?,
    }
    outcome.map(|imported| Taken::Imported(Box::new(imported))).map_err(|error| TakeError::Import(said.name, error))
}

/// Whether the same file may be taken in later.
fn may_pass(error: &ImportRegistryError) -> bool {
    use ImportRegistryError as E;
    matches!(error, E::Store(_) | E::UnderWay(_) | E::Waits(_) | E::Scratch(_) | E::FromTheFuture(_) | E::NoSnapshot(_))
}

fn report(imported: &Imported) -> String {
    let (what, version) = match imported {
        Imported::Counts { version, .. } => ("counts", version),
        Imported::Unchanged(version) => ("is what counts already", version),
        Imported::Waits { version, .. } => ("waits for a person", version),
    };
    format!("version {} {what}: {}", version.number, version.report)
}
