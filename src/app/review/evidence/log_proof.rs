//! What the log has about somebody's matter, and the proof that it is in there.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::EvidenceError;
use crate::app::Services;
use crate::domain::audit::event::AuditEvent;
use crate::domain::audit::ports::AuditLog;
use crate::domain::audit::tree::{Climb, Hash, InclusionProof, Stretch, TILE, root};
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::oauth::credentials::Statement;
use crate::domain::ports::Store;

/// Subtrees whose roots are made in one transaction.
const AT_ONCE: u64 = 16;
/// Most events of one trail.
const MAX_TRAIL: u32 = 500;

/// An event and the proof that it is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenEvent {
    /// The event.
    pub event: AuditEvent,
    /// That it is there.
    pub proof: InclusionProof,
}

/// Events of one matter, in a log that is so long and has this root.
#[derive(Clone, Debug)]
pub struct Trail {
    /// In their order.
    pub events: Vec<ProvenEvent>,
    /// What the proofs lead to.
    pub checkpoint: Checkpoint,
    /// The same, signed by us.
    pub signed: String,
}

/// The log at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Whose log.
    pub iss: String,
    /// When, seconds since 1970.
    pub iat: i64,
    /// How many events.
    pub size: u64,
    /// The root of their tree, hex.
    pub root: String,
}

/// Keeps the roots of subtrees that became full; the log's tree can then be climbed anywhere. Returns how long the log is.
pub async fn extend_tree(store: &dyn Store) -> Result<u64, StoreError> {
    let mut unit = store.read().await?;
    let size = u64::try_from(unit.audit_head().await?.sequence).unwrap_or(0);
    drop(unit);
    let (mut level, mut below) = (0, size);
    while below >= TILE {
        let full = below / TILE;
        loop {
            let mut unit = store.read().await?;
            let done = unit.audit_tiles(level + 1).await?;
            if done >= full {
                break;
            }
            let until = full.min(done + AT_ONCE);
            let hashes = unit.audit_hashes(Stretch { level, from: done * TILE, until: until * TILE }).await?;
            drop(unit);
            let roots: Vec<Hash> = hashes.chunks(usize::try_from(TILE).unwrap_or(usize::MAX)).map(root).collect();
            let mut unit = store.begin().await?;
            unit.put_audit_tiles(level + 1, done, &roots).await?;
            unit.commit().await?;
        }
        (level, below) = (level + 1, full);
    }
    Ok(size)
}

/// Proves that the event at this place, counted from 0, is among the first `size`.
pub async fn prove(
    unit: &mut (impl AuditLog + ?Sized),
    place: u64,
    size: u64,
) -> Result<(InclusionProof, Hash), StoreError> {
    let missing = || StoreError::Corrupt("audit_event: an event is not in its log".to_owned());
    let mut climb = Climb::begin(place, size).ok_or_else(missing)?;
    loop {
        let (own, last) = climb.needs();
        let own = unit.audit_hashes(own).await?;
        let last = match last {
            Some(last) => unit.audit_hashes(last).await?,
            None => Vec::new(),
        };
        if let Some(done) = climb.take(own, last) {
            return Ok(done);
        }
    }
}

/// What the log has about a case and the verification that it is of.
pub async fn prove_trail_of_case(services: &Services, id: CaseId) -> Result<Trail, EvidenceError> {
    let found = services.store.read().await?.find_queued_case(id).await?;
    let verification = found.ok_or(EvidenceError::Unknown)?.case.verification;
    prove_trail(services, &[id.to_string(), verification.to_string()]).await
}

/// What the log has about `subjects`, each event with its proof.
pub async fn prove_trail(services: &Services, subjects: &[String]) -> Result<Trail, EvidenceError> {
    let size = extend_tree(services.store.as_ref()).await?;
    let mut unit = services.store.read().await?;
    let mut events = unit.audit_trail(subjects, MAX_TRAIL).await?;
    // What has come since is in the next checkpoint.
    events.retain(|event| u64::try_from(event.sequence).is_ok_and(|number| number <= size));
    let mut proven = Vec::with_capacity(events.len());
    let top = match size.checked_sub(1) {
        Some(last) => prove(unit.as_mut(), last, size).await?.1,
        None => root(&[]),
    };
    for event in events {
        let place = u64::try_from(event.sequence - 1).unwrap_or(0);
        let (proof, _) = prove(unit.as_mut(), place, size).await?;
        if proof.root(&event.hash) != Some(top) || event.compute_hash() != event.hash {
            return Err(EvidenceError::Tampered("an event of the log was changed"));
        }
        proven.push(ProvenEvent { event, proof });
    }
    let iat = services.clock.now().seconds();
    let checkpoint = Checkpoint { iss: services.policy.issuer.clone(), iat, size, root: hex::encode(top) };
    let signed = services.credentials.signer.state(Statement::AuditCheckpoint, &json!(checkpoint))?;
    Ok(Trail { events: proven, checkpoint, signed })
}
