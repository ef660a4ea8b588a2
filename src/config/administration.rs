//! `[administration]`: the door by which operators are added and changed. Without a token it stays shut.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::door_key::DoorKey;
use super::section::{Key, Problems, Section};

/// `[administration]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Administration {
    /// What opens it.
    pub key: DoorKey,
}

impl Section for Administration {
    const NAME: &'static str = "administration";
    const KEYS: &'static [Key] = DoorKey::KEYS;

    fn check(&self, problems: &mut Problems) {
        self.key.check(problems);
    }

    fn resolve(&mut self, base: &Path) {
        self.key.resolve(base);
    }
}
