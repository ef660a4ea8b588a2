//! Import what a source says: read once, sorted, staged where nobody sees it, then switched to at once, or kept for a person.

mod freed;
pub(in crate::app) mod sorted;
mod staging;

use std::io::{self, BufRead};
use std::time::Duration;

use serde_json::{Value, json};

use super::file::{Format, Record, Records};
use super::manage::{activate_version, confirm, event};
use super::notes::Notes;
use super::tidy::tidy;
use crate::app::restrictions::registry::import::freed::freed;
use crate::app::restrictions::registry::import::sorted::{SortedRow, Sorter};
use crate::app::restrictions::registry::import::staging::{Read, Refusals, Staged, stage};
use crate::app::support::row_refusal::RowRefusal;
use crate::app::support::table::TableError;
use crate::domain::audit::event::AuditKind;
use crate::domain::kernel::clock::Clock;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;
use crate::domain::restrictions::{
    Position, Source, Suspicion, Tolerance, Version, VersionKind, VersionState, Yardstick,
};

/// An import from which nothing was heard for so long has died.
pub const DEAD_AFTER: Duration = Duration::from_mins(2);

/// What is to be imported.
#[derive(Clone, Debug)]
pub struct RegistryImport {
    /// The source's name.
    pub source: String,
    /// Everything that it says, or what has changed.
    pub kind: VersionKind,
    /// How rows are written.
    pub format: Format,
    /// How long the file is, about, in bytes.
    pub length: u64,
    /// How long the file may be trusted.
    pub max_age: Duration,
    /// When the source made the file; now when not known.
    pub as_of: Option<Timestamp>,
    /// Whether a snapshot without rows is meant: it frees everybody whom the source had restricted.
    pub allow_empty: bool,
    /// How far it may differ from what counts before a person must look.
    pub tolerance: Tolerance,
    /// What the file's SHA-256 must be, hex.
    pub sha256: Option<String>,
    /// Where its source goes on after it, if it says.
    pub position: Position,
    /// The number of the version that counted when its source was asked, 0 for none; `None` when nobody asked.
    pub follows: Option<u32>,
}

/// Who looks on while a file is imported.
pub trait Watcher: Send {
    /// So many bytes were read.
    fn read(&mut self, _bytes: u64) {}
    /// A row was refused.
    fn refused(&mut self, _refusal: &RowRefusal) {}
    /// So many rows of so many are staged.
    fn staged(&mut self, _rows: u64, _of: u64) {}
    /// So many steps of so many are done of removing what counts no more; the file counts already.
    fn tidied(&mut self, _done: u64, _of: u64) {}
}

/// Nobody looks on: what is to be known is in the version's report.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Watcher for Unwatched {}

/// What became of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Imported {
    /// It counts.
    Counts {
        /// As it is kept.
        version: Version,
        /// Different people in the file.
        people: u64,
    },
    /// It is what counts already, to the byte: only its age is new.
    Unchanged(Version),
    /// It waits for a person, and what counted before it counts still.
    Waits {
        /// As it is kept.
        version: Version,
        /// Why.
        why: Vec<Suspicion>,
    },
}

/// Why nothing was imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportRegistryError {
    /// The source's name has other characters.
    #[error("a source name is 1 to 64 characters of a-z, 0-9, '-', '_' and '.'")]
    SourceName,
    /// Too short or too long.
    #[error("the greatest age of a source is 1m to 366d")]
    MaxAge,
    /// The file is said to come from the future.
    #[error("the file is dated {0}, which lies ahead")]
    FromTheFuture(Timestamp),
    /// A newer file was imported before.
    #[error("the file is dated {given}, but the source was refreshed at {known} already")]
    Outdated {
        /// The file's date.
        given: Timestamp,
        /// The source's last refresh.
        known: Timestamp,
    },
    /// No table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Not one good row.
    #[error("all {0} rows were refused, so nothing was imported")]
    Refused(u64),
    /// No rows at all.
    #[error("the file has no rows about people; if the source restricts nobody, say so with --allow-empty")]
    Empty,
    /// Another file than was meant, or half of it.
    #[error("the file's sha256 is {0}, another than it should be")]
    Sha256(String),
    /// Rows could not be put aside while they were sorted.
    #[error("rows cannot be put aside in the folder for temporary files: {0}")]
    Scratch(String),
    /// Changes of what is not there.
    #[error("changes need a snapshot before them, and none of source {0} counts")]
    NoSnapshot(String),
    /// Changes after changes that wait would leave these out.
    #[error("version {0} waits for a person; release or discard it first")]
    Waits(u32),
    /// Somebody else imports the same source.
    #[error("source {0} is being imported; an import that died is out of the way after {DEAD_AFTER:?}")]
    UnderWay(String),
    /// Others took in this or what follows it while the source was asked.
    #[error("another version has come to count since the source was asked")]
    Overtaken,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Imports a file, in memory that does not grow with it.
