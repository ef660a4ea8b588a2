//! States of what a source says, each taken in whole: one counts, the one before it is a step back, others wait or are gone.

use std::fmt;
use std::time::Duration;

use crate::domain::kernel::time::Timestamp;

/// A person as the registry knows them: a keyed hash of the IIN, which itself is not kept. Uniform over its 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonKey(pub [u8; 32]);

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(redacted)")
    }
}

/// Whether a version says everything or what has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionKind {
    /// Everything: who is not in it is not restricted by this source.
    Snapshot,
    /// What has begun and what has ended since the version before.
    Delta,
}

impl VersionKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Snapshot, Self::Delta];

    /// As columns and messages write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Delta => "delta",
        }
    }

    /// Reads [`VersionKind::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Where a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionState {
    /// Its rows are coming in; nobody sees them.
    Staging,
    /// All there, and suspicious: it waits for a person.
    Quarantined,
    /// What the source says.
    Current,
    /// What it said before: a step back.
    Previous,
    /// Counted once, and is more than one step back: rows that were its alone are being removed.
    Superseded,
    /// Undone, or never came to count: what it brought and took is being undone.
    Discarded,
    /// Only this record is left.
    Removed,
}

impl VersionState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Staging,
        Self::Quarantined,
        Self::Current,
        Self::Previous,
        Self::Superseded,
        Self::Discarded,
        Self::Removed,
    ];

    /// As columns and messages write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Quarantined => "quarantined",
            Self::Current => "current",
            Self::Previous => "previous",
            Self::Superseded => "superseded",
            Self::Discarded => "discarded",
            Self::Removed => "removed",
        }
    }

    /// Reads [`VersionState::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether its rows must stay.
    pub fn is_kept(self) -> bool {
        matches!(self, Self::Staging | Self::Quarantined | Self::Current | Self::Previous)
    }
}

/// How many rows, of which kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// That count in this version.
    pub rows: u64,
    /// That came with it.
    pub added: u64,
    /// That it took away.
    pub removed: u64,
    /// That were refused.
    pub refused: u64,
}

/// Where a source goes on after a version, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// What follows what was said.
    pub cursor: Option<String>,
    /// What was said last (RFC 9110 section 8.8.3).
    pub etag: Option<String>,
}

/// One state of what a source says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Whose.
    pub source: String,
    /// From 1 on, never given twice.
    pub number: u32,
    /// The oldest version whose rows count in it: itself for a snapshot.
    pub base: u32,
    /// Everything, or what has changed.
    pub kind: VersionKind,
    /// Where it stands.
    pub state: VersionState,
    /// When the source made it.
    pub as_of: Timestamp,
    /// How long after that it may be trusted.
    pub max_age: Duration,
    /// SHA-256 of what it was read from, hex; empty while it comes in.
    pub sha256: String,
    /// Its rows.
    pub counts: Counts,
    /// Why it waits or waited; and which rows were refused: JSON for people.
    pub report: String,
    /// Where its source goes on.
    pub position: Position,
    /// When its last rows came in.
    pub touched_at: Timestamp,
    /// When it came to count; `None` for one that never did, and for one that was gone back from.
    pub counted_at: Option<Timestamp>,
    /// Whether a person looked at it: let it count, or went back to it; or, where it counts no more at all, went back from it or dropped it.
    pub released: bool,
    /// Under which keys its rows find people; the same for all that count in it.
    pub key_generation: u32,
}

impl Version {
    /// The one after `versions`, which are all of `source`: staged at `now`, with nothing in it yet. Changes follow the one that
    /// counts, and its keys.
    pub fn next(
        source: &str,
        versions: &[Self],
        kind: VersionKind,
        (as_of, max_age): (Timestamp, Duration),
        now: Timestamp,
    ) -> Self {
        let number = versions.iter().map(|version| version.number).max().unwrap_or(0) + 1;
        let followed = Self::in_state(versions, VersionState::Current).filter(|_| kind == VersionKind::Delta);
        Self {
            source: source.to_owned(),
            number,
            base: followed.map_or(number, |current| current.base),
            kind,
            state: VersionState::Staging,
            as_of,
            max_age,
            sha256: String::new(),
            counts: Counts::default(),
            report: "{}".to_owned(),
            position: Position::default(),
            touched_at: now,
            counted_at: None,
            released: false,
            key_generation: followed.map_or(0, |current| current.key_generation),
        }
    }

    /// Whether a person went back from what this file says, or dropped it: it is not taken in again unseen.
    pub fn was_undone(&self, versions: &[Self]) -> bool {
        let is_undone = |known: &Self| known.released && known.counted_at.is_none();
        versions.iter().any(|known| is_undone(known) && known.kind == self.kind && known.sha256 == self.sha256)
    }

    /// The one of `versions` that is in this state; of staging, quarantined, current and previous there is one at most.
    pub fn in_state(versions: &[Self], state: VersionState) -> Option<&Self> {
        versions.iter().find(|version| version.state == state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_has_a_number_of_its_own_and_changes_follow_what_counts() {
        let at = Timestamp::from_seconds(0);
        let next = |versions: &[Version], kind| Version::next("debtors", versions, kind, (at, Duration::ZERO), at);
        let first = next(&[], VersionKind::Snapshot);
        assert_eq!((first.number, first.base), (1, 1));
        let current = Version { state: VersionState::Current, ..first };
        let gone = Version { number: 4, state: VersionState::Removed, ..current.clone() };
        let delta = next(&[gone.clone(), current.clone()], VersionKind::Delta);
        assert_eq!((delta.number, delta.base), (5, 1));
        assert_eq!(next(&[gone, current], VersionKind::Snapshot).base, 5);
    }

    #[test]
    fn names_read_back() {
        for state in VersionState::ALL {
            assert_eq!(VersionState::from_name(state.as_str()), Some(state));
        }
        assert_eq!(VersionKind::from_name("delta"), Some(VersionKind::Delta));
        assert_eq!(VersionState::from_name(""), None);
    }
}
