//! Audit events: every decision about a person, chained by hashes so that no edit, gap or reorder goes unseen.

mod kind;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;

pub use kind::AuditKind;

/// Domain separation: a hash of this chain is a hash of nothing else.
const CONTEXT: &[u8] = b"rastau audit event v1\0";

/// An event before it has a place in the chain. `subject` and `details` carry ids and codes, never an IIN or a score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAuditEvent {
    /// What.
    pub kind: AuditKind,
    /// When.
    pub at: Timestamp,
    /// What it is about: usually a verification's id.
    pub subject: String,
    /// More, as a JSON object.
    pub details: serde_json::Value,
}

impl NewAuditEvent {
    /// About an operator.
    pub fn of_operator(kind: AuditKind, operator: &OperatorId, details: serde_json::Value, at: Timestamp) -> Self {
        Self { kind, at, subject: operator.to_string(), details }
    }
}

/// An event in its place. The texts are kept as they were hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// 1, 2, 3 ... without a gap.
    pub sequence: i64,
    /// What, see [`AuditKind::as_str`].
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub subject: String,
    /// JSON text exactly as hashed.
    pub details: String,
    /// Hash of the event before; zeros for the first.
    pub previous: [u8; 32],
    /// Hash over everything above.
    pub hash: [u8; 32],
}

/// The end of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// The last event's number, 0 when there is none.
    pub sequence: i64,
    /// The last event's hash, zeros when there is none.
    pub hash: [u8; 32],
}

impl ChainHead {
    /// An empty chain.
    pub const EMPTY: Self = Self { sequence: 0, hash: [0; 32] };

    /// Gives `event` the next place.
    pub fn append(self, event: &NewAuditEvent) -> AuditEvent {
        let mut placed = AuditEvent {
            sequence: self.sequence + 1,
            kind: event.kind.as_str().to_owned(),
            at: event.at,
            subject: event.subject.clone(),
            details: event.details.to_string(),
            previous: self.hash,
            hash: [0; 32],
        };
        placed.hash = placed.compute_hash();
        placed
    }
}

impl AuditEvent {
    /// SHA-256 over the length-prefixed fields, so that no two different events share an encoding.
    pub fn compute_hash(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(CONTEXT);
        hasher.update(self.sequence.to_be_bytes());
        hasher.update(self.at.micros().to_be_bytes());
        for text in [&self.kind, &self.subject, &self.details] {
            hasher.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.update(self.previous);
        hasher.finalize().into()
    }
}

/// What is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// A number is missing or out of order.
    #[error("event {expected} is missing: found {found} in its place")]
    Gap {
        /// The number that was due.
        expected: i64,
        /// The number that came.
        found: i64,
    },
    /// The event was changed after it was written.
    #[error("event {0} was changed: its hash does not fit its content")]
    Edited(i64),
    /// The event does not follow the one before it.
    #[error("event {0} does not follow the event before it")]
    Unlinked(i64),
    /// The chain ends before (or after) the recorded head.
    #[error("the log ends at event {found}, but its head says {expected}")]
    Truncated {
        /// What the head says.
        expected: i64,
        /// Where the events end.
        found: i64,
    },
}

/// Walks a chain from its beginning, event by event.
#[derive(Debug)]
pub struct ChainWalk {
    head: ChainHead,
}

impl Default for ChainWalk {
    fn default() -> Self {
        Self { head: ChainHead::EMPTY }
    }
}

impl ChainWalk {
    /// Checks the next event.
    pub fn step(&mut self, event: &AuditEvent) -> Result<(), ChainFault> {
        let expected = self.head.sequence + 1;
        if event.sequence != expected {
            return Err(ChainFault::Gap { expected, found: event.sequence });
        }
        if event.compute_hash() != event.hash {
            return Err(ChainFault::Edited(event.sequence));
        }
        if event.previous != self.head.hash {
            return Err(ChainFault::Unlinked(event.sequence));
        }
        self.head = ChainHead { sequence: event.sequence, hash: event.hash };
        Ok(())
    }

    /// Compares the end with the recorded head.
    pub fn finish(self, head: ChainHead) -> Result<ChainHead, ChainFault> {
        if self.head == head {
            Ok(head)
        } else {
            Err(ChainFault::Truncated { expected: head.sequence, found: self.head.sequence })
        }
    }
}

/// Lower-case hex of a hash, for people.
pub fn hex(hash: &[u8; 32]) -> String {
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chain(length: usize) -> (Vec<AuditEvent>, ChainHead) {
        let mut head = ChainHead::EMPTY;
        let mut events = Vec::new();
        for number in 0..length {
            let event = head.append(&NewAuditEvent {
                kind: AuditKind::VerificationDecided,
                at: Timestamp::from_seconds(i64::try_from(number).unwrap()),
                subject: format!("verification {number}"),
                details: serde_json::json!({ "verdict": "approved" }),
            });
            head = ChainHead { sequence: event.sequence, hash: event.hash };
            events.push(event);
        }
        (events, head)
    }

    fn walk(events: &[AuditEvent], head: ChainHead) -> Result<ChainHead, ChainFault> {
        let mut walk = ChainWalk::default();
        for event in events {
            walk.step(event)?;
        }
        walk.finish(head)
    }

    #[test]
    fn an_untouched_chain_is_whole() {
        let (events, head) = chain(5);
        assert_eq!(walk(&events, head), Ok(head));
        assert_eq!(walk(&[], ChainHead::EMPTY), Ok(ChainHead::EMPTY));
    }

    proptest! {
        #[test]
        fn any_edit_gap_or_reorder_is_found(place in 0_usize..6, way in 0_u8..6) {
            let (mut events, head) = chain(6);
            match way {
                0 => events[place].subject.push('x'),
                1 => events[place].at = Timestamp::from_seconds(999),
                2 => { events.remove(place); }
                3 => { let other = (place + 1) % 6; events.swap(place, other); }
                // An edit whose hash was made to fit again breaks the link to the next one, or the head.
                4 => { events[place].details = "{}".into(); events[place].hash = events[place].compute_hash(); }
                _ => { events.truncate(place); }
            }
            prop_assert!(walk(&events, head).is_err());
        }
    }
}
