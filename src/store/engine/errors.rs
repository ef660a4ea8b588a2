//! What a database error means to the caller. Texts never carry values or the URL, which may hold a password.

use sqlx::error::{DatabaseError, ErrorKind};

use crate::domain::kernel::store_error::StoreError;

/// The database did not answer in time.
pub(super) fn late() -> StoreError {
    StoreError::Unavailable("it did not answer in time".to_owned())
}

/// While connecting, every error means that the database cannot be used.
pub(in crate::store) fn unavailable(error: &sqlx::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

/// In a statement.
pub(in crate::store) fn of_statement(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(database) if is_conflict(database.as_ref()) => StoreError::Conflict,
        sqlx::Error::Decode(_)
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnIndexOutOfBounds { .. } => StoreError::Corrupt(error.to_string()),
        _ => unavailable(error),
    }
}

/// Taken keys, vanished parents, and (PostgreSQL) races that the server ended: serialization failure and deadlock.
fn is_conflict(error: &dyn DatabaseError) -> bool {
    matches!(error.kind(), ErrorKind::UniqueViolation | ErrorKind::ForeignKeyViolation)
        || matches!(error.code().as_deref(), Some("40001" | "40P01"))
}
