//! Notices on their way. A try is a lease, as with webhooks; what a notice says and where it goes stands here encrypted, and
//! no longer than it is needed.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::identity::contact::{Channel, Contact};
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::locale::Locale;
use crate::domain::kernel::outbox::MessageState;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::notices::ports::Notices;
use crate::domain::notices::{Bucket, Notice, NoticeFailure};
use crate::store::engine::columns::{corrupt, count, from_json, named, parse, to_json};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};
use crate::store::identity::contacts;

const TABLE: &str = "notice";
const ADDRESS: Column = Column::new(TABLE, "address");
const CONTENT: Column = Column::new(TABLE, "content");
/// More than any limit: whoever has so many may have no more.
const COUNTED: i64 = 1_000;

/// The columns of a notice; named, as everywhere.
macro_rules! columns {
    () => {
        "id, player, channel, locale, address, content, created_at, state, attempts, due_at, last_result"
    };
}

#[derive(FromRow)]
struct NoticeRow {
    id: String,
    player: String,
    channel: String,
    locale: String,
    address: Option<Vec<u8>>,
    content: Option<Vec<u8>>,
    created_at: i64,
    state: String,
    attempts: i64,
    due_at: i64,
    last_result: Option<String>,
}

impl NoticeRow {
    fn into_notice(self, cipher: &ColumnCipher) -> Result<Notice> {
        let row: [&[u8]; 1] = [self.id.as_bytes()];
        let address = self.address.as_deref().ok_or_else(|| corrupt("notice.address"))?;
        let to = contacts::read(cipher, ADDRESS, &row, &self.channel, address, "notice.address")?;
        let content = cipher.open(CONTENT, &row, self.content.as_deref().ok_or_else(|| corrupt("notice.content"))?)?;
        let failure = |text: String| named(&text, NoticeFailure::from_name, "notice.last_result");
        Ok(Notice {
            id: parse(&self.id, "notice.id")?,
            player: parse(&self.player, "notice.player")?,
            to,
            content: from_json(content.expose(), "notice.content")?,
            locale: named(&self.locale, Locale::from_tag, "notice.locale")?,
            created_at: Timestamp::from_micros(self.created_at),
            state: named(&self.state, MessageState::from_name, "notice.state")?,
            attempts: count(self.attempts, "notice.attempts")?,
            due_at: Timestamp::from_micros(self.due_at),
            last: self.last_result.map(failure).transpose()?,
        })
    }
}

impl SqlUnitOfWork {
    async fn give_up_damaged(&mut self, id: &str, error: &StoreError, now: Timestamp) -> Result<()> {
        tracing::error!(%error, id, "a notice cannot be read and is given up");
        let statement = sqlx::query(
            "UPDATE notice SET state = 'failed', due_at = $2, last_result = $3, address = NULL, content = NULL \
             WHERE id = $1",
        )
        .bind(id)
        .bind(now.micros())
        .bind(NoticeFailure::Damaged.as_str());
        self.execute(statement).await.map(|_| ())
    }
}

