//! How much one person may be told: notices must not be a way to flood somebody.

use std::collections::BTreeSet;
use std::time::Duration;

use super::NoticeKind;
use crate::domain::identity::contact::Channel;
use crate::domain::kernel::time::Timestamp;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// What is counted together. Codes, which anybody can ask for, never use up what security needs, and no security notice what
/// another needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bucket(NoticeKind);

impl Bucket {
    /// Where a kind is counted.
    pub fn of(kind: NoticeKind) -> Self {
        Self(kind)
    }

    /// The kind that is counted.
    pub fn kind(self) -> NoticeKind {
        self.0
    }
}

/// Most notices of one kind over one channel, for a person and for an address alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticeLimits {
    /// Within an hour.
    pub an_hour: u32,
    /// Within a day.
    pub a_day: u32,
}

impl Default for NoticeLimits {
    fn default() -> Self {
        Self { an_hour: 5, a_day: 10 }
    }
}

impl NoticeLimits {
    /// How far back earlier notices count.
    pub const SPAN: Duration = DAY;

    /// Whether one more may be sent at `now`, after those of `earlier` (any order).
    ///
    /// # Errors
    /// How long until one may.
    pub fn allow(self, earlier: &[Timestamp], now: Timestamp) -> Result<(), Duration> {
        let wait = [(self.an_hour, HOUR), (self.a_day, DAY)]
            .into_iter()
            .map(|(most, span)| wait(earlier, most, span, now))
            .max()
            .unwrap_or_default();
        if wait.is_zero() { Ok(()) } else { Err(wait) }
    }
}

/// How long until fewer than `most` lie within `span`; zero when they do.
fn wait(earlier: &[Timestamp], most: u32, span: Duration, now: Timestamp) -> Duration {
    let mut within: Vec<Timestamp> = earlier.iter().copied().filter(|at| at.plus(span) > now).collect();
    within.sort_unstable_by(|a, b| b.cmp(a));
    let last = usize::try_from(most).unwrap_or(usize::MAX).checked_sub(1);
    // The oldest of the newest `most`: once that is out of the span, there is room.
    match last {
        None => span,
        Some(last) => within.get(last).map_or(Duration::ZERO, |at| at.plus(span).since(now)),
    }
}

/// What a deployer decided about notices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticePolicy {
    /// Against floods.
    pub limits: NoticeLimits,
    /// Channels that something is delivered over. A sandbox has all of them, and delivers to its own outbox.
    pub channels: BTreeSet<Channel>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + minutes * 60)
    }

    const LIMITS: NoticeLimits = NoticeLimits { an_hour: 2, a_day: 3 };

    #[test]
    fn an_hour_and_a_day_are_counted() {
        assert_eq!(LIMITS.allow(&[], at(0)), Ok(()));
        assert_eq!(LIMITS.allow(&[at(0)], at(1)), Ok(()));
        assert_eq!(LIMITS.allow(&[at(0), at(1)], at(2)), Err(Duration::from_mins(58)));
        assert_eq!(LIMITS.allow(&[at(1), at(0)], at(60)), Ok(()), "the first is an hour old");
        let day = [at(0), at(1), at(120)];
        assert_eq!(LIMITS.allow(&day, at(180)), Err(Duration::from_hours(21)));
        assert_eq!(LIMITS.allow(&day, at(24 * 60)), Ok(()));
        assert_eq!(NoticeLimits { an_hour: 0, a_day: 3 }.allow(&[], at(0)), Err(HOUR));
    }

    proptest! {
        #[test]
        fn whoever_waits_as_told_may_and_never_more_are_sent(gaps in prop::collection::vec(0_u64..90, 1..40)) {
            let mut sent: Vec<Timestamp> = Vec::new();
            let mut now = at(0);
            for gap in gaps {
                now = now.plus(Duration::from_mins(gap));
                match LIMITS.allow(&sent, now) {
                    Ok(()) => sent.push(now),
                    Err(wait) => {
                        prop_assert!(LIMITS.allow(&sent, now.plus(wait).minus(Duration::from_micros(1))).is_err());
                        prop_assert_eq!(LIMITS.allow(&sent, now.plus(wait)), Ok(()));
                    }
                }
                for (most, span) in [(2, HOUR), (3, DAY)] {
                    prop_assert!(sent.iter().filter(|at| at.plus(span) > now).count() <= most);
                }
            }
        }
    }
}
