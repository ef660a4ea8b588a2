//! A database of each engine with our schema, its own bulk tool, and our import as people run it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rastau::config::KeyFile;
use rastau::domain::kernel::testing::SeededRandomness;
use rastau::store::{ColumnKeys, SqlStore, StoreOptions};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;

use crate::files::Files;
use crate::{Failure, postgres};

const RASTAU: &str = env!("CARGO_BIN_EXE_rastau");

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A folder with a configuration, keys and a migrated database.
pub(crate) struct Home {
    engine: Engine,
    url: String,
    folder: TempDir,
}

/// How an import went.
pub(crate) struct Import {
    pub(crate) took: Duration,
    /// Bytes.
    pub(crate) most_memory: u64,
}

impl Home {
    pub(crate) async fn new(engine: Engine) -> Result<Self, Failure> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let url = match engine {
            Engine::Sqlite => format!("sqlite://{}", folder.path().join("rastau.db").display()),
            Engine::Postgres => durable_postgres().await?,
        };
        let home = Self { engine, url, folder };
        let config = format!("[sandbox]\nenabled = true\n[database]\nurl = {:?}\n", home.url);
        std::fs::write(home.folder.path().join("rastau.toml"), config)?;
        home.rastau(&["keys", "generate", "--sandbox", "--out", "keys.toml"])?;
        home.rastau(&["migrate"])?;
        Ok(home)
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(RASTAU);
        // Rows are put aside beside the database: a folder in memory would not be the same.
        command.args(args).current_dir(self.folder.path()).env_clear().env("TMPDIR", self.folder.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn rastau(&self, args: &[&str]) -> Result<(), Failure> {
        succeeded(&self.command(args).output()?)
    }

    /// The engine's own tool, all rows in one go.
    pub(crate) fn bulk(&self, files: &Files) -> Result<Duration, Failure> {
        let mut tool = match self.engine {
            Engine::Sqlite => {
                let mut tool = Command::new("sqlite3");
                tool.arg(self.folder.path().join("rastau.db")).arg(".mode csv");
                tool.arg(format!(".import {} restriction", files.table.display()));
                tool
            }
            Engine::Postgres => {
                let mut tool = Command::new("psql");
                tool.args([&self.url, "--no-psqlrc", "-c"]);
                tool.arg(format!("\\copy restriction from '{}' csv", files.table_hex.display()));
                tool
            }
        };
        let began = Instant::now();
        succeeded(&tool.output()?)?;
        Ok(began.elapsed())
    }

    pub(crate) fn start_import(&self, file: &Path) -> Result<Child, Failure> {
        let file = file.display().to_string();
        Ok(self.command(&["registry", "import", &file, "--source", "debtors", "--max-age", "24h"]).spawn()?)
    }

    pub(crate) fn import(&self, file: &Path) -> Result<Import, Failure> {
        let began = Instant::now();
        let mut child = self.start_import(file)?;
        let mut most_memory = 0;
        while child.try_wait()?.is_none() {
            most_memory = most_memory.max(peak(child.id()));
            std::thread::sleep(Duration::from_millis(50));
        }
        let took = began.elapsed();
        succeeded(&child.wait_with_output()?)?;
        Ok(Import { took, most_memory })
    }

    /// As another replica, with the same keys.
    pub(crate) async fn store(&self) -> Result<SqlStore, Failure> {
        let keys = KeyFile::read(&self.folder.path().join("keys.toml"))?;
        let keys = ColumnKeys { encryption: keys.encryption, lookup: keys.lookup, registry: keys.registry };
        Ok(SqlStore::connect(&self.url, keys, Arc::new(SeededRandomness::new(1)), StoreOptions::default()).await?)
    }
}

fn succeeded(output: &std::process::Output) -> Result<(), Failure> {
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
}

/// The most memory that a process ever had resident, bytes.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// The tests' server does without what a power cut would need; this one must not.
async fn durable_postgres() -> Result<String, Failure> {
    let url = postgres::new_database().await.ok_or("PostgreSQL is missing: apt-get install postgresql")?;
    let mut connection = PgConnection::connect(&url).await?;
    for setting in ["fsync", "full_page_writes"] {
        connection.execute(sqlx::AssertSqlSafe(format!("ALTER SYSTEM SET {setting} = on"))).await?;
    }
    connection.execute("SELECT pg_reload_conf()").await?;
    connection.close().await?;
    Ok(url)
}