#[async_trait]
impl Notices for SqlUnitOfWork {
    async fn insert_notice(&mut self, notice: &Notice) -> Result<()> {
        let id = notice.id.to_string();
        let row: [&[u8]; 1] = [id.as_bytes()];
        let address = notice.to.address().expose();
        let content = zeroize::Zeroizing::new(to_json(&notice.content, "notice.content")?);
        let statement = sqlx::query(
            "INSERT INTO notice (id, player, kind, channel, locale, address_lookup, address, content, created_at, \
             state, attempts, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(id.as_str())
        .bind(notice.player.to_string())
        .bind(notice.kind().as_str())
        .bind(notice.to.channel().as_str())
        .bind(notice.locale.tag())
        .bind(self.cipher.lookup_text(TABLE, address)?)
        .bind(self.cipher.seal(ADDRESS, &row, address.as_bytes())?)
        .bind(self.cipher.seal(CONTENT, &row, content.as_bytes())?)
        .bind(notice.created_at.micros())
        .bind(notice.state.as_str())
        .bind(i64::from(notice.attempts))
        .bind(notice.due_at.micros());
        self.execute(statement).await?;
        Ok(())
    }

    async fn earlier_notices(
        &mut self,
        player: PlayerId,
        to: &Contact,
        bucket: Bucket,
        since: Timestamp,
    ) -> Result<Vec<Timestamp>> {
        let lookup = self.cipher.lookup_text(TABLE, to.address().expose())?;
        let rows: Vec<(i64,)> = self
            .fetch_all(
                sqlx::query_as(
                    "SELECT created_at FROM notice WHERE (player = $1 OR address_lookup = $2) AND channel = $3 \
                     AND kind = $4 AND created_at > $5 ORDER BY created_at DESC LIMIT $6",
                )
                .bind(player.to_string())
                .bind(lookup)
                .bind(to.channel().as_str())
                .bind(bucket.kind().as_str())
                .bind(since.micros())
                .bind(COUNTED),
            )
            .await?;
        Ok(rows.into_iter().map(|(at,)| Timestamp::from_micros(at)).collect())
    }

    async fn channels_with_notices_due(&mut self, now: Timestamp) -> Result<Vec<Channel>> {
        let query = "SELECT DISTINCT channel FROM notice WHERE state = 'pending' AND due_at <= $1 ORDER BY channel";
        let rows: Vec<(String,)> = self.fetch_all(sqlx::query_as(query).bind(now.micros())).await?;
        rows.iter().map(|(name,)| named(name, Channel::from_name, "notice.channel")).collect()
    }

    async fn claim_notices(
        &mut self,
        channel: Channel,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Notice>> {
        let rows = self
            .fetch_all(
                // The conditions stand twice: what another replica claims while this statement waits for it is its own.
                sqlx::query_as::<_, NoticeRow>(concat!(
                    "UPDATE notice SET attempts = attempts + 1, due_at = $3 ",
                    "WHERE state = 'pending' AND due_at <= $2 AND id IN (SELECT id FROM notice ",
                    "WHERE channel = $1 AND state = 'pending' AND due_at <= $2 ORDER BY due_at, id LIMIT $4) ",
                    "RETURNING ",
                    columns!()
                ))
                .bind(channel.as_str())
                .bind(now.micros())
                .bind(until.micros())
                .bind(i64::from(limit)),
            )
            .await?;
        let mut notices: Vec<Notice> = Vec::with_capacity(rows.len());
        for row in rows {
            let id = row.id.clone();
            match row.into_notice(&self.cipher) {
                Ok(notice) => notices.push(notice),
                // One that cannot be read must not keep all the others waiting.
                Err(error) => self.give_up_damaged(&id, &error, now).await?,
            }
        }
        notices.sort_by_key(|notice| notice.id);
        Ok(notices)
    }

    async fn finish_notice(&mut self, notice: &Notice) -> Result<bool> {
        let finished = self
            .execute(
                sqlx::query(
                    "UPDATE notice SET state = $3, due_at = $4, last_result = $5, \
                     address = CASE WHEN $3 = 'pending' THEN address END, \
                     content = CASE WHEN $3 = 'pending' THEN content END \
                     WHERE id = $1 AND attempts = $2 AND state = 'pending'",
                )
                .bind(notice.id.to_string())
                .bind(i64::from(notice.attempts))
                .bind(notice.state.as_str())
                .bind(notice.due_at.micros())
                .bind(notice.last.map(NoticeFailure::as_str)),
            )
            .await?;
        Ok(finished > 0)
    }

    async fn list_notices(&mut self, player: PlayerId, limit: u32) -> Result<Vec<Notice>> {
        let rows = self
            .fetch_all(
                sqlx::query_as::<_, NoticeRow>(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM notice WHERE player = $1 AND content IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT $2"
                ))
                .bind(player.to_string())
                .bind(i64::from(limit)),
            )
            .await?;
        rows.into_iter().map(|row| row.into_notice(&self.cipher)).collect()
    }

    async fn delete_notices(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            sqlx::query(
                "DELETE FROM notice WHERE due_at < $1 AND id IN (SELECT id FROM notice WHERE due_at < $1 LIMIT $2)",
            )
            .bind(before.micros())
            .bind(i64::from(limit)),
        )
        .await
    }
}
