//! What is written down first and delivered afterwards: how it stands, and when it is tried again.

use std::time::Duration;

use super::clock::Randomness;

/// A wait is longer by up to this share, so that what failed together does not come back together.
const JITTER: f64 = 0.2;

/// How a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// To be tried, for the first time or again.
    Pending,
    /// The receiver took it.
    Delivered,
    /// It is tried no more.
    Failed,
}

impl MessageState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    /// The state as columns and commands write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// Reads [`MessageState::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// How long to wait after try number `attempts` (from 1), of `waits` after each; `None` after the last.
pub fn wait(waits: &[Duration], attempts: u32, randomness: &dyn Randomness) -> Option<Duration> {
    let wait = waits.get(usize::try_from(attempts).ok()?.saturating_sub(1))?;
    let mut bytes = [0; 4];
    randomness.fill(&mut bytes);
    let share = f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX);
    Some(wait.mul_f64(1.0 + JITTER * share))
}
