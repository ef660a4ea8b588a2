//! The schema: numbered migrations, embedded in the program.

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
    let missing = missing(applied.iter().map(|old| (old.version, &*old.checksum)))?;
    for migration in missing {
        let done = transaction.apply(HISTORY, migration).await;
        done.map_err(|error| of_migration(&error))?;
    }
    transaction.commit().await.map_err(|error| of_statement(&error))
}

/// Whether exactly our migrations were applied.
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
    let missing = missing(applied.iter().map(|(version, checksum)| (*version, checksum.as_slice())))?;
    match missing.first() {
        Some(migration) => Err(behind(&format!("migration {} is missing", migration.version))),
        None => Ok(()),
    }
}

/// Our migrations that are not among the applied ones (version and checksum).
fn missing<'a>(applied: impl Iterator<Item = (i64, &'a [u8])>) -> Result<Vec<&'static Migration>, StoreError> {
    let mut missing: Vec<&Migration> = MIGRATIONS.iter().collect();
    for (version, checksum) in applied {
        let known = missing.iter().position(|ours| ours.version == version);
        let ours = missing.remove(known.ok_or_else(|| newer(version))?);
        if *ours.checksum != *checksum {
            return Err(StoreError::Unavailable(format!(
                "migration {version} was applied in another wording: restore the database or the migration file"
            )));
        }
    }
    Ok(missing)
}

fn newer(version: i64) -> StoreError {
    StoreError::Unavailable(format!(
        "its schema is newer than this program (migration {version} is unknown): run the newer rastau"
    ))
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
