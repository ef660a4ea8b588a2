//! Cases for compliance staff: scores, likenesses and the best frame are encrypted.

use std::collections::BTreeSet;

use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use sqlx_macros::FromRow;
use zeroize::Zeroizing;

use super::evidence::SCORES;
use super::evidence::{open_picture, own_cipher};
use crate::domain::kernel::id::{CaseId, VerificationId};
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::time::Timestamp;
use crate::domain::reason::ReasonCode;
use crate::domain::review::case::{Case, CaseStatus, Contest, Risk};
use crate::domain::review::ports::Cases;
use crate::store::engine::columns::{corrupt, count, from_json, named, parse, to_json};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};
use crate::store::operators::registrations::operator_id;

const FACE_HITS: Column = Column::new("review_case", "face_hits");
const FRAME: Column = Column::new("review_case", "frame");
const STATEMENT: Column = Column::new("review_case", "statement");

/// Of [`CaseRow`], but for what lists leave out: the picture and the statement.
pub(super) const CASE_COLUMNS: &str =
    "review_case.id, verification, operator, player, opened_at, status, reasons, scores, face_hits, contested, attempt";

/// In place of these.
pub(super) const WITHOUT_EVIDENCE: &str = "CAST(NULL AS BYTEA) AS frame, CAST(NULL AS BYTEA) AS statement, \
    CAST(NULL AS BYTEA) AS own_key, CAST(NULL AS BYTEA) AS best, CAST(NULL AS BIGINT) AS best_number";

#[derive(FromRow)]
pub(super) struct CaseRow {
    id: String,
    verification: String,
    operator: String,
    player: Option<String>,
    opened_at: i64,
    status: String,
    reasons: String,
    scores: Vec<u8>,
    face_hits: Option<Vec<u8>>,
    frame: Option<Vec<u8>>,
    best: Option<Vec<u8>>,
    best_number: Option<i64>,
    own_key: Option<Vec<u8>>,
    contested: Option<String>,
    attempt: Option<i64>,
    statement: Option<Vec<u8>>,
}

impl CaseRow {
    pub(super) fn into_case(self, cipher: &ColumnCipher) -> Result<Case> {
        let row: [&[u8]; 1] = [self.id.as_bytes()];
        let scores = cipher.open(SCORES, &row, &self.scores)?;
        let face_hits = self.face_hits.map(|sealed| cipher.open(FACE_HITS, &row, &sealed)).transpose()?;
        let statement = self.statement.map(|sealed| cipher.open(STATEMENT, &row, &sealed)).transpose()?;
        let words = |plain: SecretBytes| std::str::from_utf8(plain.expose()).map(SecretText::new);
        let statement = statement.map(words).transpose().map_err(|_| corrupt("review_case.statement"))?;
        let contested = |code: String| named(&code, ReasonCode::from_code, "review_case.contested");
        let contested = self.contested.map(contested).transpose()?;
        let frame = match (&self.frame, &self.best, &self.own_key, self.best_number) {
            (Some(sealed), ..) => Some(cipher.open(FRAME, &row, sealed)?),
            (None, Some(sealed), Some(key), Some(number)) => {
                Some(open_picture(&own_cipher(cipher, &self.id, key)?, &self.id, number, sealed)?)
            }
            _ => None,
        };
        Ok(Case {
            frame,
            id: parse(&self.id, "review_case.id")?,
            verification: parse(&self.verification, "review_case.verification")?,
            operator: operator_id(&self.operator)?,
            player: self.player.map(|id| parse(&id, "review_case.player")).transpose()?,
            opened_at: Timestamp::from_micros(self.opened_at),
            status: named(&self.status, CaseStatus::from_name, "review_case.status")?,
            reasons: from_json(self.reasons.as_bytes(), "review_case.reasons")?,
            scores: from_json(scores.expose(), "review_case.scores")?,
            face_hits: match face_hits {
                Some(json) => from_json(json.expose(), "review_case.face_hits")?,
                None => Vec::new(),
            },
            contest: contested.map(|reason| Contest { reason, statement }),
            attempt: self.attempt.map(|number| count(number, "review_case.attempt")).transpose()?,
        })
    }
}

