//! SQLite: one file, one writer at a time, readers that wait for nobody (WAL).

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::str::FromStr;

use sqlx::AnyPool;
use sqlx::sqlite::SqliteConnectOptions;

use super::errors::unavailable;
use super::{Dialect, pool};
use crate::domain::kernel::store_error::StoreError;
use crate::store::StoreOptions;

pub(super) const DIALECT: Dialect = Dialect {
    name: "SQLite",
    // A deferred transaction that reads first and writes later fails when another wrote in between.
    begin_write: "BEGIN IMMEDIATE",
    begin_read: "BEGIN DEFERRED",
    lock_schema: &[],
    // It looks each parameter up by its name among all: what a statement of many saves is lost to that.
    rows_at_once: 32,
    has_history: "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
};

/// Opens the pools of the writer and of the readers. One writing connection makes units wait in the pool, in their
/// order, instead of polling for the lock.
pub(in crate::store) async fn open(url: &str, options: StoreOptions) -> Result<(AnyPool, AnyPool), StoreError> {
    let path = path_of(url)?;
    create(&path).map_err(|error| StoreError::Unavailable(format!("{} cannot be created: {error}", path.display())))?;
    let write = pool(url, 1, false, session(options) + WRITER, options).await?;
    let reader = session(options) + "PRAGMA query_only = ON;";
    let read = pool(url, options.connections, false, reader, options).await?;
    Ok((write, read))
}

/// Hashes go everywhere in their indexes: room for those pages, 16 MB. What is deleted from a page is overwritten there, at no
/// further write: a key that was destroyed must not stand in its free space. Pages that are freed whole keep what they had.
const WRITER: &str = "PRAGMA cache_size = -16384; PRAGMA secure_delete = FAST;";

/// FULL and not NORMAL: in WAL mode NORMAL may lose the last commits when the power fails, and a decision whose token
/// is out must not lose its audit event.
fn session(options: StoreOptions) -> String {
    let busy = options.lock.as_millis();
    format!(
        "PRAGMA busy_timeout = {busy}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
    )
}

fn path_of(url: &str) -> Result<std::path::PathBuf, StoreError> {
    if url.contains(":memory:") || url.contains("mode=memory") {
        let why = "an SQLite database in memory is another one for each connection; name a file";
        return Err(StoreError::Unavailable(why.to_owned()));
    }
    let options = SqliteConnectOptions::from_str(url).map_err(|error| unavailable(&error))?;
    Ok(options.get_filename().to_owned())
}

/// Makes the folder (0700) and the file (0600) when missing. SQLite gives its -wal and -shm files the same mode.
fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
