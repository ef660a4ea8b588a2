//! PostgreSQL: what several replicas share.

use sqlx::AnyPool;

use super::{Dialect, pool};
use crate::domain::kernel::store_error::StoreError;
use crate::store::StoreOptions;

pub(super) const DIALECT: Dialect = Dialect {
    name: "PostgreSQL",
    // Enough, since every change is a compare-and-set or holds a row lock; said aloud because a server may be set to
    // another default.
    begin_write: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    // One snapshot, as an SQLite reader has it.
    begin_read: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    // A migration may take its time. The number is the first eight bytes of sha256("rastau schema").
    lock_schema: &[
        "SET LOCAL statement_timeout = 0",
        "SET LOCAL lock_timeout = 0",
        "SET LOCAL idle_in_transaction_session_timeout = 0",
        "SELECT pg_advisory_xact_lock(-8400325445131223291)",
    ],
    rows_at_once: 500,
    has_history: "SELECT COUNT(*) FROM pg_catalog.pg_tables \
                  WHERE tablename = '_sqlx_migrations' AND schemaname = current_schema()",
};

/// Opens the pool. Connections are tried before use, so that a restart of the server is not the caller's trouble.
pub(in crate::store) async fn open(url: &str, options: StoreOptions) -> Result<AnyPool, StoreError> {
    pool(url, options.connections, true, session(options), options).await
}

fn session(options: StoreOptions) -> String {
    let statement = options.statement.as_millis();
    let lock = options.lock.as_millis();
    // A replica that died in the middle of a transaction must not hold its locks for long.
    format!(
        "SET statement_timeout = {statement}; SET lock_timeout = {lock}; \
         SET idle_in_transaction_session_timeout = 60000; SET application_name = 'rastau';"
    )
}