#[async_trait]
impl Cases for SqlUnitOfWork {
    async fn insert_case(&mut self, case: &Case) -> Result<()> {
        let row = case.id.to_string();
        let key: [&[u8]; 1] = [row.as_bytes()];
        let scores = Zeroizing::new(to_json(&case.scores, "review_case.scores")?);
        let sealed_scores = self.cipher.seal(SCORES, &key, scores.as_bytes())?;
        let seal_hits = || {
            let hits = Zeroizing::new(to_json(&case.face_hits, "review_case.face_hits")?);
            self.cipher.seal(FACE_HITS, &key, hits.as_bytes())
        };
        let sealed_hits = (!case.face_hits.is_empty()).then(seal_hits).transpose()?;
        let seal_frame = |frame| self.cipher.seal(FRAME, &key, frame);
        let sealed_frame = case.frame.as_ref().map(|frame| seal_frame(frame.expose())).transpose()?;
        let contested = case.contest.as_ref();
        let statement = contested.and_then(|contest| contest.statement.as_ref());
        let seal_statement = |words: &SecretText| self.cipher.seal(STATEMENT, &key, words.expose().as_bytes());
        let sealed_statement = statement.map(seal_statement).transpose()?;
        self.change(
            sqlx::query(
                "INSERT INTO review_case \
                 (id, verification, operator, player, opened_at, status, reasons, scores, face_hits, frame, \
                  contested, statement, risk, attempt) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING",
            )
            .bind(row.as_str())
            .bind(case.verification.to_string())
            .bind(case.operator.as_str())
            .bind(case.player.map(|id| id.to_string()))
            .bind(case.opened_at.micros())
            .bind(case.status.as_str())
            .bind(to_json(&case.reasons, "review_case.reasons")?)
            .bind(sealed_scores)
            .bind(sealed_hits)
            .bind(sealed_frame)
            .bind(contested.map(|contest| contest.reason.code()))
            .bind(sealed_statement)
            .bind(Risk::of(&case.reasons).as_str())
            .bind(case.attempt.map(i64::from)),
        )
        .await?;
        for reason in case.reasons.iter().collect::<BTreeSet<_>>() {
            let query = sqlx::query("INSERT INTO case_reason (reason, review_case) VALUES ($1, $2)");
            self.execute(query.bind(reason.code()).bind(row.as_str())).await?;
        }
        let findings = case.scores.cues.iter().flat_map(|evidence| &evidence.findings);
        for finding in findings.collect::<BTreeSet<_>>() {
            let query = sqlx::query("INSERT INTO case_finding (finding, review_case) VALUES ($1, $2)");
            self.execute(query.bind(finding.code()).bind(row.as_str())).await?;
        }
        Ok(())
    }

    async fn contested_reasons(&mut self, verification: VerificationId) -> Result<Vec<ReasonCode>> {
        let query = sqlx::query_as::<_, (String,)>(
            "SELECT contested FROM review_case WHERE verification = $1 AND contested IS NOT NULL ORDER BY id",
        )
        .bind(verification.to_string());
        let codes = self.fetch_all(query).await?;
        codes.into_iter().map(|(code,)| named(&code, ReasonCode::from_code, "review_case.contested")).collect()
    }

    async fn list_cases(&mut self, limit: u32, before: Option<CaseId>) -> Result<Vec<Case>> {
        // Ids sort by time. The upper end stands above every UUID.
        let end = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
        let rows = self
            .fetch_all(
                sqlx::query_as::<_, CaseRow>(AssertSqlSafe(format!(
                    "SELECT {CASE_COLUMNS}, {WITHOUT_EVIDENCE} FROM review_case WHERE id < $1 ORDER BY id DESC LIMIT $2"
                )))
                .bind(end)
                .bind(i64::from(limit)),
            )
            .await?;
        rows.into_iter().map(|row| row.into_case(&self.cipher)).collect()
    }

    async fn find_case(&mut self, id: CaseId) -> Result<Option<Case>> {
        self.fetch_optional(
            sqlx::query_as::<_, CaseRow>(AssertSqlSafe(format!(
                "SELECT {CASE_COLUMNS}, frame, statement, own_key, best AS best_number, picture AS best \
                     FROM review_case LEFT JOIN case_evidence ON case_evidence.review_case = review_case.id \
                     LEFT JOIN case_picture ON case_picture.review_case = review_case.id AND number = best \
                     WHERE review_case.id = $1"
            )))
            .bind(id.to_string()),
        )
        .await?
        .map(|row| row.into_case(&self.cipher))
        .transpose()
    }
}
