//! The file of sources, `restrictions.sources_file`: one table for each source of restrictions that is followed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use crate::config::value::secret_file;
use crate::config::value::span::Span;
use crate::domain::kernel::secret::SecretText;
use crate::domain::restrictions::{Source, Tolerance};

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
    /// It has none, and is asked about one person at a time.
    Remote {
        /// Where.
        url: Url,
        /// With this bearer credential.
        credential: SecretText,
        /// How long an answer may be given again.
        reuse: Duration,
        /// The longest try.
        timeout: Duration,
        /// Further tries.
        retries: u32,
    },
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
    remote: Option<Url>,
    token_file: Option<PathBuf>,
    max_age: Span,
    every: Option<Span>,
    shrink: Option<f64>,
    growth: Option<f64>,
    bad_rows: Option<f64>,
    reuse: Option<Span>,
    timeout: Option<Span>,
    retries: Option<u32>,
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
        if !Source::is_max_age(self.max_age.0) {
            return Err("max_age is 1m to 366d".to_owned());
        }
        self.keys_fit()?;
        let every = self.every.map_or(Duration::from_mins(1), |every| every.0);
        if !(Duration::from_secs(1)..=Duration::from_hours(24)).contains(&every) {
            return Err("every is 1s to 24h".to_owned());
        }
        let (max_age, tolerance) = (self.max_age.0, self.tolerance()?);
        Ok(FollowedSource { name: name.to_owned(), way: self.way(base)?, every, max_age, tolerance })
    }

    /// A key that does nothing here would let someone believe that it does.
    fn keys_fit(&self) -> Result<(), String> {
        let percents = [self.shrink, self.growth, self.bad_rows];
        let of_files = self.every.is_some() || percents.iter().any(Option::is_some);
        let of_remotes = self.reuse.is_some() || self.timeout.is_some() || self.retries.is_some();
        match self.remote {
            Some(_) if of_files => Err("every, shrink, growth and bad_rows are for sources with files".to_owned()),
            None if of_remotes => Err("reuse, timeout and retries are for a remote registry".to_owned()),
            _ => Ok(()),
        }
    }

    fn tolerance(&self) -> Result<Tolerance, String> {
        let percents = [self.shrink, self.growth, self.bad_rows];
        if percents.iter().flatten().any(|percent| !(0.0..=100_000.0).contains(percent)) {
            return Err("shrink, growth and bad_rows are percentages".to_owned());
        }
        let Tolerance { shrink, growth, bad_rows } = Tolerance::default();
        let share = |percent: Option<f64>, usual: f64| percent.map_or(usual, |percent| percent / 100.0);
        Ok(Tolerance {
            shrink: share(self.shrink, shrink),
            growth: share(self.growth, growth),
            bad_rows: share(self.bad_rows, bad_rows),
        })
    }

    fn way(self, base: &Path) -> Result<Way, String> {
        let (reuse, timeout, retries) = self.patience()?;
        let secret = |file: PathBuf| secret_file::read(&base.join(file));
        match (self.folder, self.url, self.remote, self.push, self.token_file) {
            (Some(folder), None, None, false, None) => Ok(Way::Folder(base.join(folder))),
            (None, Some(url), None, false, Some(token)) => Ok(Way::Http { url, credential: secret(token)? }),
            (None, None, None, true, Some(token)) => Ok(Way::Push(secret(token)?)),
            (None, None, Some(url), false, Some(token)) => {
                Ok(Way::Remote { url, credential: secret(token)?, reuse, timeout, retries })
            }
            _ => Err("it has either folder, or one of url, remote and push = true, and then token_file".to_owned()),
        }
    }

    fn patience(&self) -> Result<(Duration, Duration, u32), String> {
        let reuse = self.reuse.map_or(Duration::from_mins(1), |reuse| reuse.0);
        if reuse > self.max_age.0 {
            return Err("reuse is at most max_age".to_owned());
        }
        let timeout = self.timeout.map_or(Duration::from_secs(2), |timeout| timeout.0);
        if !(Duration::from_millis(100)..=Duration::from_secs(10)).contains(&timeout) {
            return Err("timeout is 100ms to 10s".to_owned());
        }
        let retries = self.retries.unwrap_or(1);
        if retries > 5 {
            return Err("retries is 0 to 5".to_owned());
        }
        Ok((reuse, timeout, retries))
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
             [debtors]\nfolder = \"drop\"\nmax_age = \"24h\"\nshrink = 5\nbad_rows = 0.5\n\
             [officials]\nremote = \"https://o.example\"\ntoken_file = \"token\"\nmax_age = \"1h\"\nreuse = \"0s\"\n",
        )
        .unwrap();
        assert!(matches!(&sources[0].way, Way::Http { credential, .. } if credential.expose() == "secret"));
        assert!(matches!(&sources[1].way, Way::Folder(folder) if folder.ends_with("drop") && folder.is_absolute()));
        assert_eq!((sources[0].every, sources[1].every), (Duration::from_mins(15), Duration::from_mins(1)));
        assert_eq!(sources[1].tolerance, Tolerance { shrink: 0.05, growth: 0.5, bad_rows: 0.005 });
        let Way::Remote { reuse, timeout, retries, .. } = sources[2].way else { panic!("must be asked") };
        assert_eq!((reuse, timeout, retries), (Duration::ZERO, Duration::from_secs(2), 1));
        assert!(matches!(&sources[3].way, Way::Push(credential) if credential.expose() == "secret"));
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
            ("[debtors]\nremote = \"https://x.example\"\nmax_age = \"24h\"\n", "either folder"),
            (
                "[debtors]\nremote = \"https://x.example\"\ntoken_file = \"token\"\nmax_age = \"1h\"\ntimeout = \"1m\"\n",
                "100ms to 10s",
            ),
            (
                "[debtors]\nremote = \"https://x.example\"\ntoken_file = \"token\"\nmax_age = \"1h\"\nretries = 6\n",
                "0 to 5",
            ),
            ("[debtors]\nfolder = \"x\"\nmax_age = \"24h\"\nretries = 2\n", "for a remote"),
            (
                "[debtors]\nremote = \"https://x.example\"\ntoken_file = \"token\"\nmax_age = \"1h\"\nreuse = \"2h\"\n",
                "at most max_age",
            ),
            (
                "[debtors]\nremote = \"https://x.example\"\ntoken_file = \"token\"\nmax_age = \"1h\"\nevery = \"2h\"\n",
                "for sources with files",
            ),
            ("[debtors]\nfolder = \"x\"\nmax_age = \"24h\"\nevry = \"1m\"\n", "evry"),
        ] {
            let error = read_text(text).unwrap_err();
            assert!(error.contains(word), "{word}: {error}");
        }
    }
}
