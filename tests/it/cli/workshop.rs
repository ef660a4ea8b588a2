//! A folder with a configuration, keys and a database, and the binary to run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use rastau::config::KeyFile;
use rastau::domain::kernel::testing::SeededRandomness;
use rastau::store::{ColumnKeys, SqlStore, StoreOptions};
use tempfile::TempDir;

/// What a run came to; the folder's own path reads `DIR`.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Outcome {
    /// Standard output of a run that succeeded.
    pub(super) fn good(self) -> String {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self.out
    }

    /// Standard error of a run that failed.
    pub(super) fn bad(self) -> String {
        assert_eq!(self.code, 1, "{}\n{}", self.out, self.err);
        self.err
    }

    /// Standard output of a run that succeeded, as JSON.
    pub(super) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.good()).unwrap()
    }
}

pub(super) struct Workshop {
    dir: TempDir,
}

impl Workshop {
    /// A folder with nothing but the configuration `text`.
    pub(super) fn bare(text: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("rastau.toml"), text).unwrap();
        Self { dir }
    }

    /// A sandbox that is ready for every command.
    pub(super) fn sandbox() -> Self {
        let shop = Self::bare(&format!(
            "[sandbox]\nenabled = true\n[models]\ndirectory = \"{}\"\nsessions = 1\n\
             [restrictions]\nrequired_sources = [\"debtors\"]\n",
            models().display()
        ));
        shop.run(&["keys", "generate", "--sandbox", "--out", "keys.toml"]).good();
        shop.run(&["migrate"]).good();
        shop
    }

    /// The same database and keys, taken for production.
    pub(super) fn claim_production(&self) {
        let config = fs::read_to_string(self.path("rastau.toml")).unwrap();
        self.write("rastau.toml", config.replace("enabled = true", "enabled = false"));
        let keys = fs::read_to_string(self.path("keys.toml")).unwrap();
        self.write("keys.toml", keys.replace("\"sandbox\"", "\"production\""));
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(super) fn run(&self, args: &[&str]) -> Outcome {
        self.run_with(args, &[])
    }

    pub(super) fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Outcome {
        let output = Command::new(env!("CARGO_BIN_EXE_rastau"))
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes)
                .unwrap()
                .replace(&self.dir.path().display().to_string(), "DIR")
                .replace(&models().display().to_string(), "MODELS")
        };
        Outcome { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The database by the store's own door.
    pub(super) async fn store(&self) -> SqlStore {
        let keys = KeyFile::read(&self.path("keys.toml")).unwrap();
        let keys = ColumnKeys { encryption: keys.encryption, lookup: keys.lookup, registry: keys.registry };
        let url = format!("sqlite://{}", self.path("rastau.db").display());
        SqlStore::connect(&url, keys, Arc::new(SeededRandomness::new(1)), StoreOptions::default()).await.unwrap()
    }

    /// The database past every door, as an intruder would come.
    pub(super) async fn tamper(&self, statement: &'static str) {
        use sqlx::Connection as _;
        let url = format!("sqlite://{}", self.path("rastau.db").display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// The repository's models.
pub(super) fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}