pub async fn import_registry(
    store: &dyn Store,
    clock: &dyn Clock,
    reader: impl BufRead + Send,
    import: &RegistryImport,
    watcher: &mut dyn Watcher,
) -> Result<Imported, ImportRegistryError> {
    if !Source::is_name(&import.source) {
        return Err(ImportRegistryError::SourceName);
    }
    if !Source::is_max_age(import.max_age) {
        return Err(ImportRegistryError::MaxAge);
    }
    let generation = generation(store, import).await?;
    let read = read(store, reader, import, generation, watcher)?;
    if import.sha256.as_ref().is_some_and(|wanted| !wanted.eq_ignore_ascii_case(&read.sha256)) {
        return Err(ImportRegistryError::Sha256(read.sha256));
    }
    match (read.rows, read.refusals.count) {
        (0, 0) if !import.allow_empty => return Err(ImportRegistryError::Empty),
        (0, refused @ 1..) => return Err(ImportRegistryError::Refused(refused)),
        _ => {}
    }
    let imported = match begin(store, clock, import, &read).await? {
        Begun::Staged(version) => {
            let staged = stage(store, clock, version, read, watcher).await?;
            finish(store, clock, import, staged).await?
        }
        Begun::Unchanged(version) => Imported::Unchanged(version),
    };
    tidy(store, &import.source, |done, of| watcher.tidied(done, of)).await?;
    Ok(imported)
}

/// Under which keys a file finds people: a whole one under the newest, changes under those of what they change.
async fn generation(store: &dyn Store, import: &RegistryImport) -> Result<u32, StoreError> {
    if import.kind == VersionKind::Snapshot {
        return Ok(store.key_generation());
    }
    let versions = store.read().await?.list_versions(&import.source).await?;
    Ok(Version::in_state(&versions, VersionState::Current).map_or(0, |current| current.key_generation))
}

fn read(
    store: &dyn Store,
    reader: impl BufRead,
    import: &RegistryImport,
    generation: u32,
    watcher: &mut dyn Watcher,
) -> Result<Read, ImportRegistryError> {
    let scratch = |error: io::Error| ImportRegistryError::Scratch(error.to_string());
    let mut records = Records::open(reader, import.format, &import.source, import.kind)?;
    // A workbook is packed: its rows are about so much longer.
    let length = import.length.saturating_mul(if import.format == Format::Workbook { 16 } else { 1 });
    let mut sorter = Sorter::new(&import.source, length).map_err(scratch)?;
    let (mut rows, mut refusals) = (0, Refusals::default());
    while let Some(record) = records.next_record()? {
        match record {
            Ok(Record { line, iin, unproven_zeros, change }) => {
                let person = store.person_key(&iin, generation)?;
                sorter.push(SortedRow { person, line, unproven_zeros, change }).map_err(scratch)?;
                rows += 1;
            }
            Err(refusal) => refusals.push(refusal, watcher),
        }
        watcher.read(records.bytes_read());
    }
    let (sha256, mut notes) = records.finish();
    let (refused, more) = notes.settle();
    for refusal in refused {
        refusals.push(refusal, watcher);
    }
    refusals.count += more;
    Ok(Read { buckets: sorter.finish().map_err(scratch)?, rows, refusals, notes, sha256, generation })
}

enum Begun {
    Staged(Version),
    Unchanged(Version),
}

