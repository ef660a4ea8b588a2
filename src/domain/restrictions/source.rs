//! Who says so, and how long that may be trusted.

use std::time::Duration;

use crate::domain::kernel::time::Timestamp;

/// A source of restrictions and how old it may become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// When it was last brought up to date.
    pub refreshed_at: Timestamp,
    /// Past this age its silence proves nothing.
    pub max_age: Duration,
}

impl Source {
    /// Whether `name` can name a source: 1 to 64 of `a-z 0-9 - _ .`.
    pub fn is_name(name: &str) -> bool {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
        (1..=64).contains(&name.len()) && name.chars().all(allowed)
    }

    /// Whether a source may be trusted for so long: 1 minute to 366 days.
    pub fn is_max_age(age: Duration) -> bool {
        (Duration::from_mins(1)..=Duration::from_hours(366 * 24)).contains(&age)
    }

    /// Whether its silence can still be trusted at `now`; a refresh that lies in the future cannot.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.refreshed_at <= now && now.since(self.refreshed_at) <= self.max_age
    }
}
