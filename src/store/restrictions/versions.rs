//! How versions of what a source says come in, count, and go.

use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};
use sqlx_macros::FromRow;

use super::records::{RestrictionRow, SourceRow};
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::ports::{RecordKey, RestrictionVersions};
use crate::domain::restrictions::{
    Counts, PersonKey, Position, Restriction, Source, Version, VersionKind, VersionState,
};
use crate::store::engine::columns::{bytes, count, micros, named};
use crate::store::engine::places::places;
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const KEY: &str = "restriction.iin_lookup";

#[derive(FromRow)]
struct VersionRow {
    source: String,
    number: i64,
    base: i64,
    kind: String,
    state: String,
    as_of: i64,
    max_age_micros: i64,
    sha256: String,
    rows_counted: i64,
    rows_added: i64,
    rows_removed: i64,
    rows_refused: i64,
    report: String,
    touched_at: i64,
    cursor: Option<String>,
    etag: Option<String>,
    key_generation: i64,
    counted_at: Option<i64>,
    released: i64,
}

impl VersionRow {
    fn into_version(self) -> Result<Version> {
        let rows = |number| count(number, "restriction_version.rows");
        Ok(Version {
            source: self.source,
            number: count(self.number, "restriction_version.number")?,
            base: count(self.base, "restriction_version.base")?,
            kind: named(&self.kind, VersionKind::from_name, "restriction_version.kind")?,
            state: named(&self.state, VersionState::from_name, "restriction_version.state")?,
            as_of: Timestamp::from_micros(self.as_of),
            max_age: Duration::from_micros(count(self.max_age_micros, "restriction_version.max_age_micros")?),
            sha256: self.sha256,
            counts: Counts {
                rows: rows(self.rows_counted)?,
                added: rows(self.rows_added)?,
                removed: rows(self.rows_removed)?,
                refused: rows(self.rows_refused)?,
            },
            report: self.report,
            position: Position { cursor: self.cursor, etag: self.etag },
            touched_at: Timestamp::from_micros(self.touched_at),
            key_generation: count(self.key_generation, "restriction_version.key_generation")?,
            counted_at: self.counted_at.map(Timestamp::from_micros),
            released: self.released != 0,
        })
    }
}

#[derive(FromRow)]
struct CountingRow {
    iin_lookup: Vec<u8>,
    #[sqlx(flatten)]
    restriction: RestrictionRow,
}

impl CountingRow {
    fn into_row(self) -> Result<(PersonKey, Restriction)> {
        Ok((PersonKey(bytes(&self.iin_lookup, KEY)?), self.restriction.into_restriction()?))
    }
}

fn age(version: &Version) -> i64 {
    i64::try_from(version.max_age.as_micros()).unwrap_or(i64::MAX)
}

