//! The schema: numbered migrations, embedded in the program, and whether this program may serve on a newer one (ADR 48).

use std::fmt;

use sqlx::AnyConnection;
use sqlx::migrate::{Migrate as _, MigrateError, Migration, Migrator};

use super::errors::{of_statement, unavailable};
use super::{Access, Engine};
use crate::domain::kernel::store_error::StoreError;

static MIGRATIONS: Migrator = sqlx_macros::migrate!("./migrations");
const HISTORY: &str = "_sqlx_migrations";

/// Applies what is missing, all of it or nothing.
///
/// Not by `Migrator::run`: the lock it takes is let go before our commit, and on SQLite there is none. The dialect's
/// own lock holds until the commit.
pub(in crate::store) async fn migrate(engine: &Engine) -> Result<(), StoreError> {
    let mut transaction = engine.begin(Access::Write).await?;
    for statement in engine.dialect().lock_schema {
        let done = sqlx::query(*statement).execute(&mut *transaction).await;
        done.map_err(|error| of_statement(&error))?;
    }
    let created = transaction.ensure_migrations_table(HISTORY).await;
    created.map_err(|error| of_migration(&error))?;
    let applied = transaction.list_applied_migrations(HISTORY).await;
    let applied = applied.map_err(|error| of_migration(&error))?;
    let compared = compare(applied.iter().map(|old| (old.version, &*old.checksum)))?;
    if let Some(newer) = compared.newer {
        expect_compatible(&mut transaction, newer).await?;
    }
    for migration in compared.missing {
        let done = transaction.apply(HISTORY, migration).await;
        done.map_err(|error| of_migration(&error))?;
    }
    transaction.commit().await.map_err(|error| of_statement(&error))
}

/// Whether our migrations were applied, and no newer one that this program may not serve on.
pub(in crate::store) async fn check(engine: &Engine) -> Result<(), StoreError> {
    let mut transaction = engine.begin(Access::Read).await?;
    let history: i64 = sqlx::query_scalar(engine.dialect().has_history)
        .fetch_one(&mut *transaction)
        .await
        .map_err(|error| of_statement(&error))?;
    if history == 0 {
        return Err(behind("it is empty"));
    }
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&mut *transaction)
            .await
            .map_err(|error| of_statement(&error))?;
    let compared = compare(applied.iter().map(|(version, checksum)| (*version, checksum.as_slice())))?;
    if let Some(migration) = compared.missing.first() {
        return Err(behind(&format!("migration {} is missing", migration.version)));
    }
    match compared.newer {
        Some(newer) => expect_compatible(&mut transaction, newer).await,
        None => Ok(()),
    }
}

/// The schema of a database beside this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaVersions {
    /// The number of the last migration that was applied.
    pub applied: i64,
    /// The number of the last migration of the oldest program that may serve on it.
    pub oldest_program: i64,
    /// The number of this program's own last migration.
    pub program: i64,
}

/// How far a database's schema is, of one that [`check`] let pass.
pub(in crate::store) async fn versions(engine: &Engine) -> Result<SchemaVersions, StoreError> {
    let mut transaction = engine.begin(Access::Read).await?;
    let applied: i64 = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(&mut *transaction)
        .await
        .map_err(|error| of_statement(&error))?;
    let oldest_program: i64 = sqlx::query_scalar("SELECT MAX(oldest_program) FROM schema_compatibility")
        .fetch_one(&mut *transaction)
        .await
        .map_err(|error| of_statement(&error))?;
    Ok(SchemaVersions { applied, oldest_program, program: ours() })
}

impl fmt::Display for SchemaVersions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { applied, oldest_program, program } = self;
        write!(
            f,
            "schema {applied}, on which programs of {oldest_program} or later may serve; this one is of {program}"
        )
    }
}

/// The migrations of a database beside those of this program.
struct Compared {
    /// Ours that were not applied.
    missing: Vec<&'static Migration>,
    /// The last that was applied and that this program does not know.
    newer: Option<i64>,
}

/// The number of our last migration.
fn ours() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Compares those that were applied (version and checksum) with ours.
fn compare<'a>(applied: impl Iterator<Item = (i64, &'a [u8])>) -> Result<Compared, StoreError> {
    let mut compared = Compared { missing: MIGRATIONS.iter().collect(), newer: None };
    for (version, checksum) in applied {
        let Some(known) = compared.missing.iter().position(|ours| ours.version == version) else {
            compared.newer = compared.newer.max(Some(version));
            continue;
        };
        let ours = compared.missing.remove(known);
        if *ours.checksum != *checksum {
            return Err(StoreError::Unavailable(format!(
                "migration {version} was applied in another wording: restore the database or the migration file"
            )));
        }
    }
    Ok(compared)
}

/// Whether a schema with a migration that this program does not know lets it serve. What cannot be read is a no.
async fn expect_compatible(connection: &mut AnyConnection, newer: i64) -> Result<(), StoreError> {
    let oldest: Option<i64> = sqlx::query_scalar("SELECT MAX(oldest_program) FROM schema_compatibility")
        .fetch_one(connection)
        .await
        .map_err(|error| of_statement(&error))?;
    let ours = ours();
    if newer > ours && oldest.is_some_and(|oldest| oldest <= ours) {
        return Ok(());
    }
    let least = oldest.map_or("a newer one".to_owned(), |oldest| format!("one of {oldest} or later"));
    Err(StoreError::Unavailable(format!(
        "its schema is newer than this program (migration {newer} is applied, this program is of {ours}) and asks for {least}: \
         run the newer rastau"
    )))
}

fn behind(what: &str) -> StoreError {
    StoreError::Unavailable(format!("{what}: run `rastau migrate`"))
}

fn of_migration(error: &MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) => unavailable(error),
        other => StoreError::Unavailable(other.to_string()),
    }
}
