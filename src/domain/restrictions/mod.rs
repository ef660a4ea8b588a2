//! May they play: every ground that keeps a person out, and the rule that refuses whenever it cannot be sure.

mod ground;
mod judgement;
pub mod ports;
pub mod remote;
pub mod self_restriction;
mod source;
mod tolerance;
mod version;

pub use ground::Ground;
pub use judgement::{Permission, RegistryAnswer, judge};
pub use source::Source;
pub use tolerance::{Freed, Suspicion, Tolerance, Yardstick};
pub use version::{Counts, PersonKey, Position, Version, VersionKind, VersionState};

use crate::domain::kernel::time::Timestamp;

/// One restriction of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// Why.
    pub ground: Ground,
    /// The law or decision it rests on, as the source words it.
    pub legal_basis: String,
    /// From here on, inclusive.
    pub starts_at: Timestamp,
    /// Until here, exclusive; `None` while no end is known.
    pub ends_at: Option<Timestamp>,
    /// Which source says so.
    pub source: String,
    /// The source's own key of the record.
    pub source_key: String,
}

impl Restriction {
    /// Whether it holds at `now`.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.starts_at <= now && self.ends_at.is_none_or(|end| now < end)
    }
}
