//! `[models]`: where the models are and how many work at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::value::section::{Key, Problems, Section, in_range};
use crate::config::value::span::Span;

/// `[models]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Models {
    /// The directory with `manifest.toml` and the `store` that `make models` filled.
    pub directory: PathBuf,
    /// Inference sessions of each model, one thread each; the number of cores when not set.
    pub sessions: Option<usize>,
    /// Pictures that may wait for a session; one more is answered "busy". Half the sessions, at least 1, when not set.
    pub queue: Option<usize>,
    /// The longest that one of them waits; then it is answered "busy", too. The pool's own when not set.
    pub longest_wait: Option<Span>,
}

impl Default for Models {
    fn default() -> Self {
        Self { directory: PathBuf::from("models"), sessions: None, queue: None, longest_wait: None }
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
        Key { name: "queue", allowed: "1 to 1024 pictures (default: half the sessions, at least 1)" },
        Key { name: "longest_wait", allowed: "1ms to 60s (default 4ms)" },
    ];

    fn check(&self, problems: &mut Problems) {
        if let Some(sessions) = self.sessions {
            in_range("sessions", &sessions, 1..=64, problems);
        }
        if let Some(queue) = self.queue {
            in_range("queue", &queue, 1..=1024, problems);
        }
        if let Some(wait) = self.longest_wait {
            in_range("longest_wait", &wait, Span(Duration::from_millis(1))..=Span(Duration::from_mins(1)), problems);
        }
    }

    fn resolve(&mut self, base: &Path) {
        self.directory = base.join(&self.directory);
    }
}
