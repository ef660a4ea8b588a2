//! A database engine as the store sees it: pools, and the few texts that differ.

pub(super) mod columns;
pub(super) mod encryption;
pub(super) mod errors;
pub(super) mod places;
pub(super) mod postgres;
pub(super) mod schema;
pub(super) mod sqlite;
pub(super) mod unit_of_work;

use std::fmt;
use std::time::Duration;

use sqlx::any::{AnyArguments, AnyPoolOptions, AnyRow};
use sqlx::query::QueryAs;
use sqlx::{Any, AnyPool, Executor as _, FromRow, Transaction};
use tokio::time::timeout;

use super::StoreOptions;
use crate::domain::kernel::store_error::StoreError;
use errors::{late, of_statement, unavailable};

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Reads and writes.
    Write,
    /// Reads one snapshot and waits for no writer.
    Read,
}

/// All the SQL that is not the same text for both engines.
#[derive(Debug)]
pub(super) struct Dialect {
    /// The engine's name, for people.
    pub(super) name: &'static str,
    /// Begins a transaction that may write.
    pub(super) begin_write: &'static str,
    /// Begins a transaction that only reads.
    pub(super) begin_read: &'static str,
    /// Run inside a writing transaction before migrating, so that replicas migrate one after the other.
    pub(super) lock_schema: &'static [&'static str],
    /// Rows that one statement inserts, where there are many.
    pub(super) rows_at_once: usize,
    /// One number: 0 when no migration was ever run.
    pub(super) has_history: &'static str,
}

/// An open database.
#[derive(Clone)]
pub(super) struct Engine {
    dialect: &'static Dialect,
    write: AnyPool,
    read: AnyPool,
    options: StoreOptions,
}

impl Engine {
    /// Connects by the URL's scheme.
    pub(super) async fn connect(url: &str, options: StoreOptions) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let scheme = url.split(':').next().unwrap_or_default();
        let (dialect, write, read) = match scheme {
            "sqlite" => {
                let (write, read) = sqlite::open(url, options).await?;
                (&sqlite::DIALECT, write, read)
            }
            "postgres" | "postgresql" => {
                let pool = postgres::open(url, options).await?;
                (&postgres::DIALECT, pool.clone(), pool)
            }
            // The URL may carry a password: only its scheme is repeated.
            other => {
                return Err(StoreError::Unavailable(format!(
                    "database URLs begin with sqlite: or postgres:, not {other:?}"
                )));
            }
        };
        Ok(Self { dialect, write, read, options })
    }

    pub(super) fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    /// How long a caller waits for one statement: the database's own limit and a second more, for one that is gone.
    pub(super) fn patience(&self) -> Duration {
        self.options.statement + Duration::from_secs(1)
    }

    pub(super) async fn begin(&self, access: Access) -> Result<Transaction<'static, Any>, StoreError> {
        let (pool, statement) = match access {
            Access::Write => (&self.write, self.dialect.begin_write),
            Access::Read => (&self.read, self.dialect.begin_read),
        };
        let longest = self.options.acquire + self.patience();
        // In a task of its own: a caller that goes away while it begins would leave the connection to the next one in a
        // transaction that nobody knows of. So it begins, and is then rolled back.
        let pool = pool.clone();
        let begun = tokio::spawn(async move { pool.begin_with(statement).await });
        let begun = timeout(longest, begun).await.map_err(|_| late())?;
        begun.map_err(|error| StoreError::Unavailable(error.to_string()))?.map_err(|error| unavailable(&error))
    }

    /// The rows of one question, outside any transaction.
    pub(super) async fn ask<T>(&self, question: QueryAs<'_, Any, T, AnyArguments>) -> Result<Vec<T>, StoreError>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let longest = self.options.acquire + self.patience();
        timeout(longest, question.fetch_all(&self.read))
            .await
            .map_err(|_| late())?
            .map_err(|error| of_statement(&error))
    }

    pub(super) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.dialect.name)
    }
}

/// A pool whose every connection starts with `session`.
pub(super) async fn pool(
    url: &str,
    connections: u32,
    test_before_acquire: bool,
    session: String,
    options: StoreOptions,
) -> Result<AnyPool, StoreError> {
    let pool = AnyPoolOptions::new()
        .max_connections(connections.max(1))
        .acquire_timeout(options.acquire)
        .test_before_acquire(test_before_acquire)
        .after_connect(move |connection, _| {
            let session = session.clone();
            Box::pin(async move {
                // Made of constants and durations in the engine's own file.
                connection.execute(sqlx::AssertSqlSafe(session)).await?;
                Ok(())
            })
        });
    timeout(options.acquire + Duration::from_secs(1), pool.connect(url))
        .await
        .map_err(|_| late())?
        .map_err(|error| unavailable(&error))
}