fn number(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// A statement with all columns of a version, `$1` to `$19`.
fn bound<'q>(statement: Query<'q, Any, AnyArguments>, version: &'q Version) -> Query<'q, Any, AnyArguments> {
    statement
        .bind(version.source.as_str())
        .bind(i64::from(version.number))
        .bind(i64::from(version.base))
        .bind(version.kind.as_str())
        .bind(version.state.as_str())
        .bind(version.as_of.micros())
        .bind(age(version))
        .bind(version.sha256.as_str())
        .bind(number(version.counts.rows))
        .bind(number(version.counts.added))
        .bind(number(version.counts.removed))
        .bind(number(version.counts.refused))
        .bind(version.report.as_str())
        .bind(version.touched_at.micros())
        .bind(version.position.cursor.as_deref())
        .bind(version.position.etag.as_deref())
        .bind(i64::from(version.key_generation))
        .bind(micros(version.counted_at))
        .bind(i64::from(version.released))
}

#[async_trait]
impl RestrictionVersions for SqlUnitOfWork {
    async fn list_sources(&mut self) -> Result<Vec<Source>> {
        let rows = self
            .fetch_all(sqlx::query_as::<_, SourceRow>(
                "SELECT name, refreshed_at, max_age_micros FROM restriction_source WHERE version > 0",
            ))
            .await?;
        let mut sources: Vec<Source> = rows.into_iter().map(SourceRow::into_source).collect::<Result<_>>()?;
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(sources)
    }

    async fn list_versions(&mut self, source: &str) -> Result<Vec<Version>> {
        let query = sqlx::query_as::<_, VersionRow>(
            "SELECT source, number, base, kind, state, as_of, max_age_micros, sha256, rows_counted, rows_added, \
             rows_removed, rows_refused, report, touched_at, cursor, etag, key_generation, counted_at, released \
             FROM restriction_version WHERE source = $1 \
             ORDER BY number DESC",
        );
        self.fetch_all(query.bind(source)).await?.into_iter().map(VersionRow::into_version).collect()
    }

    async fn hold_source(&mut self, source: &str) -> Result<()> {
        let hold = sqlx::query("UPDATE restriction_source SET version = version WHERE name = $1");
        self.execute(hold.bind(source.to_owned())).await.map(drop)
    }

    async fn insert_version(&mut self, version: &Version) -> Result<()> {
        // The source first: its row makes two imports of it wait for each other.
        let source = sqlx::query(
            "INSERT INTO restriction_source (name, refreshed_at, max_age_micros, version, base) \
             VALUES ($1, $2, $3, 0, 0) ON CONFLICT (name) DO UPDATE SET version = restriction_source.version",
        );
        self.execute(source.bind(version.source.as_str()).bind(version.as_of.micros()).bind(age(version))).await?;
        let insert = sqlx::query(
            "INSERT INTO restriction_version (source, number, base, kind, state, as_of, max_age_micros, sha256, \
             rows_counted, rows_added, rows_removed, rows_refused, report, touched_at, cursor, etag, \
             key_generation, counted_at, released) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
             ON CONFLICT (source, number) DO NOTHING",
        );
        self.change(bound(insert, version)).await
    }

    async fn update_version(&mut self, version: &Version) -> Result<()> {
        let update = sqlx::query(
            "UPDATE restriction_version SET base = $3, kind = $4, state = $5, as_of = $6, max_age_micros = $7, \
             sha256 = $8, rows_counted = $9, rows_added = $10, rows_removed = $11, rows_refused = $12, report = $13, \
             touched_at = $14, cursor = $15, etag = $16, key_generation = $17, counted_at = $18, \
             released = $19 WHERE source = $1 AND number = $2",
        );
        self.change(bound(update, version)).await
    }

    async fn touch_version(&mut self, version: &Version) -> Result<()> {
        let touch = sqlx::query(
            "UPDATE restriction_version SET touched_at = $3, rows_added = $4 \
             WHERE source = $1 AND number = $2 AND state = $5",
        );
        let touch = touch.bind(version.source.as_str()).bind(i64::from(version.number));
        let touch = touch.bind(version.touched_at.micros()).bind(number(version.counts.added));
        self.change(touch.bind(VersionState::Staging.as_str())).await
    }

    async fn add_version_rows(&mut self, version: &Version, rows: &[(PersonKey, Restriction)]) -> Result<()> {
        for chunk in rows.chunks(self.rows_at_once) {
            let text = format!(
                "INSERT INTO restriction (iin_lookup, source, source_key, since, ground, legal_basis, starts_at, ends_at) \
                 VALUES {}",
                places(chunk.len(), 8)
            );
            let insert = chunk.iter().fold(sqlx::query(AssertSqlSafe(text)), |insert, (person, restriction)| {
                insert
                    .bind(person.0.to_vec())
                    .bind(version.source.as_str())
                    .bind(restriction.source_key.as_str())
                    .bind(i64::from(version.number))
                    .bind(restriction.ground.as_str())
                    .bind(restriction.legal_basis.as_str())
                    .bind(restriction.starts_at.micros())
                    .bind(micros(restriction.ends_at))
            });
            self.execute(insert).await?;
        }
        Ok(())
    }

    async fn withdraw_version_rows(&mut self, version: &Version, records: &[RecordKey]) -> Result<HashSet<RecordKey>> {
        let mut taken = HashSet::new();
        for chunk in records.chunks(self.rows_at_once) {
            let text = format!(
                "WITH record (person, own_key) AS (VALUES {}) UPDATE restriction SET until = ${} \
                 WHERE source = ${} AND since >= ${} AND since < ${} AND until IS NULL \
                   AND EXISTS (SELECT 1 FROM record WHERE person = iin_lookup AND own_key = source_key) \
                   AND iin_lookup IN (SELECT person FROM record) \
                 RETURNING iin_lookup, source_key",
                places(chunk.len(), 2),
                chunk.len() * 2 + 1,
                chunk.len() * 2 + 2,
                chunk.len() * 2 + 3,
                chunk.len() * 2 + 1,
            );
            let update = sqlx::query_as::<_, (Vec<u8>, String)>(AssertSqlSafe(text));
            let update =
                chunk.iter().fold(update, |update, (person, key)| update.bind(person.0.to_vec()).bind(key.as_str()));
            let update =
                update.bind(i64::from(version.number)).bind(version.source.as_str()).bind(i64::from(version.base));
            for (person, key) in self.fetch_all(update).await? {
                taken.insert((PersonKey(bytes(&person, KEY)?), key));
            }
        }
        Ok(taken)
    }

    async fn activate_version(&mut self, version: &Version) -> Result<()> {
        let switch = sqlx::query(
            "UPDATE restriction_source SET version = $2, base = $3, refreshed_at = $4, max_age_micros = $5, \
             key_generation = $6 WHERE name = $1",
        );
        self.change(
            switch
                .bind(version.source.as_str())
                .bind(i64::from(version.number))
                .bind(i64::from(version.base))
                .bind(version.as_of.micros())
                .bind(age(version))
                .bind(i64::from(version.key_generation)),
        )
        .await
    }

    async fn counting_rows(
        &mut self,
        version: &Version,
        first: PersonKey,
        last: PersonKey,
    ) -> Result<Vec<(PersonKey, Restriction)>> {
        let query = sqlx::query_as::<_, CountingRow>(
            "SELECT iin_lookup, source, source_key, ground, legal_basis, starts_at, ends_at FROM restriction \
             WHERE iin_lookup BETWEEN $1 AND $2 AND source = $3 AND since BETWEEN $4 AND $5 \
               AND (until IS NULL OR until > $5)",
        );
        let query = query.bind(first.0.to_vec()).bind(last.0.to_vec()).bind(version.source.as_str());
        let rows = self.fetch_all(query.bind(i64::from(version.base)).bind(i64::from(version.number))).await?;
        rows.into_iter().map(CountingRow::into_row).collect()
    }

    async fn undo_rows(&mut self, version: &Version, first: PersonKey, last: PersonKey) -> Result<u64> {
        let mut undone = 0;
        for text in [
            "DELETE FROM restriction WHERE iin_lookup BETWEEN $1 AND $2 AND source = $3 AND since = $4",
            "UPDATE restriction SET until = NULL WHERE iin_lookup BETWEEN $1 AND $2 AND source = $3 AND until = $4",
        ] {
            let undo = sqlx::query(text).bind(first.0.to_vec()).bind(last.0.to_vec());
            undone += self.execute(undo.bind(version.source.as_str()).bind(i64::from(version.number))).await?;
        }
        Ok(undone)
    }

    async fn remove_rows(&mut self, versions: &[Version], first: PersonKey, last: PersonKey) -> Result<u64> {
        let Some(newest) = versions.iter().max_by_key(|version| version.number) else { return Ok(0) };
        // Numbers of ours, not texts of others.
        let counts = |version: &Version| {
            let (number, base) = (version.number, version.base);
            format!("(since BETWEEN {base} AND {number} AND (until IS NULL OR until > {number}))")
        };
        let kept: Vec<String> = versions.iter().filter(|version| version.state.is_kept()).map(counts).collect();
        let text = format!(
            "DELETE FROM restriction WHERE iin_lookup BETWEEN $1 AND $2 AND source = $3 AND since <= $4 AND NOT ({})",
            if kept.is_empty() { "1 = 0".to_owned() } else { kept.join(" OR ") }
        );
        let delete = sqlx::query(AssertSqlSafe(text)).bind(first.0.to_vec()).bind(last.0.to_vec());
        self.execute(delete.bind(newest.source.as_str()).bind(i64::from(newest.number))).await
    }
}
