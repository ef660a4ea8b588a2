//! `[models]`: where the models are and how many work at once.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::section::{Key, Problems, Section, in_range};

/// `[models]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Models {
    /// The directory with `manifest.toml` and the `store` that `make models` filled.
    pub directory: PathBuf,
    /// Inference sessions of each model, one thread each; the number of cores when not set.
    pub sessions: Option<usize>,
    /// Pictures that may wait for a session; one more is answered "busy".
    pub queue: usize,
}

impl Default for Models {
    fn default() -> Self {
        Self { directory: PathBuf::from("models"), sessions: None, queue: 32 }
    }
}

impl Section for Models {
    const NAME: &'static str = "models";
    const KEYS: &'static [Key] = &[
        Key {
            name: "directory",
            allowed: "the directory with manifest.toml and the store that `make models` filled (default \"models\")",
        },
        Key { name: "sessions", allowed: "1 to 64 (default: the number of cores)" },
        Key { name: "queue", allowed: "1 to 1024 pictures (default 32)" },
    ];

    fn check(&self, problems: &mut Problems) {
        if let Some(sessions) = self.sessions {
            in_range("sessions", &sessions, 1..=64, problems);
        }
        in_range("queue", &self.queue, 1..=1024, problems);
    }

    fn resolve(&mut self, base: &Path) {
        self.directory = base.join(&self.directory);
    }
}
