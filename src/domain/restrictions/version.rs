//! States of what a source says, each taken in whole: one counts, the one before it is a step back, others wait or are gone.

use std::fmt;
use std::time::Duration;

use crate::domain::time::Timestamp;

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
    /// As columns and messages write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Delta => "delta",
        }
    }

    /// Reads [`VersionKind::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Snapshot, Self::Delta].into_iter().find(|kind| kind.as_str() == name)
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
    const ALL: [Self; 7] = [
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

/// Why a version waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// Far fewer rows than before: people would be let in.
    Shrank {
        /// Rows before.
        from: u64,
        /// Rows now.
        to: u64,
    },
    /// Far more rows than before: people would be kept out.
    Grew {
        /// Rows before.
        from: u64,
        /// Rows now.
        to: u64,
    },
    /// Too many rows were refused: who stands in them would be let in.
    BadRows {
        /// Refused rows.
        refused: u64,
        /// All rows.
        of: u64,
    },
}

impl Suspicion {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Shrank { .. } => "shrank",
            Self::Grew { .. } => "grew",
            Self::BadRows { .. } => "bad_rows",
        }
    }
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shrank { from, to } => write!(f, "it shrank from {from} rows to {to}"),
            Self::Grew { from, to } => write!(f, "it grew from {from} rows to {to}"),
            Self::BadRows { refused, of } => write!(f, "{refused} of {of} rows were refused"),
        }
    }
}

/// How far a version may differ before a person must look: shares from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// So much smaller than the version before.
    pub shrink: f64,
    /// So much larger.
    pub growth: f64,
    /// So many rows refused.
    pub bad_rows: f64,
}

impl Default for Tolerance {
    /// A tenth fewer, half as many more, and no bad row at all.
    fn default() -> Self {
        Self { shrink: 0.1, growth: 0.5, bad_rows: 0.0 }
    }
}

impl Tolerance {
    /// Fewer rows of difference than this are the everyday of a small source, unless nothing is left of it.
    const SMALL: u64 = 20;

    /// What is suspicious of `counts`; `before` is how many rows counted until now.
    pub fn judge(&self, before: Option<u64>, counts: Counts) -> Vec<Suspicion> {
        let mut suspicions = Vec::new();
        if let Some(from) = before {
            let to = counts.rows;
            let beyond =
                |difference: u64, share: f64| difference > Self::SMALL && difference as f64 > share * from as f64;
            if beyond(from.saturating_sub(to), self.shrink) || (to == 0 && from > 0) {
                suspicions.push(Suspicion::Shrank { from, to });
            }
            if beyond(to.saturating_sub(from), self.growth) {
                suspicions.push(Suspicion::Grew { from, to });
            }
        }
        let of = counts.added + counts.removed + counts.refused;
        if counts.refused as f64 > self.bad_rows * of as f64 {
            suspicions.push(Suspicion::BadRows { refused: counts.refused, of });
        }
        suspicions
    }
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
            key_generation: followed.map_or(0, |current| current.key_generation),
        }
    }

    /// The one of `versions` that is in this state; of staging, quarantined, current and previous there is one at most.
    pub fn in_state(versions: &[Self], state: VersionState) -> Option<&Self> {
        versions.iter().find(|version| version.state == state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn judged(before: Option<u64>, rows: u64, refused: u64) -> Vec<&'static str> {
        let counts = Counts { rows, added: rows, removed: 0, refused };
        Tolerance::default().judge(before, counts).iter().map(Suspicion::code).collect()
    }

    #[test]
    fn what_differs_too_much_waits_for_a_person() {
        assert!(judged(None, 5_000_000, 0).is_empty(), "the first is compared with nothing");
        assert!(judged(Some(1_000), 901, 0).is_empty());
        assert_eq!(judged(Some(1_000), 899, 0), ["shrank"]);
        assert!(judged(Some(1_000), 1_500, 0).is_empty());
        assert_eq!(judged(Some(1_000), 1_501, 0), ["grew"]);
        assert!(judged(Some(30), 11, 0).is_empty(), "a small source is on the move");
        assert_eq!(judged(Some(3), 0, 0), ["shrank"], "but never to nothing");
        assert_eq!(judged(None, 1_000, 1), ["bad_rows"]);
        let lenient = Tolerance { bad_rows: 0.01, ..Tolerance::default() };
        let counts = |refused| Counts { rows: 100, added: 100 - refused, removed: 0, refused };
        assert!(lenient.judge(None, counts(1)).is_empty());
        assert_eq!(lenient.judge(None, counts(2)), [Suspicion::BadRows { refused: 2, of: 100 }]);
    }

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

    proptest! {
        #[test]
        fn less_tolerance_never_finds_less(before in 0_u64..10_000, rows in 0_u64..10_000, refused in 0_u64..100,
            (shrink, growth, bad) in (0.0..1.0, 0.0..1.0, 0.0..1.0), less in 0.0..1.0) {
            let counts = Counts { rows, added: rows, removed: 0, refused };
            let strict = Tolerance { shrink: shrink * less, growth: growth * less, bad_rows: bad * less };
            let found = |tolerance: Tolerance| tolerance.judge(Some(before), counts).len();
            let lenient = Tolerance { shrink, growth, bad_rows: bad };
            prop_assert!(found(strict) >= found(lenient));
        }
    }
}
