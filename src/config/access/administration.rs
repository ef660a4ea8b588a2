//! `[administration]`: the door by which operators are added and changed. Without a token it stays shut.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::value::api_key_file::ApiKeyFile;
use crate::config::value::secret_file;
use crate::config::value::section::{Key, Problems, Section};
use crate::domain::kernel::secret::SecretText;

/// `[administration]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Fields", into = "Fields")]
pub struct Administration {
    /// What opens it.
    pub key: ApiKeyFile,
    /// Whether the token opens doors though the staff has somebody who could be the second.
    pub alone: bool,
}

/// As the file has them.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Fields {
    #[serde(serialize_with = "secret_file::redact")]
    token: Option<SecretText>,
    token_file: Option<PathBuf>,
    alone: bool,
}

impl From<Fields> for Administration {
    fn from(Fields { token, token_file, alone }: Fields) -> Self {
        Self { key: ApiKeyFile { token, token_file }, alone }
    }
}

impl From<Administration> for Fields {
    fn from(Administration { key: ApiKeyFile { token, token_file }, alone }: Administration) -> Self {
        Self { token, token_file, alone }
    }
}

impl Section for Administration {
    const NAME: &'static str = "administration";
    const KEYS: &'static [Key] = &[
        ApiKeyFile::KEYS[0],
        ApiKeyFile::KEYS[1],
        Key {
            name: "alone",
            allowed: "true lets the token open doors by itself though the staff has somebody who could say yes (default: false)",
        },
    ];

    fn check(&self, problems: &mut Problems) {
        self.key.check(problems);
    }

    fn resolve(&mut self, base: &Path) {
        self.key.resolve(base);
    }
}
