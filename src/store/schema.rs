//! The schema: numbered migrations, embedded in the program.

use sqlx::migrate::{MigrateError, Migrator};

use super::engine::{Access, Engine};
use super::errors::{of_statement, unavailable};
use crate::domain::ports::StoreError;

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("./migrations");
    // The dialect's own lock holds until the commit; sqlx's would be let go before it, and SQLite has none.
    migrator.set_locking(false);
    migrator
}

/// Applies what is missing, all of it or nothing.
pub(super) async fn migrate(engine: &Engine) -> Result<(), StoreError> {
    let mut transaction = engine.begin(Access::Write).await?;
    for statement in engine.dialect().lock_schema {
        sqlx::query(*statement)
            .execute(&mut *transaction)
            .await
            .map_err(|error| of_statement(&error))?;
    }
    migrator()
        .run(&mut *transaction)
        .await
        .map_err(|error| of_migration(&error))?;
    transaction.commit().await.map_err(|error| of_statement(&error))
}

/// Whether exactly our migrations were applied.
pub(super) async fn check(engine: &Engine) -> Result<(), StoreError> {
    let mut transaction = engine.begin(Access::Read).await?;
    let history: i64 = sqlx::query_scalar(engine.dialect().has_history)
        .fetch_one(&mut *transaction)
        .await
        .map_err(|error| of_statement(&error))?;
    if history == 0 {
        return Err(behind("the database is empty"));
    }
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&mut *transaction)
            .await
            .map_err(|error| of_statement(&error))?;
    compare(&applied)
}

fn compare(applied: &[(i64, Vec<u8>)]) -> Result<(), StoreError> {
    let migrator = migrator();
    for (version, checksum) in applied {
        match migrator.iter().find(|known| known.version == *version) {
            None => return Err(of_migration(&MigrateError::VersionMissing(*version))),
            Some(known) if *known.checksum != **checksum => {
                return Err(of_migration(&MigrateError::VersionMismatch(*version)));
            }
            Some(_) => {}
        }
    }
    match migrator
        .iter()
        .find(|known| !applied.iter().any(|(version, _)| *version == known.version))
    {
        Some(missing) => Err(behind(&format!("migration {} is missing", missing.version))),
        None => Ok(()),
    }
}

fn behind(what: &str) -> StoreError {
    StoreError::Unavailable(format!("{what}: run `rastau migrate`"))
}

fn of_migration(error: &MigrateError) -> StoreError {
    StoreError::Unavailable(match error {
        MigrateError::VersionMissing(version) => format!(
            "its schema is newer than this program (migration {version} is unknown): run the newer rastau"
        ),
        MigrateError::VersionMismatch(version) => format!(
            "migration {version} was applied in another wording: restore the database or the migration file"
        ),
        MigrateError::Execute(error) => return unavailable(error),
        other => other.to_string(),
    })
}
