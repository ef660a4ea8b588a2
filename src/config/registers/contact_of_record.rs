//! `[contact_of_record]`: who knows how people are reached.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::value::secret_file;
use crate::config::value::section::{Key, Problems, Section, in_range};
use crate::config::value::span::Span;
use crate::domain::kernel::secret::SecretText;

/// Which source is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// None: nobody has a contact of record.
    None,
    /// Our own database, filled with `rastau person import`.
    Embedded,
    /// The state's base of citizens' mobile numbers, or another, over HTTP.
    Http,
}

/// `[contact_of_record]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContactOfRecord {
    /// Which; without a word `embedded` in a sandbox and `none` in production.
    pub kind: Option<ContactKind>,
    /// The remote source's address.
    pub url: Option<Url>,
    /// Its bearer token, inline (sandbox only).
    #[serde(serialize_with = "secret_file::redact")]
    pub token: Option<SecretText>,
    /// Its bearer token, in a file.
    pub token_file: Option<PathBuf>,
    /// One try must be answered within this time.
    pub timeout: Span,
    /// How often a failed request is tried again.
    pub retries: u32,
}

impl Default for ContactOfRecord {
    fn default() -> Self {
        Self { kind: None, url: None, token: None, token_file: None, timeout: Span(Duration::from_secs(3)), retries: 2 }
    }
}

impl ContactOfRecord {
    /// The bearer token, read from its file where it stands in one.
    pub(in crate::config) fn read_token(&self) -> Result<Option<SecretText>, String> {
        secret_file::either(self.token.as_ref(), self.token_file.as_deref())
    }
}

impl Section for ContactOfRecord {
    const NAME: &'static str = "contact_of_record";
    const KEYS: &'static [Key] = &[
        Key {
            name: "kind",
            allowed: "\"none\" (default in production), \"embedded\" (default in a sandbox) or \"http\"",
        },
        Key {
            name: "url",
            allowed: "an http(s) address, needed when kind is \"http\" and only then; plain http only to this machine",
        },
        Key { name: "token", allowed: "a bearer token, in the sandbox only; else contact_of_record.token_file" },
        Key {
            name: "token_file",
            allowed: "a file of mode 0600 that holds the bearer token; needed when kind is \"http\"",
        },
        Key { name: "timeout", allowed: "100ms to 30s (default \"3s\")" },
        Key { name: "retries", allowed: "0 to 5 (default 2)" },
    ];

    fn check(&self, problems: &mut Problems) {
        let http = self.kind == Some(ContactKind::Http);
        if http != self.url.is_some() {
            let problem = if http { "it is missing" } else { "it is set, but kind is not \"http\"" };
            problems.push(("url", problem.into()));
        }
        if self.url.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https")) {
            problems.push(("url", "it is neither http nor https".into()));
        }
        if http && self.token.is_none() && self.token_file.is_none() {
            problems.push(("token_file", "it is missing".into()));
        }
        if self.token.is_some() && self.token_file.is_some() {
            problems.push(("token_file", "contact_of_record.token is set as well: leave one".into()));
        }
        if !(100..=30_000).contains(&self.timeout.0.as_millis()) {
            problems.push(("timeout", format!("{} is out of range", self.timeout)));
        }
        in_range("retries", &self.retries, 0..=5, problems);
    }

    fn resolve(&mut self, base: &Path) {
        if let Some(path) = &mut self.token_file {
            *path = base.join(&*path);
        }
    }
}
