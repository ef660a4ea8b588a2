//! The bearer token of a JSON door, inline or in a file. Without one the door stays shut.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::secret_file;
use super::section::{Key, Problems};
use crate::domain::kernel::secret::SecretText;

/// A shorter token could be guessed.
const MIN_LENGTH: usize = 32;

/// `token` and `token_file` of a section.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApiKeyFile {
    /// The bearer token, inline (sandbox only).
    #[serde(serialize_with = "secret_file::redact")]
    pub token: Option<SecretText>,
    /// The bearer token, in a file.
    pub token_file: Option<PathBuf>,
}

impl ApiKeyFile {
    pub(in crate::config) const KEYS: &'static [Key] = &[
        Key {
            name: "token",
            allowed: "at least 32 characters, in the sandbox only; else token_file of the same section (default: none, and the endpoints are off)",
        },
        Key { name: "token_file", allowed: "a file of mode 0600 that holds a token of at least 32 characters" },
    ];

    /// The token, read from its file where it stands in one; `None` leaves the endpoints off.
    pub(in crate::config) fn read(&self) -> Result<Option<SecretText>, String> {
        let token = secret_file::either(self.token.as_ref(), self.token_file.as_deref())?;
        match token {
            Some(token) if token.expose().len() < MIN_LENGTH => {
                Err(format!("the token has fewer than {MIN_LENGTH} characters"))
            }
            token => Ok(token),
        }
    }

    pub(in crate::config) fn check(&self, problems: &mut Problems) {
        if self.token.as_ref().is_some_and(|token| token.expose().len() < MIN_LENGTH) {
            problems.push(("token", "it is too short".into()));
        }
        if self.token.is_some() && self.token_file.is_some() {
            problems.push(("token_file", "token is set as well: leave one".into()));
        }
    }

    pub(in crate::config) fn resolve(&mut self, base: &Path) {
        if let Some(path) = &mut self.token_file {
            *path = base.join(&*path);
        }
    }
}
