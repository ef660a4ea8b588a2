//! The restrictions registry: found by a keyed hash of the IIN, which itself is not kept.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::FromRow;

use super::columns::{count, instant, micros, named, placeholders};
use super::unit_of_work::{Result, SqlUnitOfWork};
use crate::domain::person::Iin;
use crate::domain::ports::Restrictions;
use crate::domain::restrictions::{Ground, Restriction, Source};
use crate::domain::time::Timestamp;

/// Rows of one INSERT: past some hundred, a statement gains nothing more.
const CHUNK: usize = 200;

#[derive(FromRow)]
struct RestrictionRow {
    source: String,
    source_key: String,
    ground: String,
    legal_basis: String,
    starts_at: i64,
    ends_at: Option<i64>,
}

impl RestrictionRow {
    fn into_restriction(self) -> Result<Restriction> {
        Ok(Restriction {
            ground: named(&self.ground, Ground::from_name, "restriction.ground")?,
            legal_basis: self.legal_basis,
            starts_at: Timestamp::from_micros(self.starts_at),
            ends_at: instant(self.ends_at),
            source: self.source,
            source_key: self.source_key,
        })
    }
}

#[derive(FromRow)]
struct SourceRow {
    name: String,
    refreshed_at: i64,
    max_age_micros: i64,
}

impl SourceRow {
    fn into_source(self) -> Result<Source> {
        Ok(Source {
            name: self.name,
            refreshed_at: Timestamp::from_micros(self.refreshed_at),
            max_age: Duration::from_micros(count(self.max_age_micros, "restriction_source.max_age_micros")?),
        })
    }
}

impl SqlUnitOfWork {
    async fn insert_restrictions(&mut self, source: &str, rows: &[(Iin, Restriction)]) -> Result<()> {
        let text = format!(
            "INSERT INTO restriction \
             (source, source_key, iin_lookup, ground, legal_basis, starts_at, ends_at) VALUES {}",
            placeholders(rows.len(), 7)
        );
        let mut statement = sqlx::query(sqlx::AssertSqlSafe(text));
        for (iin, restriction) in rows {
            statement = statement
                .bind(source)
                .bind(restriction.source_key.as_str())
                .bind(self.cipher.lookup("restriction", iin)?)
                .bind(restriction.ground.as_str())
                .bind(restriction.legal_basis.as_str())
                .bind(restriction.starts_at.micros())
                .bind(micros(restriction.ends_at));
        }
        self.execute(statement).await?;
        Ok(())
    }
}

#[async_trait]
impl Restrictions for SqlUnitOfWork {
    /// A record that stands twice in `rows` (same key, person and ground) is a [`Conflict`] that ends the transaction.
    ///
    /// [`Conflict`]: crate::domain::ports::StoreError::Conflict
    async fn replace_restrictions(&mut self, source: &Source, rows: &[(Iin, Restriction)]) -> Result<()> {
        let max_age = i64::try_from(source.max_age.as_micros()).unwrap_or(i64::MAX);
        // The source first: its row makes two imports of it wait for each other.
        self.execute(
            sqlx::query(
                "INSERT INTO restriction_source (name, refreshed_at, max_age_micros) VALUES ($1, $2, $3) \
                 ON CONFLICT (name) DO UPDATE \
                 SET refreshed_at = excluded.refreshed_at, max_age_micros = excluded.max_age_micros",
            )
            .bind(source.name.as_str())
            .bind(source.refreshed_at.micros())
            .bind(max_age),
        )
        .await?;
        self.execute(sqlx::query("DELETE FROM restriction WHERE source = $1").bind(source.name.as_str())).await?;
        for chunk in rows.chunks(CHUNK) {
            self.insert_restrictions(&source.name, chunk).await?;
        }
        Ok(())
    }

    async fn restrictions_of(&mut self, iin: &Iin) -> Result<Vec<Restriction>> {
        let lookup = self.cipher.lookup("restriction", iin)?;
        let rows = self
            .fetch_all(
                sqlx::query_as::<_, RestrictionRow>(
                    "SELECT source, source_key, ground, legal_basis, starts_at, ends_at FROM restriction \
                     WHERE iin_lookup = $1",
                )
                .bind(lookup),
            )
            .await?;
        let mut found: Vec<Restriction> =
            rows.into_iter().map(RestrictionRow::into_restriction).collect::<Result<_>>()?;
        // Sorted here for the same reason as operators are.
        let key = |r: &Restriction| (r.starts_at, r.source.clone(), r.source_key.clone());
        found.sort_by_cached_key(key);
        Ok(found)
    }

    async fn list_sources(&mut self) -> Result<Vec<Source>> {
        let rows = self
            .fetch_all(sqlx::query_as::<_, SourceRow>(
                "SELECT name, refreshed_at, max_age_micros FROM restriction_source",
            ))
            .await?;
        let mut sources: Vec<Source> = rows.into_iter().map(SourceRow::into_source).collect::<Result<_>>()?;
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(sources)
    }
}
