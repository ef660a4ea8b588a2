//! Walk the audit log from its first event to its head and find any edit, gap, reorder or cut.

use crate::domain::audit::event::{AuditEvent, ChainFault, ChainHead, ChainWalk};
use crate::domain::audit::ports::AuditLog;
use crate::domain::audit::tree::{Hash, Stretch, TILE, leaf, root};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::Store;

/// Events read at once: full subtrees of the log's tree.
const BATCH: u32 = 4 * TILE as u32;

/// Why the log is not, or could not be, found whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyAuditError {
    /// The log was tampered with.
    #[error(transparent)]
    Fault(#[from] ChainFault),
    /// The log is whole in itself, but another one than the head noted before belongs to.
    #[error("event {0} is not the one that was noted: the log was written anew")]
    Rewritten(i64),
    /// The log ends before the head noted before.
    #[error("the log ends at event {found}, but event {noted} was noted before: its end was cut off")]
    Shortened {
        /// The number noted.
        noted: i64,
        /// Where the log ends.
        found: i64,
    },
    /// A kept root of the log's tree is not that of its events: proofs would lead elsewhere.
    #[error("the root kept of subtree {place} at level {level} is not that of its events")]
    Tree {
        /// Of the subtree.
        level: u32,
        /// Which, from 0.
        place: u64,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Walks the whole log and returns its head. Who can write the database can write a whole new log; only a head `noted`
/// elsewhere before shows that. `progress` hears how many events were walked, and of how many.
pub async fn verify_audit(
    store: &dyn Store,
    noted: Option<ChainHead>,
    mut progress: impl FnMut(i64, i64),
) -> Result<ChainHead, VerifyAuditError> {
    let mut unit = store.read().await?;
    let mut head = unit.audit_head().await?;
    let mut walk = ChainWalk::default();
    let mut done = 0;
    let (mut leaves, mut roots) = (Vec::new(), Vec::new());
    loop {
        let events = unit.list_audit(done + 1, BATCH).await?;
        for event in &events {
            walk.step(event)?;
            compare(event, noted)?;
            done = event.sequence;
            leaves.push(leaf(&event.hash));
            if leaves.len() as u64 == TILE {
                roots.push(root(&leaves));
                leaves.clear();
            }
        }
        progress(done, head.sequence.max(done));
        if events.is_empty() {
            break;
        }
        if done > head.sequence {
            // Events that were appended since: the head has moved with them, or it lies.
            head = unit.audit_head().await?;
        }
    }
    let head = walk.finish(head)?;
    compare_tree(unit.as_mut(), roots).await?;
    match noted {
        Some(noted) if noted.sequence > head.sequence => {
            Err(VerifyAuditError::Shortened { noted: noted.sequence, found: head.sequence })
        }
        _ => Ok(head),
    }
}

/// Holds the roots that are kept against those of the events.
async fn compare_tree(unit: &mut (impl AuditLog + ?Sized), mut roots: Vec<Hash>) -> Result<(), VerifyAuditError> {
    let mut level = 1;
    while !roots.is_empty() {
        // Those that were kept: the tree may be some events behind.
        let until = unit.audit_tiles(level).await?.min(roots.len() as u64);
        let kept = unit.audit_hashes(Stretch { level, from: 0, until }).await?;
        if let Some(place) = kept.iter().zip(&roots).position(|(kept, true_one)| kept != true_one) {
            return Err(VerifyAuditError::Tree { level, place: place as u64 });
        }
        (level, roots) = (level + 1, roots.chunks_exact(TILE as usize).map(root).collect());
    }
    Ok(())
}

fn compare(event: &AuditEvent, noted: Option<ChainHead>) -> Result<(), VerifyAuditError> {
    match noted {
        Some(noted) if noted.sequence == event.sequence && noted.hash != event.hash => {
            Err(VerifyAuditError::Rewritten(event.sequence))
        }
        _ => Ok(()),
    }
}
