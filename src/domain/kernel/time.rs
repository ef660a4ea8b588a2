//! Instants and days: UTC microseconds for what happened, Almaty dates for what the law counts.

use std::fmt;
use std::time::Duration;

use ::time::{Date, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};
use serde::{Deserialize, Serialize};

/// Almaty's offset from UTC in hours (the whole of Kazakhstan since 1 March 2024).
const ALMATY_HOURS: i8 = 5;

/// An instant: microseconds since 1970-01-01T00:00:00Z, as the database keeps it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since the Unix epoch; saturates.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This instant and `duration` more; saturates.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// This instant less `duration`; saturates.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros))
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The calendar day in Almaty (UTC+5), which turns over at Almaty midnight.
    pub fn almaty_date(self) -> Date {
        self.almaty().date()
    }

    /// As the clocks of Almaty show it.
    pub fn almaty(self) -> OffsetDateTime {
        let offset = UtcOffset::from_hms(ALMATY_HOURS, 0, 0).unwrap_or(UtcOffset::UTC);
        self.utc().to_offset(offset)
    }

    /// RFC 3339 in UTC, for people and interfaces.
    pub fn rfc3339(self) -> String {
        self.utc().format(&Rfc3339).unwrap_or_else(|_| self.0.to_string())
    }

    /// Reads an RFC 3339 instant.
    pub fn read_rfc3339(text: &str) -> Option<Self> {
        let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(instant.unix_timestamp_nanos() / 1_000).ok().map(Self)
    }

    fn utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

/// Reads a day as `2027-01-15`.
pub fn read_date(text: &str) -> Option<Date> {
    Date::parse(text, &::time::macros::format_description!("[year]-[month]-[day]")).ok()
}

/// The first instant of `date` in Almaty.
pub fn almaty_midnight(date: Date) -> Timestamp {
    let utc_midnight = date.midnight().assume_utc().unix_timestamp();
    Timestamp::from_seconds(utc_midnight - i64::from(ALMATY_HOURS) * 3_600)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::macros::{date, datetime};

    fn at(instant: OffsetDateTime) -> Timestamp {
        Timestamp::from_seconds(instant.unix_timestamp())
    }

    #[test]
    fn the_day_turns_over_at_almaty_midnight() {
        assert_eq!(at(datetime!(2026-11-21 18:59:59 UTC)).almaty_date(), date!(2026 - 11 - 21));
        assert_eq!(at(datetime!(2026-11-21 19:00:00 UTC)).almaty_date(), date!(2026 - 11 - 22));
        assert_eq!(almaty_midnight(date!(2026 - 11 - 22)), at(datetime!(2026-11-21 19:00:00 UTC)));
    }

    #[test]
    fn arithmetic_saturates_instead_of_wrapping() {
        let end = Timestamp::from_micros(i64::MAX);
        assert_eq!(end.plus(Duration::from_secs(1)), end);
        assert_eq!(Timestamp::from_micros(0).since(end), Duration::ZERO);
    }
}
