//! Whom operators know by which subject, and who asked about whom.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use sqlx_macros::FromRow;
use uuid::Uuid;

use crate::domain::identity::person::Iin;
use crate::domain::kernel::id::{AnswerId, PlayerId};
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::check::{Asked, Enquiry};
use crate::domain::operators::operator::OperatorId;
use crate::domain::operators::ports::Enquiries;
use crate::store::engine::columns::{instant, parse};
use crate::store::engine::places::{padded, places};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};
use crate::store::identity::players::open_iin;

/// Subjects of one statement.
const SUBJECTS_AT_ONCE: usize = 256;

#[derive(FromRow)]
struct AskedRow {
    id: String,
    operator: String,
    purpose: String,
    asked_at: i64,
    until: Option<i64>,
}

impl AskedRow {
    fn into_asked(self) -> Result<Asked> {
        Ok(Asked {
            id: parse(&self.id, "enquiry.id")?,
            operator: self.operator,
            purpose: self.purpose,
            at: Timestamp::from_micros(self.asked_at),
            until: instant(self.until),
        })
    }
}

#[async_trait]
impl Enquiries for SqlUnitOfWork {
    async fn put_subject(&mut self, operator: &OperatorId, subject: &str, player: PlayerId) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO pairwise_subject (operator, subject, player) VALUES ($1, $2, $3) \
             ON CONFLICT (operator, subject) DO NOTHING",
        );
        self.execute(query.bind(operator.as_str()).bind(subject).bind(player.to_string())).await?;
        Ok(())
    }

    async fn find_subjects(
        &mut self,
        operator: &OperatorId,
        subjects: &[String],
    ) -> Result<HashMap<String, (PlayerId, Iin)>> {
        let mut found = HashMap::new();
        for chunk in subjects.chunks(SUBJECTS_AT_ONCE) {
            let chunk = padded(chunk.to_vec());
            let text = format!(
                "SELECT subject, player.id, iin FROM pairwise_subject JOIN player ON player.id = pairwise_subject.player \
                 WHERE subject IN ({}) AND operator = ${}",
                places(chunk.len(), 1),
                chunk.len() + 1
            );
            let query = sqlx::query_as::<_, (String, String, Vec<u8>)>(AssertSqlSafe(text));
            let query = chunk.iter().fold(query, |query, subject| query.bind(subject.as_str()));
            let query = query.bind(operator.as_str());
            for (subject, player, iin) in self.fetch_all(query).await? {
                let iin = open_iin(&self.cipher, &player, &iin)?;
                found.insert(subject, (parse(&player, "pairwise_subject.player")?, iin));
            }
        }
        Ok(found)
    }

    async fn insert_enquiries(&mut self, enquiries: &[Enquiry]) -> Result<()> {
        for chunk in enquiries.chunks(self.rows_at_once) {
            let text = format!(
                "INSERT INTO enquiry (id, player, operator, purpose, request_id, asked_at, allowed) VALUES {}",
                places(chunk.len(), 7)
            );
            let insert = chunk.iter().fold(sqlx::query(AssertSqlSafe(text)), |insert, enquiry| {
                insert
                    .bind(enquiry.id.to_string())
                    .bind(enquiry.player.to_string())
                    .bind(enquiry.operator.as_str())
                    .bind(enquiry.purpose.as_str())
                    .bind(enquiry.request.as_str())
                    .bind(enquiry.asked_at.micros())
                    .bind(i64::from(enquiry.allowed))
            });
            self.execute(insert).await?;
        }
        Ok(())
    }

    async fn list_enquiries(&mut self, player: PlayerId, before: Option<Uuid>, limit: u32) -> Result<Vec<Asked>> {
        // Ids sort by time. The upper end stands above every UUID. A verification asked if it came to the last question.
        let query = sqlx::query_as::<_, AskedRow>(
            "SELECT enquiry.id AS id, operator.name AS operator, purpose, asked_at, CAST(NULL AS BIGINT) AS until \
             FROM enquiry JOIN operator ON operator.id = enquiry.operator WHERE player = $1 AND enquiry.id < $2 \
             UNION ALL \
             SELECT verification.id AS id, operator.name AS operator, 'play' AS purpose, decided_at AS asked_at, \
               (SELECT MAX(COALESCE(play_grant.ended_at, play_grant.expires_at)) FROM play_grant \
                WHERE play_grant.player = $1 AND play_grant.verification = verification.id) AS until \
             FROM verification JOIN operator ON operator.id = verification.operator \
             WHERE player = $1 AND verification.id < $2 AND factor IS NOT NULL AND decided_at IS NOT NULL \
             ORDER BY id DESC LIMIT $3",
        );
        let end = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
        let query = query.bind(player.to_string()).bind(end).bind(i64::from(limit));
        self.fetch_all(query).await?.into_iter().map(AskedRow::into_asked).collect()
    }

    async fn delete_enquiries(&mut self, before: AnswerId, limit: u32) -> Result<u64> {
        let query =
            sqlx::query("DELETE FROM enquiry WHERE id IN (SELECT id FROM enquiry WHERE id < $1 ORDER BY id LIMIT $2)");
        self.execute(query.bind(before.to_string()).bind(i64::from(limit))).await
    }
}
