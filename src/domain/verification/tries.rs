//! What strangers try, and what is kept of it, counted by the browser and by the address that it comes from, so that one of them cannot go on for ever.
//!
//! Everything is counted alike whoever is named, known to the register or not: a count that told them apart would be what it
//! is there to prevent.

use std::time::Duration;

use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::time::Timestamp;

/// Counts older than this are of no period any more, and go.
pub const TERM: Duration = DAY;
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
/// Rejected faces that are remembered of one browser, and of one address, a day.
const FACES_OF_DEVICE: u32 = 3;
const FACES_OF_ADDRESS: u32 = 20;
/// Captures that are forgiven to one browser, and to one address, an hour.
const LOST_OF_DEVICE: u32 = 2;
const LOST_OF_ADDRESS: u32 = 20;

/// By what tries are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TriedBy {
    /// A browser, by the hash of the token in its cookie.
    Device(HandleHash),
    /// An address, by its keyed hash.
    Address(HandleHash),
}

impl TriedBy {
    /// The kind as columns and the audit log write it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Device(_) => "device",
            Self::Address(_) => "address",
        }
    }

    /// What tells it from others of its kind.
    pub fn hash(&self) -> HandleHash {
        match self {
            Self::Device(hash) | Self::Address(hash) => *hash,
        }
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tried {
    /// To be somebody: an IIN that was named, a capture that did not succeed.
    ToBeSomebody,
    /// A rejected face that is remembered.
    RejectedFace,
    /// The recording of a clear refusal that is kept.
    Recording,
    /// A capture that is forgiven: it came to nothing for want of the engine, was followed to the other side throughout, or was given
    /// up since the camera was taken away. Who brings that about themselves could have each challenge that does not suit them forgiven.
    LostCapture,
}

impl Tried {
    /// As columns and the audit log write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ToBeSomebody => "to_be_somebody",
            Self::RejectedFace => "rejected_face",
            Self::Recording => "recording",
            Self::LostCapture => "lost_capture",
        }
    }

    fn period(self) -> Duration {
        match self {
            Self::ToBeSomebody | Self::LostCapture => HOUR,
            Self::RejectedFace | Self::Recording => DAY,
        }
    }

    /// When the period of `now` began: every full hour, or every day.
    pub fn period_of(self, now: Timestamp) -> Timestamp {
        let period = i64::try_from(self.period().as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(now.micros().div_euclid(period).saturating_mul(period))
    }

    /// How long until the next one begins.
    pub fn wait(self, now: Timestamp) -> Duration {
        self.period_of(now).plus(self.period()).since(now)
    }
}

/// Who asks, as far as can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asker {
    /// The browser.
    pub device: Option<HandleHash>,
    /// The address.
    pub address: Option<HandleHash>,
}

impl Asker {
    /// By what they are counted: the browser first, which is the order that counts are held in.
    pub fn counted_by(self) -> impl Iterator<Item = TriedBy> {
        self.device.map(TriedBy::Device).into_iter().chain(self.address.map(TriedBy::Address))
    }
}

/// How much is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryLimits {
    /// Tries to be somebody, of one browser an hour.
    pub device_an_hour: u32,
    /// The same of one address, behind which many may sit.
    pub address_an_hour: u32,
    /// Recordings of clear refusals that are kept of one browser a day; each has some 0.7 MB.
    pub device_recordings_a_day: u32,
    /// The same of one address.
    pub address_recordings_a_day: u32,
}

impl Default for TryLimits {
    fn default() -> Self {
        Self { device_an_hour: 20, address_an_hour: 300, device_recordings_a_day: 20, address_recordings_a_day: 200 }
    }
}

impl TryLimits {
    /// How many of `what` may come from `by` in one period.
    pub fn of(&self, by: &TriedBy, what: Tried) -> u32 {
        match (what, by) {
            (Tried::ToBeSomebody, TriedBy::Device(_)) => self.device_an_hour,
            (Tried::ToBeSomebody, TriedBy::Address(_)) => self.address_an_hour,
            (Tried::RejectedFace, TriedBy::Device(_)) => FACES_OF_DEVICE,
            (Tried::RejectedFace, TriedBy::Address(_)) => FACES_OF_ADDRESS,
            (Tried::Recording, TriedBy::Device(_)) => self.device_recordings_a_day,
            (Tried::Recording, TriedBy::Address(_)) => self.address_recordings_a_day,
            (Tried::LostCapture, TriedBy::Device(_)) => LOST_OF_DEVICE,
            (Tried::LostCapture, TriedBy::Address(_)) => LOST_OF_ADDRESS,
        }
    }

    /// Whether `tries` leave no room for another one. A browser on which somebody proved themselves before (`proven`) is not
    /// held up by its address: else one stranger could use it up for all who sit behind it.
    pub fn is_full(&self, by: &TriedBy, what: Tried, tries: u32, proven: bool) -> bool {
        let passes = proven && matches!(by, TriedBy::Address(_));
        !passes && tries >= self.of(by, what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DEVICE: TriedBy = TriedBy::Device(HandleHash([1; 32]));
    const ADDRESS: TriedBy = TriedBy::Address(HandleHash([1; 32]));

    #[test]
    fn a_browser_that_proved_itself_passes_the_limit_of_its_address_and_not_its_own() {
        let limits = TryLimits::default();
        for what in [Tried::ToBeSomebody, Tried::RejectedFace, Tried::Recording, Tried::LostCapture] {
            let (device, address) = (limits.of(&DEVICE, what), limits.of(&ADDRESS, what));
            assert!(device < address, "many sit behind one address");
            assert!(!limits.is_full(&DEVICE, what, device - 1, false) && limits.is_full(&DEVICE, what, device, true));
            assert!(limits.is_full(&ADDRESS, what, address, false) && !limits.is_full(&ADDRESS, what, u32::MAX, true));
        }
    }

    #[test]
    fn the_browser_is_counted_before_the_address() {
        let (device, address) = (Some(HandleHash([1; 32])), Some(HandleHash([1; 32])));
        let by: Vec<TriedBy> = Asker { device, address }.counted_by().collect();
        assert_eq!(by, [DEVICE, ADDRESS]);
        assert_eq!(Asker::default().counted_by().count(), 0);
    }

    proptest! {
        #[test]
        fn every_moment_is_in_the_period_that_is_counted_and_the_wait_ends_it(micros in 0_i64..4_000_000_000_000_000) {
            let now = Timestamp::from_micros(micros);
            for what in [Tried::ToBeSomebody, Tried::RejectedFace, Tried::Recording, Tried::LostCapture] {
                let began = what.period_of(now);
                prop_assert!(began <= now && now.since(began) < TERM);
                let next = now.plus(what.wait(now));
                prop_assert!(next > now);
                prop_assert_eq!(what.period_of(next), next);
                prop_assert_eq!(next.since(began), what.period());
            }
        }
    }
}
