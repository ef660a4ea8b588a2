//! What a second factor is bound to its person by.

use serde::{Deserialize, Serialize};

use super::enrolment::HeldEnrolment;
use crate::domain::kernel::id::HoldId;
use crate::domain::kernel::time::Timestamp;

/// What was shown before the factor was bound, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundBy {
    /// The face alone: factors of before there was a second proof, and tokens while an enrolment is held.
    Face,
    /// The face, and a time in which nobody said "this was not me".
    Wait,
    /// The face, and a code sent to a contact of record.
    Contact,
}

impl BoundBy {
    /// Every proof, the weakest first.
    pub const ALL: [Self; 3] = [Self::Face, Self::Wait, Self::Contact];

    /// The proof as columns and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Face => "face",
            Self::Wait => "wait",
            Self::Contact => "contact",
        }
    }

    /// Reads [`BoundBy::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|proof| proof.as_str() == name)
    }
}

/// By what a stored factor is bound, and from when it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// What was shown.
    pub by: BoundBy,
    /// By which hold, and from when it counts; `None` for one that counts from the beginning.
    pub held: Option<(HoldId, Timestamp)>,
}

impl Binding {
    /// A factor that counts at once.
    pub fn at_once(by: BoundBy) -> Self {
        Self { by, held: None }
    }

    /// A factor that counts once this hold has passed.
    pub fn held(hold: &HeldEnrolment) -> Self {
        Self { by: BoundBy::Wait, held: Some((hold.id, hold.until)) }
    }

    /// A factor that was made once the held time of a recovery had passed, on a code of the contact. It counts at once, and goes
    /// with the recovery when that is disowned.
    pub fn recovered(hold: &HeldEnrolment) -> Self {
        Self { by: BoundBy::Contact, held: Some((hold.id, hold.until)) }
    }

    /// One that is put beside others: bound by the least of them, and of the hold that one of them is of. None beside nothing.
    pub fn beside(others: impl IntoIterator<Item = Self>) -> Option<Self> {
        others.into_iter().reduce(|one, other| Self { by: one.by.min(other.by), held: one.held.max(other.held) })
    }

    /// Whether the factor counts at `now`. Who ends a hold removes its factors: what is there and whose time has come counts.
    pub fn counts(&self, now: Timestamp) -> bool {
        self.held.is_none_or(|(_, from)| now >= from)
    }
}
