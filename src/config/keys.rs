//! `[keys]`: where the keys are. What stands in that file is [`super::KeyFile`]'s.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::value::section::{Key, Section};

/// `[keys]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// The key file.
    pub file: PathBuf,
}

impl Default for Keys {
    fn default() -> Self {
        Self { file: PathBuf::from("keys.toml") }
    }
}

impl Section for Keys {
    const NAME: &'static str = "keys";
    const KEYS: &'static [Key] = &[Key {
        name: "file",
        allowed: "a key file of mode 0600; `rastau keys generate` makes a new one (default \"keys.toml\")",
    }];

    fn resolve(&mut self, base: &Path) {
        self.file = base.join(&self.file);
    }
}
