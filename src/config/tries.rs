//! `[tries]`: how often somebody may try to be somebody.

use serde::{Deserialize, Serialize};

use super::section::{Key, Problems, Section, in_range};
use crate::domain::tries::TryLimits;

/// `[tries]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tries {
    /// Of one browser, an hour.
    pub device_an_hour: u32,
    /// Of one address, an hour.
    pub address_an_hour: u32,
}

impl Default for Tries {
    fn default() -> Self {
        let TryLimits { device_an_hour, address_an_hour } = TryLimits::default();
        Self { device_an_hour, address_an_hour }
    }
}

impl Tries {
    /// As the rules read it.
    pub fn limits(&self) -> TryLimits {
        TryLimits { device_an_hour: self.device_an_hour, address_an_hour: self.address_an_hour }
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
    ];

    fn check(&self, problems: &mut Problems) {
        in_range("device_an_hour", &self.device_an_hour, 3..=10_000, problems);
        in_range("address_an_hour", &self.address_an_hour, 3..=1_000_000, problems);
    }
}
