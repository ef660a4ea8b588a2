//! One transaction over all repositories.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::{Query, QueryAs};
use sqlx::{Any, FromRow, Transaction};
use tokio::time::timeout;

use super::encryption::ColumnCipher;
use super::errors::{late, of_statement};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::ports::UnitOfWork;

pub(in crate::store) type Result<T> = std::result::Result<T, StoreError>;

/// A transaction that was begun. Dropped, it is rolled back.
pub(in crate::store) struct SqlUnitOfWork {
    transaction: Transaction<'static, Any>,
    pub(in crate::store) cipher: Arc<ColumnCipher>,
    patience: Duration,
    /// Rows that one statement inserts, where there are many.
    pub(in crate::store) rows_at_once: usize,
    /// False while a statement runs and ever after when one failed, ran late or was abandoned by its caller: what came
    /// before it must then not be committed. PostgreSQL would turn such a commit into a rollback without a word, and
    /// SQLite would commit the half.
    sound: bool,
}

impl SqlUnitOfWork {
    pub(in crate::store) fn new(
        transaction: Transaction<'static, Any>,
        cipher: Arc<ColumnCipher>,
        patience: Duration,
        rows_at_once: usize,
    ) -> Self {
        Self { transaction, cipher, patience, rows_at_once, sound: true }
    }

    /// Runs a statement and counts the rows that it changed.
    pub(in crate::store) async fn execute(&mut self, statement: Query<'_, Any, AnyArguments>) -> Result<u64> {
        self.start()?;
        let done = timeout(self.patience, statement.execute(&mut *self.transaction)).await;
        Ok(self.finish(done)?.rows_affected())
    }

    /// Runs an `INSERT .. ON CONFLICT DO NOTHING` (or a compare-and-set) that must change a row.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it changed none; the transaction may then go on.
    pub(in crate::store) async fn change(&mut self, statement: Query<'_, Any, AnyArguments>) -> Result<()> {
        match self.execute(statement).await? {
            0 => Err(StoreError::Conflict),
            _ => Ok(()),
        }
    }

    /// Runs a statement and takes its first row.
    pub(in crate::store) async fn fetch_optional<T>(
        &mut self,
        statement: QueryAs<'_, Any, T, AnyArguments>,
    ) -> Result<Option<T>>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        self.start()?;
        let done = timeout(self.patience, statement.fetch_optional(&mut *self.transaction)).await;
        self.finish(done)
    }

    /// Runs a statement and takes all its rows.
    pub(in crate::store) async fn fetch_all<T>(
        &mut self,
        statement: QueryAs<'_, Any, T, AnyArguments>,
    ) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        self.start()?;
        let done = timeout(self.patience, statement.fetch_all(&mut *self.transaction)).await;
        self.finish(done)
    }

    fn start(&mut self) -> Result<()> {
        if !self.sound {
            let why = "an earlier statement of this transaction failed";
            return Err(StoreError::Unavailable(why.to_owned()));
        }
        self.sound = false;
        Ok(())
    }

    fn finish<T>(&mut self, done: std::result::Result<sqlx::Result<T>, tokio::time::error::Elapsed>) -> Result<T> {
        let value = done.map_err(|_| late())?.map_err(|error| of_statement(&error))?;
        self.sound = true;
        Ok(value)
    }
}

#[async_trait]
impl UnitOfWork for SqlUnitOfWork {
    async fn commit(mut self: Box<Self>) -> Result<()> {
        self.start()?;
        timeout(self.patience, self.transaction.commit())
            .await
            .map_err(|_| late())?
            .map_err(|error| of_statement(&error))
    }
}
