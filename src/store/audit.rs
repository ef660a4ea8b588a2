//! The tamper-evident log.

use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use sqlx_macros::FromRow;

use crate::domain::audit::event::{AuditEvent, ChainHead, NewAuditEvent};
use crate::domain::audit::ports::AuditLog;
use crate::domain::audit::tree::{Hash, Stretch, leaf};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::store::engine::columns::{bytes, count};
use crate::store::engine::places::places;
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

#[derive(FromRow)]
struct EventRow {
    sequence: i64,
    kind: String,
    at: i64,
    subject: String,
    details: String,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

impl EventRow {
    fn into_event(self) -> Result<AuditEvent> {
        Ok(AuditEvent {
            sequence: self.sequence,
            kind: self.kind,
            at: Timestamp::from_micros(self.at),
            subject: self.subject,
            details: self.details,
            previous: bytes(&self.previous, "audit_event.previous")?,
            hash: bytes(&self.hash, "audit_event.hash")?,
        })
    }
}

#[derive(FromRow)]
struct HeadRow {
    sequence: i64,
    hash: Vec<u8>,
}

impl HeadRow {
    fn into_head(self) -> Result<ChainHead> {
        Ok(ChainHead { sequence: self.sequence, hash: bytes(&self.hash, "audit_head.hash")? })
    }
}

impl SqlUnitOfWork {
    /// Reads the head and holds its row until the transaction ends; makes the first one.
    async fn lock_head(&mut self) -> Result<ChainHead> {
        self.fetch_optional(
            sqlx::query_as::<_, HeadRow>(
                "INSERT INTO audit_head (id, sequence, hash) VALUES (1, $1, $2) \
                 ON CONFLICT (id) DO UPDATE SET id = 1 RETURNING sequence, hash",
            )
            .bind(ChainHead::EMPTY.sequence)
            .bind(ChainHead::EMPTY.hash.to_vec()),
        )
        .await?
        .ok_or_else(|| StoreError::Corrupt("audit_head: its row is missing".to_owned()))?
        .into_head()
    }
}

impl SqlUnitOfWork {
    /// Writes events that have their places, the last of which is the new head.
    async fn place(&mut self, events: &[AuditEvent]) -> Result<()> {
        let Some(last) = events.last() else { return Ok(()) };
        let text = format!(
            "INSERT INTO audit_event (sequence, kind, at, subject, details, previous, hash) VALUES {}",
            places(events.len(), 7)
        );
        let insert = events.iter().fold(sqlx::query(AssertSqlSafe(text)), |insert, event| {
            insert
                .bind(event.sequence)
                .bind(event.kind.as_str())
                .bind(event.at.micros())
                .bind(event.subject.as_str())
                .bind(event.details.as_str())
                .bind(event.previous.to_vec())
                .bind(event.hash.to_vec())
        });
        self.execute(insert).await?;
        self.change(
            sqlx::query("UPDATE audit_head SET sequence = $1, hash = $2 WHERE id = 1")
                .bind(last.sequence)
                .bind(last.hash.to_vec()),
        )
        .await
    }
}

#[async_trait]
impl AuditLog for SqlUnitOfWork {
    async fn append_audit(&mut self, event: &NewAuditEvent) -> Result<AuditEvent> {
        let placed = self.lock_head().await?.append(event);
        self.place(std::slice::from_ref(&placed)).await?;
        Ok(placed)
    }

    async fn append_audits(&mut self, events: &[NewAuditEvent]) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let mut head = self.lock_head().await?;
        let mut placed = Vec::with_capacity(events.len());
        for event in events {
            let next = head.append(event);
            head = ChainHead { sequence: next.sequence, hash: next.hash };
            placed.push(next);
        }
        self.place(&placed).await
    }

    async fn list_audit(&mut self, from: i64, limit: u32) -> Result<Vec<AuditEvent>> {
        let rows = self
            .fetch_all(
                sqlx::query_as::<_, EventRow>(
                    "SELECT sequence, kind, at, subject, details, previous, hash FROM audit_event \
                     WHERE sequence >= $1 ORDER BY sequence LIMIT $2",
                )
                .bind(from)
                .bind(i64::from(limit)),
            )
            .await?;
        rows.into_iter().map(EventRow::into_event).collect()
    }

    async fn audit_head(&mut self) -> Result<ChainHead> {
        let head = self
            .fetch_optional(sqlx::query_as::<_, HeadRow>("SELECT sequence, hash FROM audit_head WHERE id = 1"))
            .await?;
        head.map_or(Ok(ChainHead::EMPTY), HeadRow::into_head)
    }

    async fn audit_trail(&mut self, subjects: &[String], limit: u32) -> Result<Vec<AuditEvent>> {
        let mut events = Vec::new();
        for subject in subjects {
            let query = "SELECT sequence, kind, at, subject, details, previous, hash FROM audit_event \
                         WHERE subject = $1 AND kind <> 'token_issued' ORDER BY sequence DESC LIMIT $2";
            let query = sqlx::query_as::<_, EventRow>(query).bind(subject.clone()).bind(i64::from(limit));
            events.extend(self.fetch_all(query).await?);
        }
        events.sort_by_key(|event| event.sequence);
        let surplus = events.len().saturating_sub(limit as usize);
        events.into_iter().skip(surplus).map(EventRow::into_event).collect()
    }

    async fn audit_hashes(&mut self, stretch: Stretch) -> Result<Vec<Hash>> {
        let (from, until) = (signed(stretch.from)?, signed(stretch.until)?);
        let query = match stretch.level {
            0 => sqlx::query_as::<_, (Vec<u8>,)>(
                "SELECT hash FROM audit_event WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence",
            ),
            level => sqlx::query_as::<_, (Vec<u8>,)>(
                "SELECT hash FROM audit_tile WHERE place >= $1 AND place < $2 AND level = $3 ORDER BY place",
            )
            .bind(from)
            .bind(until)
            .bind(i64::from(level)),
        };
        let query = if stretch.level == 0 { query.bind(from).bind(until) } else { query };
        let hash = |(raw,): (Vec<u8>,)| {
            let hash = bytes(&raw, "audit_event.hash")?;
            Ok(if stretch.level == 0 { leaf(&hash) } else { hash })
        };
        let hashes: Vec<Hash> = self.fetch_all(query).await?.into_iter().map(hash).collect::<Result<_>>()?;
        let wanted = usize::try_from(stretch.until - stretch.from).unwrap_or(usize::MAX);
        if hashes.len() == wanted {
            Ok(hashes)
        } else {
            Err(StoreError::Corrupt("audit_tile: hashes are missing".into()))
        }
    }

    async fn audit_tiles(&mut self, level: u32) -> Result<u64> {
        let query = "SELECT place FROM audit_tile WHERE level = $1 ORDER BY place DESC LIMIT 1";
        let last = self.fetch_optional(sqlx::query_as::<_, (i64,)>(query).bind(i64::from(level))).await?;
        last.map_or(Ok(0), |(place,)| count(place + 1, "audit_tile.place"))
    }

    async fn put_audit_tiles(&mut self, level: u32, from: u64, roots: &[Hash]) -> Result<()> {
        for (place, root) in (signed(from)?..).zip(roots) {
            let query = "INSERT INTO audit_tile (level, place, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            self.execute(sqlx::query(query).bind(i64::from(level)).bind(place).bind(root.to_vec())).await?;
        }
        Ok(())
    }
}

fn signed(place: u64) -> Result<i64> {
    i64::try_from(place).map_err(|_| StoreError::Corrupt("audit_tile.place".to_owned()))
}
