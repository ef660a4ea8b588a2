//! The file of sources, `restrictions.sources_file`: one table for each source of restrictions that is followed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::secret_file;
use super::span::Span;
use crate::domain::restrictions::{Source, Tolerance};
use crate::domain::secret::SecretText;

/// Where a source's files come from.
#[derive(Clone, Debug)]
pub enum Way {
    /// They are dropped into this folder.
    Folder(PathBuf),
    /// They are asked for.
    Http {
        /// Where.
        url: Url,
        /// With this bearer credential.
        credential: SecretText,
    },
    /// It sends them, with this bearer credential.
    Push(SecretText),
}

/// A source that is followed.
#[derive(Clone, Debug)]
pub struct FollowedSource {
    /// Its name.
    pub name: String,
    /// Where its files come from.
    pub way: Way,
    /// How often it is asked.
    pub every: Duration,
    /// How long what it says may be trusted.
    pub max_age: Duration,
    /// How far it may change before a person must look.
    pub tolerance: Tolerance,
}

/// A table as it stands in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    push: bool,
    folder: Option<PathBuf>,
    url: Option<Url>,
    token_file: Option<PathBuf>,
    #[serde(default = "every")]
    every: Span,
    max_age: Span,
    #[serde(default = "shrink")]
    shrink: f64,
    #[serde(default = "growth")]
    growth: f64,
    #[serde(default)]
    bad_rows: f64,
}

fn every() -> Span {
    Span(Duration::from_mins(1))
}

fn shrink() -> f64 {
    Tolerance::default().shrink * 100.0
}

fn growth() -> f64 {
    Tolerance::default().growth * 100.0
}

/// Reads the file; paths in it begin at its own folder. An error names the source and what is wrong.
pub fn read(file: &Path) -> Result<Vec<FollowedSource>, String> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|why| format!("cannot read {shown}: {why}"))?;
    let tables: BTreeMap<String, Table> = toml::from_str(&text).map_err(|why| format!("{shown}: {why}"))?;
    let base = file.parent().unwrap_or(Path::new("."));
    let followed = |(name, table): (String, Table)| {
        table.followed(&name, base).map_err(|why| format!("{shown}, source {name}: {why}"))
    };
    tables.into_iter().map(followed).collect()
}

impl Table {
    fn followed(self, name: &str, base: &Path) -> Result<FollowedSource, String> {
        if !Source::is_name(name) {
            return Err("a source name is 1 to 64 characters of a-z, 0-9, '-', '_' and '.'".to_owned());
        }
        let secret = |file: PathBuf| secret_file::read(&base.join(file));
        let way = match (self.folder, self.url, self.push, self.token_file) {
            (Some(folder), None, false, None) => Way::Folder(base.join(folder)),
            (None, Some(url), false, Some(token)) => Way::Http { url, credential: secret(token)? },
            (None, None, true, Some(token)) => Way::Push(secret(token)?),
            _ => return Err("it has either folder, or url and token_file, or push = true and token_file".to_owned()),
        };
        if !(Duration::from_secs(1)..=Duration::from_hours(24)).contains(&self.every.0) {
            return Err("every is 1s to 24h".to_owned());
        }
        if !Source::is_max_age(self.max_age.0) {
            return Err("max_age is 1m to 366d".to_owned());
        }
        let percents = [self.shrink, self.growth, self.bad_rows];
        if percents.iter().any(|percent| !(0.0..=100_000.0).contains(percent)) {
            return Err("shrink, growth and bad_rows are percentages".to_owned());
        }
        let [shrink, growth, bad_rows] = percents.map(|percent| percent / 100.0);
        let tolerance = Tolerance { shrink, growth, bad_rows };
        Ok(FollowedSource { name: name.to_owned(), way, every: self.every.0, max_age: self.max_age.0, tolerance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<FollowedSource>, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sources.toml");
        std::fs::write(&file, text).unwrap();
        let token = folder.path().join("token");
        std::fs::write(&token, "secret\n").unwrap();
        std::fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        read(&file)
    }

    #[test]
    fn each_source_has_its_way_its_age_and_its_bounds() {
        let sources = read_text(
            "[court]\nurl = \"https://court.example/r\"\ntoken_file = \"token\"\nmax_age = \"7d\"\nevery = \"15m\"\n\
             [own]\npush = true\ntoken_file = \"token\"\nmax_age = \"1h\"\n\
             [debtors]\nfolder = \"drop\"\nmax_age = \"24h\"\nshrink = 5\nbad_rows = 0.5\n",
        )
        .unwrap();
        assert!(matches!(&sources[0].way, Way::Http { credential, .. } if credential.expose() == "secret"));
        assert!(matches!(&sources[1].way, Way::Folder(folder) if folder.ends_with("drop") && folder.is_absolute()));
        assert_eq!((sources[0].every, sources[1].every), (Duration::from_mins(15), Duration::from_mins(1)));
        assert_eq!(sources[1].tolerance, Tolerance { shrink: 0.05, growth: 0.5, bad_rows: 0.005 });
        assert!(matches!(&sources[2].way, Way::Push(credential) if credential.expose() == "secret"));
        assert!(!format!("{sources:?}").contains("secret"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_source() {
        for (text, word) in [
            ("[Debtors]\nfolder = \"x\"\nmax_age = \"24h\"\n", "source name"),
            ("[debtors]\nmax_age = \"24h\"\n", "either folder"),
            ("[debtors]\nfolder = \"x\"\nurl = \"https://x.example\"\nmax_age = \"24h\"\n", "either folder"),
            ("[debtors]\nurl = \"https://x.example\"\nmax_age = \"24h\"\n", "either folder"),
            ("[debtors]\nurl = \"https://x.example\"\ntoken_file = \"none\"\nmax_age = \"24h\"\n", "cannot read"),
            ("[debtors]\npush = true\nmax_age = \"24h\"\n", "either folder"),
            ("[debtors]\nfolder = \"x\"\n", "max_age"),
            ("[debtors]\nfolder = \"x\"\nmax_age = \"1s\"\n", "1m to 366d"),
            ("[debtors]\nfolder = \"x\"\nmax_age = \"24h\"\nevery = \"25h\"\n", "1s to 24h"),
            ("[debtors]\nfolder = \"x\"\nmax_age = \"24h\"\nshrink = -1\n", "percentages"),
            ("[debtors]\nfolder = \"x\"\nmax_age = \"24h\"\nevry = \"1m\"\n", "evry"),
        ] {
            let error = read_text(text).unwrap_err();
            assert!(error.contains(word), "{word}: {error}");
        }
    }
}
