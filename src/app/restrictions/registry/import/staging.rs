//! Rows of a file that was read are staged, where nobody sees them.

use super::sorted::{Bucket, SortedRow};
use super::{ImportRegistryError, Watcher};
use crate::app::restrictions::registry::file::Change;
use crate::app::restrictions::registry::notes::{Notes, zeros_lost};
use crate::app::support::row_refusal::{RowFault, RowRefusal};
use crate::domain::kernel::clock::Clock;
use crate::domain::ports::Store;
use crate::domain::restrictions::{PersonKey, Restriction, Version, VersionKind};

/// Rows of one transaction: others who write wait some tenths of a second at most.
const AT_ONCE: usize = 5_000;
/// So many refused rows are kept with a version; whoever imports hears of each.
const KEPT_REFUSALS: usize = 1_000;

/// A file that was read to its end.
pub(in crate::app) struct Read {
    pub(super) buckets: Vec<Bucket>,
    pub(in crate::app) rows: u64,
    pub(in crate::app) refusals: Refusals,
    pub(in crate::app) notes: Notes,
    pub(in crate::app) sha256: String,
    /// Under which keys it finds people.
    pub(in crate::app) generation: u32,
}

/// Refused rows: all counted, the first kept.
#[derive(Default)]
pub(super) struct Refusals {
    pub(in crate::app) count: u64,
    pub(in crate::app) kept: Vec<RowRefusal>,
}

impl Refusals {
    pub(in crate::app) fn push(&mut self, refusal: RowRefusal, watcher: &mut dyn Watcher) {
        watcher.refused(&refusal);
        self.count += 1;
        if self.kept.len() < KEPT_REFUSALS {
            self.kept.push(refusal);
        }
    }
}

/// A version whose rows are all there.
pub(super) struct Staged {
    pub(in crate::app) version: Version,
    pub(in crate::app) people: u64,
    pub(in crate::app) refusals: Refusals,
    pub(in crate::app) notes: Notes,
}

/// Brings and takes its rows, some thousands in a transaction.
pub(in crate::app) async fn stage(
    store: &dyn Store,
    clock: &dyn Clock,
    mut version: Version,
    read: Read,
    watcher: &mut dyn Watcher,
) -> Result<Staged, ImportRegistryError> {
    let Read { buckets, rows: of, mut refusals, notes, .. } = read;
    let (mut people, mut done) = (0, 0);
    for bucket in buckets {
        let rows = bucket.rows().map_err(|error| ImportRegistryError::Scratch(error.to_string()))?;
        done += rows.len() as u64;
        let rows = if notes.bears_out_lost_zeros() { rows } else { with_kept_zeros(rows, &mut refusals, watcher) };
        let rows = without_repetitions(rows, &mut refusals, watcher);
        people += rows.chunk_by(|a, b| a.person == b.person).count() as u64;
        let mut rows = rows.into_iter();
        loop {
            let chunk: Vec<SortedRow> = rows.by_ref().take(AT_ONCE).collect();
            if chunk.is_empty() {
                break;
            }
            stage_some(store, clock, &mut version, chunk, &mut refusals, watcher).await?;
        }
        watcher.staged(done, of);
    }
    Ok(Staged { version, people, refusals, notes })
}

/// Without the rows whose IINs are said to have lost zeros: the file has kept some, so these lack another digit.
fn with_kept_zeros(rows: Vec<SortedRow>, refusals: &mut Refusals, watcher: &mut dyn Watcher) -> Vec<SortedRow> {
    let (unproven, kept): (Vec<SortedRow>, Vec<SortedRow>) = rows.into_iter().partition(|row| row.unproven_zeros > 0);
    for row in unproven {
        refusals.push(zeros_lost(row.line, 12 - row.unproven_zeros), watcher);
    }
    kept
}

/// A record that stands twice is taken as it stands first; the second is refused by its line.
fn without_repetitions(rows: Vec<SortedRow>, refusals: &mut Refusals, watcher: &mut dyn Watcher) -> Vec<SortedRow> {
    let mut kept: Vec<SortedRow> = Vec::with_capacity(rows.len());
    for row in rows {
        match kept.last() {
            Some(first) if first.person == row.person && first.change.source_key() == row.change.source_key() => {
                refusals.push(RowFault::Duplicate(first.line).at(row.line, "source_key"), watcher);
            }
            _ => kept.push(row),
        }
    }
    kept
}

async fn stage_some(
    store: &dyn Store,
    clock: &dyn Clock,
    version: &mut Version,
    rows: Vec<SortedRow>,
    refusals: &mut Refusals,
    watcher: &mut dyn Watcher,
) -> Result<(), ImportRegistryError> {
    let mut unit = store.begin().await?;
    if version.kind == VersionKind::Delta {
        let records: Vec<_> = rows.iter().map(|row| (row.person, row.change.source_key().to_owned())).collect();
        let taken = unit.withdraw_version_rows(version, &records).await?;
        version.counts.removed += taken.len() as u64;
        for (row, record) in rows.iter().zip(&records) {
            if matches!(row.change, Change::Remove(_)) && !taken.contains(record) {
                refusals.push(RowFault::NothingToRemove.at(row.line, "source_key"), watcher);
            }
        }
    }
    let brought = |row: SortedRow| match row.change {
        Change::Add(restriction) => Some((row.person, restriction)),
        Change::Remove(_) => None,
    };
    let brought: Vec<(PersonKey, Restriction)> = rows.into_iter().filter_map(brought).collect();
    version.counts.added += brought.len() as u64;
    version.touched_at = clock.now();
    unit.touch_version(version).await?;
    unit.add_version_rows(version, &brought).await?;
    unit.commit().await?;
    Ok(())
}
