//! `[metrics]`: where the service tells what it counts.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::config::value::section::{Key, Section};

/// `[metrics]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Address and port of `GET /metrics`, a listener of its own; nothing is counted without it.
    pub bind: Option<SocketAddr>,
}

impl Section for Metrics {
    const NAME: &'static str = "metrics";
    const KEYS: &'static [Key] =
        &[Key { name: "bind", allowed: "an IP address and port that only your monitoring reaches (default: off)" }];
}
