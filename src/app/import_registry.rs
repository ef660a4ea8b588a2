//! Import a restrictions file: the whole file or nothing, in place of all that its source said before.

use std::collections::HashSet;
use std::io::BufRead;
use std::time::Duration;

use super::registry_file;
use super::row_refusal::RowRefusal;
use super::table::TableError;
use crate::domain::audit::{AuditKind, NewAuditEvent};
use crate::domain::ports::{Clock, Store, StoreError};
use crate::domain::restrictions::Source;
use crate::domain::time::Timestamp;

/// A source may be trusted for at least this long ...
pub const SHORTEST_MAX_AGE: Duration = Duration::from_mins(1);
/// ... and at most this long after it was refreshed.
pub const LONGEST_MAX_AGE: Duration = Duration::from_hours(366 * 24);

/// What is to be imported.
#[derive(Clone, Debug)]
pub struct RegistryImport {
    /// The source's name.
    pub source: String,
    /// How long the file may be trusted.
    pub max_age: Duration,
    /// When the source made the file; now when not known.
    pub as_of: Option<Timestamp>,
    /// Whether a file without rows is meant: it frees everybody whom the source had restricted.
    pub allow_empty: bool,
}

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryImported {
    /// Restrictions.
    pub rows: usize,
    /// Different people among them.
    pub people: usize,
    /// SHA-256 of the file, hex.
    pub sha256: String,
}

/// Why nothing was imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportRegistryError {
    /// The source's name has other characters.
    #[error("a source name is 1 to 64 characters of a-z, 0-9, '-', '_' and '.'")]
    SourceName,
    /// Too short or too long.
    #[error("the greatest age of a source is 1m to 366d")]
    MaxAge,
    /// The file is said to come from the future.
    #[error("the file is dated {0}, which lies ahead")]
    FromTheFuture(Timestamp),
    /// A newer file was imported before.
    #[error("the file is dated {given}, but the source was refreshed at {known} already")]
    Outdated {
        /// The file's date.
        given: Timestamp,
        /// The source's last refresh.
        known: Timestamp,
    },
    /// No table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// At least one bad row; none was imported.
    #[error("{} rows were refused, so nothing was imported", .0.len())]
    Refused(Vec<RowRefusal>),
    /// No rows at all.
    #[error("the file has no rows; if the source restricts nobody, say so with --allow-empty")]
    Empty,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Replaces everything of the source in one transaction and refreshes it. A bad row refuses the whole file: a person
/// whose row was left out would be let in.
pub async fn import_registry(
    store: &dyn Store,
    clock: &dyn Clock,
    reader: impl BufRead,
    import: &RegistryImport,
    progress: impl FnMut(u64),
) -> Result<RegistryImported, ImportRegistryError> {
    if !Source::is_name(&import.source) {
        return Err(ImportRegistryError::SourceName);
    }
    if !(SHORTEST_MAX_AGE..=LONGEST_MAX_AGE).contains(&import.max_age) {
        return Err(ImportRegistryError::MaxAge);
    }
    let file = registry_file::read(reader, &import.source, progress)?;
    if !file.refused.is_empty() {
        return Err(ImportRegistryError::Refused(file.refused));
    }
    if file.rows.is_empty() && !import.allow_empty {
        return Err(ImportRegistryError::Empty);
    }
    let people: HashSet<&str> = file.rows.iter().map(|(iin, _)| iin.expose()).collect();
    let imported = RegistryImported { rows: file.rows.len(), people: people.len(), sha256: file.sha256 };
    let now = clock.now();
    let source =
        Source { name: import.source.clone(), refreshed_at: import.as_of.unwrap_or(now), max_age: import.max_age };
    if source.refreshed_at > now {
        return Err(ImportRegistryError::FromTheFuture(source.refreshed_at));
    }
    let mut unit = store.begin().await?;
    let known = unit.list_sources().await?;
    if let Some(known) = known.iter().find(|known| known.name == source.name)
        && known.refreshed_at > source.refreshed_at
    {
        return Err(ImportRegistryError::Outdated { given: source.refreshed_at, known: known.refreshed_at });
    }
    unit.replace_restrictions(&source, &file.rows).await?;
    unit.append_audit(&event(&source, &imported, now)).await?;
    unit.commit().await?;
    Ok(imported)
}

fn event(source: &Source, imported: &RegistryImported, now: Timestamp) -> NewAuditEvent {
    NewAuditEvent {
        kind: AuditKind::RegistryImported,
        at: now,
        subject: source.name.clone(),
        details: serde_json::json!({
            "sha256": imported.sha256,
            "rows": imported.rows,
            "people": imported.people,
            "as_of": source.refreshed_at.rfc3339(),
            "max_age_seconds": source.max_age.as_secs(),
        }),
    }
}
