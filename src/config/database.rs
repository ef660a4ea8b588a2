//! `[database]`: where the records are.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};
use url::Url;

use crate::config::value::secret_file;
use crate::config::value::section::{Key, Problems, Section, in_range};
use crate::domain::kernel::secret::SecretText;

/// `[database]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// SQLite file or PostgreSQL address. With a password: in the sandbox only.
    #[serde(serialize_with = "without_password")]
    pub url: Option<SecretText>,
    /// A file that holds the URL, for one with a password.
    pub url_file: Option<PathBuf>,
    /// Connections held open at most (SQLite: readers; it has one writer).
    pub max_connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, url_file: None, max_connections: 10 }
    }
}

impl Database {
    /// The URL, read from its file where it stands in one.
    pub(super) fn read_url(&self) -> Result<SecretText, String> {
        let url = secret_file::either(self.url.as_ref(), self.url_file.as_deref())?
            .ok_or_else(|| "no database is named".to_owned())?;
        if is_known(url.expose()) {
            Ok(url)
        } else {
            Err("the file holds neither a sqlite: nor a postgres: address".into())
        }
    }

    /// Whether a password stands inline.
    pub(super) fn has_inline_password(&self) -> bool {
        let url = self.url.as_ref().and_then(|url| Url::parse(url.expose()).ok());
        url.is_some_and(|url| url.password().is_some() || url.query_pairs().any(|(key, _)| key == "password"))
    }
}

fn is_known(url: &str) -> bool {
    ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme))
}

impl Section for Database {
    const NAME: &'static str = "database";
    const KEYS: &'static [Key] = &[
        Key {
            name: "url",
            allowed: "sqlite:FILE or postgres://USER@HOST/DATABASE; with a password only in the sandbox (default \"sqlite:rastau.db\")",
        },
        Key { name: "url_file", allowed: "a file of mode 0600 that holds the URL, instead of database.url" },
        Key { name: "max_connections", allowed: "2 to 200 (default 10)" },
    ];

    fn check(&self, problems: &mut Problems) {
        in_range("max_connections", &self.max_connections, 2..=200, problems);
        if self.url.is_some() && self.url_file.is_some() {
            problems.push(("url_file", "database.url is set as well: leave one".into()));
        }
        if self.url.as_ref().is_some_and(|url| !is_known(url.expose())) {
            problems.push(("url", "it is neither a sqlite: nor a postgres: address".into()));
        }
    }

    fn resolve(&mut self, base: &Path) {
        if self.url.is_none() && self.url_file.is_none() {
            self.url = Some(SecretText::new("sqlite:rastau.db"));
        }
        self.url = self.url.take().map(|url| resolve_sqlite(url, base));
        if let Some(path) = &mut self.url_file {
            *path = base.join(&*path);
        }
    }
}

/// Makes the path of a SQLite file relative to `base`, and leaves everything else as it is.
fn resolve_sqlite(url: SecretText, base: &Path) -> SecretText {
    let Some(rest) = url.expose().strip_prefix("sqlite:") else {
        return url;
    };
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if path.is_empty() || path.contains(":memory:") || Path::new(path).is_absolute() || !is_plain(base) {
        return url;
    }
    let path = base.join(path);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    SecretText::new(format!("sqlite://{}{query}", path.display()))
}

/// Whether a directory's name can stand in a URL as it is.
fn is_plain(base: &Path) -> bool {
    base.to_str().is_some_and(|text| !text.is_empty() && !text.contains(['?', '%', '#']))
}

// serde passes a reference to the field, which is an Option.
#[allow(clippy::ref_option)]
fn without_password<S: Serializer>(url: &Option<SecretText>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(url) = url else {
        return serializer.serialize_none();
    };
    match Url::parse(url.expose()) {
        Ok(mut parsed) if parsed.password().is_some() => {
            let _ = parsed.set_password(Some("redacted"));
            serializer.serialize_some(parsed.as_str())
        }
        Ok(parsed) if parsed.query_pairs().any(|(key, _)| key == "password") => {
            serializer.serialize_some(secret_file::REDACTED)
        }
        _ => serializer.serialize_some(url.expose()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_file_stands_beside_the_configuration_that_names_it() {
        let base = Path::new("/etc/rastau");
        for (given, resolved) in [
            ("sqlite:rastau.db", "sqlite:///etc/rastau/rastau.db"),
            ("sqlite://data/r.db?mode=rwc", "sqlite:///etc/rastau/data/r.db?mode=rwc"),
            ("sqlite:/srv/r.db", "sqlite:/srv/r.db"),
            ("sqlite::memory:", "sqlite::memory:"),
            ("postgres://u@h/d", "postgres://u@h/d"),
        ] {
            assert_eq!(resolve_sqlite(SecretText::new(given), base).expose(), resolved);
        }
    }
}
