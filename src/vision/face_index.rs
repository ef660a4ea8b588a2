//! The index of faces that were seen: an exact scan over 8-bit vectors, all of them at each search
//! (docs/adr/0012-face-search.md says why no graph).

mod products;
mod table;

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

use async_trait::async_trait;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::domain::face::comparison::{ModelHash, Template};
use crate::domain::face::index::{FaceIndex, FaceIndexError};
use crate::domain::face::search::{Sighting, SightingKey};
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::time::Timestamp;
use table::{Code, Entry, IndexTable};

/// Rows changed in one go; searches wait so long at most.
const BATCH: usize = 1_000;
const NEVER: i64 = i64::MIN;

/// Scans every face for the nearest. Holds the templates of one model alone.
pub struct ScannedFaceIndex {
    model: ModelHash,
    table: Arc<RwLock<IndexTable>>,
    /// As many searches at once as there are cores: more would only make each other wait for memory.
    turns: Semaphore,
    size: AtomicUsize,
    synced_at: AtomicI64,
}

impl ScannedFaceIndex {
    /// An empty index of templates by `model`; at most `searches` run at once.
    pub fn new(model: ModelHash, searches: usize) -> Self {
        Self {
            model,
            table: Arc::default(),
            turns: Semaphore::new(searches.max(1)),
            size: AtomicUsize::new(0),
            synced_at: AtomicI64::new(NEVER),
        }
    }

    /// Changes the table on a thread that may wait.
    async fn change(&self, work: impl FnOnce(&mut IndexTable) + Send + 'static) -> Result<(), FaceIndexError> {
        let table = self.table.clone();
        let size = spawn_blocking(move || {
            let mut table = table.write().map_err(|_| FaceIndexError::Failed)?;
            work(&mut table);
            Ok(table.len())
        });
        let size = size.await.map_err(|_| FaceIndexError::Failed)??;
        self.size.store(size, Ordering::Relaxed);
        Ok(())
    }
}

#[async_trait]
impl FaceIndex for ScannedFaceIndex {
    async fn nearest(
        &self,
        probe: &Template,
        player: PlayerId,
        since: Timestamp,
        count: usize,
    ) -> Result<Vec<SightingKey>, FaceIndexError> {
        if *probe.model() != self.model {
            return Err(FaceIndexError::OtherModel);
        }
        let turn = self.turns.acquire().await.map_err(|_| FaceIndexError::Failed)?;
        let (table, code) = (self.table.clone(), Code::of(probe));
        let found = spawn_blocking(move || {
            let table = table.read().map_err(|_| FaceIndexError::Failed)?;
            Ok(table.nearest(&code, count, |entry| entry.counts(player, since)))
        });
        let found = found.await.map_err(|_| FaceIndexError::Failed)?;
        drop(turn);
        found
    }

    async fn apply(&self, sightings: Vec<Sighting>) -> Result<(), FaceIndexError> {
        let mut rest = sightings;
        while !rest.is_empty() {
            let batch: Vec<Sighting> = rest.drain(..BATCH.min(rest.len())).collect();
            let model = self.model.clone();
            self.change(move |table| {
                for sighting in &batch {
                    match &sighting.template {
                        Some(template) if *template.model() == model => {
                            table.put(Entry::of(sighting), template);
                        }
                        // Taken back, or of a model that is none of ours and so replaced one that was.
                        _ => table.remove(sighting.key),
                    }
                }
            })
            .await?;
        }
        Ok(())
    }

    async fn forget_before(&self, since: Timestamp) -> Result<(), FaceIndexError> {
        self.change(move |table| table.retain(|entry| entry.is_kept(since))).await
    }

    fn len(&self) -> usize {
        self.size.load(Ordering::Relaxed)
    }

    fn synced_at(&self) -> Option<Timestamp> {
        let at = self.synced_at.load(Ordering::Acquire);
        (at != NEVER).then(|| Timestamp::from_micros(at))
    }

    fn mark_synced(&self, at: Timestamp) {
        self.synced_at.store(at.micros(), Ordering::Release);
    }
}

impl fmt::Debug for ScannedFaceIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScannedFaceIndex({} faces, redacted)", self.len())
    }
}

#[cfg(test)]
mod tests;