/// Takes the next number, when nobody else is at it.
async fn begin(
    store: &dyn Store,
    clock: &dyn Clock,
    import: &RegistryImport,
    read: &Read,
) -> Result<Begun, ImportRegistryError> {
    loop {
        let now = clock.now();
        let as_of = import.as_of.unwrap_or(now);
        if as_of > now {
            return Err(ImportRegistryError::FromTheFuture(as_of));
        }
        let mut unit = store.begin().await?;
        let versions = unit.list_versions(&import.source).await?;
        let in_state = |state| Version::in_state(&versions, state);
        let (current, waiting) = (in_state(VersionState::Current), in_state(VersionState::Quarantined));
        if import.follows.is_some_and(|number| number != current.map_or(0, |current| current.number)) {
            return Err(ImportRegistryError::Overtaken);
        }
        if let Some(known) = current.map(|current| current.as_of).filter(|known| *known > as_of) {
            return Err(ImportRegistryError::Outdated { given: as_of, known });
        }
        let delta = import.kind == VersionKind::Delta;
        if delta && current.is_none() {
            return Err(ImportRegistryError::NoSnapshot(import.source.clone()));
        }
        // Moved to another key since the file was read: whom it names would not be found.
        if delta && current.is_some_and(|current| current.key_generation != read.generation) {
            return Err(ImportRegistryError::Overtaken);
        }
        let is_this = |version: &Version| version.kind == import.kind && version.sha256 == read.sha256;
        if let Some(waiting) = waiting.filter(|waiting| delta || is_this(waiting)) {
            return Err(ImportRegistryError::Waits(waiting.number));
        }
        let staging = in_state(VersionState::Staging);
        if staging.is_some_and(|staging| now.since(staging.touched_at) < DEAD_AFTER) {
            return Err(ImportRegistryError::UnderWay(import.source.clone()));
        }
        // What waits and what died make room.
        for left in [staging, waiting].into_iter().flatten() {
            unit.update_version(&Version { state: VersionState::Discarded, ..left.clone() }).await?;
        }
        let trust = (as_of, import.max_age);
        let unchanged = |current: &&Version| is_this(current) && current.counts.refused == read.refusals.count;
        if let Some(current) = current.filter(unchanged) {
            let confirmed = confirm(unit.as_mut(), current, trust, import.position.clone(), now).await?;
            unit.commit().await?;
            return Ok(Begun::Unchanged(confirmed));
        }
        if delta && (staging.is_some() || in_state(VersionState::Discarded).is_some()) {
            // Its rows would count among those of the changes.
            unit.commit().await?;
            tidy(store, &import.source, |_, _| ()).await?;
            continue;
        }
        let version = Version {
            sha256: read.sha256.clone(),
            position: import.position.clone(),
            key_generation: read.generation,
            ..Version::next(&import.source, &versions, import.kind, trust, now)
        };
        unit.insert_version(&version).await?;
        unit.commit().await?;
        return Ok(Begun::Staged(version));
    }
}

/// Lets it count, unless a person must look first.
async fn finish(
    store: &dyn Store,
    clock: &dyn Clock,
    import: &RegistryImport,
    staged: Staged,
) -> Result<Imported, ImportRegistryError> {
    let Staged { mut version, people, refusals, notes } = staged;
    let mut unit = store.begin().await?;
    let versions = unit.list_versions(&import.source).await?;
    let stands = versions.iter().any(|known| known.number == version.number && known.state == VersionState::Staging);
    if !stands {
        return Err(StoreError::Conflict.into());
    }
    let before = Version::in_state(&versions, VersionState::Current).map(|current| current.counts.rows);
    let base = if version.kind == VersionKind::Delta { before.unwrap_or(0) } else { 0 };
    version.counts.rows = (base + version.counts.added).saturating_sub(version.counts.removed);
    version.counts.refused = refusals.count;
    let now = clock.now();
    version.touched_at = now;
    let freed = freed(unit.as_mut(), &versions, &version, now).await?;
    let mut why = import.tolerance.judge(Yardstick::of(&versions, now), freed, version.counts);
    why.extend(version.was_undone(&versions).then_some(Suspicion::Undone));
    // A number with zeros put back names another person where it had lost something else: whoever knows the file looks.
    why.extend((notes.restored.count > 0).then_some(Suspicion::ZerosRestored { rows: notes.restored.count }));
    version.report = report(&why, &refusals, &notes).to_string();
    let Tolerance { shrink, growth, bad_rows } = import.tolerance;
    let told = json!({
        "people": people,
        "companies": notes.companies.count,
        "restored": notes.restored.count,
        "suspicions": why.iter().map(Suspicion::code).collect::<Vec<_>>(),
        "tolerance": { "shrink": shrink, "growth": growth, "bad_rows": bad_rows },
    });
    let imported = if why.is_empty() {
        let version = activate_version(unit.as_mut(), &versions, version, now).await?;
        unit.append_audit(&event(AuditKind::RegistryImported, &version, told, now)).await?;
        Imported::Counts { version, people }
    } else {
        version.state = VersionState::Quarantined;
        unit.update_version(&version).await?;
        unit.append_audit(&event(AuditKind::RegistryQuarantined, &version, told, now)).await?;
        Imported::Waits { version, why }
    };
    unit.commit().await?;
    Ok(imported)
}

/// For whoever releases it: no row's content, since rows are about people.
fn report(why: &[Suspicion], refusals: &Refusals, notes: &Notes) -> Value {
    let refused =
        |refusal: &RowRefusal| json!({ "line": refusal.line, "column": refusal.column, "code": refusal.fault.code() });
    let mut report = notes.json();
    let text = |one: &Suspicion| match one {
        Suspicion::ZerosRestored { .. } => format!("{one}: {}", notes.restored.places()),
        _ => one.to_string(),
    };
    report["suspicions"] = why.iter().map(|one| json!({ "code": one.code(), "text": text(one) })).collect();
    report["refused"] = refusals.kept.iter().map(refused).collect();
    report
}
