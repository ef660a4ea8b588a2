//! `[compliance]`: the staff's door. Without a token it stays shut.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::config::value::api_key_file::ApiKeyFile;
use crate::config::value::section::{Key, Problems, Section};

/// `[compliance]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Compliance {
    /// What opens it.
    pub key: ApiKeyFile,
}

impl Section for Compliance {
    const NAME: &'static str = "compliance";
    const KEYS: &'static [Key] = ApiKeyFile::KEYS;

    fn check(&self, problems: &mut Problems) {
        self.key.check(problems);
    }

    fn resolve(&mut self, base: &Path) {
        self.key.resolve(base);
    }
}
