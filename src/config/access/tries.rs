//! `[tries]`: how often somebody may try to be somebody, and how much is kept of it.

use serde::{Deserialize, Serialize};

use crate::config::value::section::{Key, Problems, Section, in_range};
use crate::domain::verification::tries::TryLimits;

/// `[tries]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tries {
    /// Of one browser, an hour.
    pub device_an_hour: u32,
    /// Of one address, an hour.
    pub address_an_hour: u32,
    /// Recordings of clear refusals that are kept of one browser, a day.
    pub device_recordings_a_day: u32,
    /// Of one address, a day.
    pub address_recordings_a_day: u32,
}

impl Default for Tries {
    fn default() -> Self {
        let TryLimits { device_an_hour, address_an_hour, device_recordings_a_day, address_recordings_a_day } =
            TryLimits::default();
        Self { device_an_hour, address_an_hour, device_recordings_a_day, address_recordings_a_day }
    }
}

impl Tries {
    /// As the rules read it.
    pub fn limits(&self) -> TryLimits {
        let Self { device_an_hour, address_an_hour, device_recordings_a_day, address_recordings_a_day } = *self;
        TryLimits { device_an_hour, address_an_hour, device_recordings_a_day, address_recordings_a_day }
    }
}

impl Section for Tries {
    const NAME: &'static str = "tries";
    const KEYS: &'static [Key] = &[
        Key {
            name: "device_an_hour",
            allowed: "3 to 10000 IINs named and captures failed in one browser (default 20); who passes the camera has their IIN back",
        },
        Key {
            name: "address_an_hour",
            allowed: "3 to 1000000 of one address, or of one /64 of IPv6 (default 300); browsers that proved themselves before are not held up",
        },
        Key {
            name: "device_recordings_a_day",
            allowed: "0 to 10000 recordings of clear refusals kept of one browser a day (default 20); later cases have their reasons and figures alone",
        },
        Key {
            name: "address_recordings_a_day",
            allowed: "0 to 1000000 of one address, or of one /64 of IPv6 (default 200)",
        },
    ];

    fn check(&self, problems: &mut Problems) {
        in_range("device_an_hour", &self.device_an_hour, 3..=10_000, problems);
        in_range("address_an_hour", &self.address_an_hour, 3..=1_000_000, problems);
        in_range("device_recordings_a_day", &self.device_recordings_a_day, 0..=10_000, problems);
        in_range("address_recordings_a_day", &self.address_recordings_a_day, 0..=1_000_000, problems);
    }
}
