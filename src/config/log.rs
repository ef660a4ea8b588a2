//! `[log]`: what is logged and how.

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

use crate::config::value::section::{Key, Problems, Section};

/// How a line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// `[log]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Levels, as tracing's `EnvFilter` reads them.
    pub filter: String,
    /// How a line looks.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".into(), format: LogFormat::Text }
    }
}

impl Section for Log {
    const NAME: &'static str = "log";
    const KEYS: &'static [Key] = &[
        Key { name: "filter", allowed: "levels such as \"info\" (default) or \"info,rastau::http=debug\"" },
        Key { name: "format", allowed: "\"text\" (default) or \"json\"" },
    ];

    fn check(&self, problems: &mut Problems) {
        if let Err(why) = EnvFilter::builder().parse(&self.filter) {
            problems.push(("filter", why.to_string()));
        }
    }
}
