//! `[sandbox]`: made-up people and marked tokens. One switch, so that nothing is half a sandbox.

use serde::{Deserialize, Serialize};

use crate::config::value::section::{Key, Section};

/// `[sandbox]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sandbox {
    /// Whether this service is a sandbox.
    pub enabled: bool,
}

impl Section for Sandbox {
    const NAME: &'static str = "sandbox";
    const KEYS: &'static [Key] = &[Key { name: "enabled", allowed: "true or false (default false)" }];
}
