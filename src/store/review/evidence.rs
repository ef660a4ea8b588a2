//! The sealed evidence of cases: a key for each, itself encrypted. Where the key is gone, what it sealed is gone from every
//! copy of the database that is made later, and useless wherever it stands without its key.

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use sqlx_macros::FromRow;

use crate::domain::face::scores::FaceScores;
use crate::domain::kernel::id::CaseId;
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;
use crate::domain::review::evidence::retention::Hold;
use crate::domain::review::ports::{CaseEvidence, KeptEvidence, SealedEvidence};
use crate::store::engine::columns::{bytes, corrupt, instant, micros, parse, to_json};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

pub(super) const SCORES: Column = Column::new("review_case", "scores");
const OWN_KEY: Column = Column::new("case_evidence", "own_key");
const RECORD: Column = Column::new("case_evidence", "record");
const PICTURE: Column = Column::new("case_picture", "picture");

#[derive(FromRow)]
struct KeptRow {
    digest: Option<Vec<u8>>,
    erased_at: Option<i64>,
    held_by: Option<String>,
    held_since: Option<i64>,
}

impl KeptRow {
    fn into_kept(self) -> Result<KeptEvidence> {
        let hold = match (self.held_by, instant(self.held_since)) {
            (Some(by), Some(since)) => Some(Hold { by: parse(&by, "case_evidence.held_by")?, since }),
            (None, None) => None,
            _ => return Err(corrupt("case_evidence.held_since")),
        };
        let digest = self.digest.map(|digest| bytes(&digest, "case_evidence.digest")).transpose()?;
        Ok(KeptEvidence { digest, hold, erased_at: instant(self.erased_at) })
    }
}

/// What works under the key of this case.
pub(super) fn own_cipher(cipher: &ColumnCipher, case: &str, sealed_key: &[u8]) -> Result<ColumnCipher> {
    cipher.under(&cipher.open(OWN_KEY, &[case.as_bytes()], sealed_key)?)
}

/// A picture of this case.
pub(super) fn open_picture(own: &ColumnCipher, case: &str, number: i64, sealed: &[u8]) -> Result<SecretBytes> {
    own.open(PICTURE, &[case.as_bytes(), &number.to_be_bytes()], sealed)
}

#[async_trait]
impl CaseEvidence for SqlUnitOfWork {
    async fn seal_evidence(&mut self, case: CaseId, evidence: &SealedEvidence) -> Result<()> {
        let id = case.to_string();
        let key = self.cipher.draw_key();
        let own = self.cipher.under(&key)?;
        let sealed_key = self.cipher.seal(OWN_KEY, &[id.as_bytes()], key.expose())?;
        let record = own.seal(RECORD, &[id.as_bytes()], evidence.record.expose())?;
        let best = evidence.best.map(number).transpose()?;
        self.change(
            sqlx::query(
                "INSERT INTO case_evidence (review_case, digest, own_key, record, best) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT DO NOTHING",
            )
            .bind(id.clone())
            .bind(evidence.digest.to_vec())
            .bind(sealed_key)
            .bind(record)
            .bind(best),
        )
        .await?;
        for (place, picture) in evidence.pictures.iter().enumerate() {
            let number = number(place)?;
            let sealed = own.seal(PICTURE, &[id.as_bytes(), &number.to_be_bytes()], picture.expose())?;
            let sha256 = Sha256::digest(picture.expose()).to_vec();
            let query = "INSERT INTO case_picture (review_case, number, picture, sha256) VALUES ($1, $2, $3, $4)";
            self.execute(sqlx::query(query).bind(id.clone()).bind(number).bind(sealed).bind(sha256)).await?;
        }
        Ok(())
    }

    async fn find_evidence(&mut self, case: CaseId) -> Result<KeptEvidence> {
        let query = "SELECT digest, erased_at, held_by, held_since FROM case_evidence WHERE review_case = $1";
        let row = self.fetch_optional(sqlx::query_as::<_, KeptRow>(query).bind(case.to_string())).await?;
        row.map_or_else(|| Ok(KeptEvidence::default()), KeptRow::into_kept)
    }

    async fn open_record(&mut self, case: CaseId) -> Result<Option<SecretBytes>> {
        let query = "SELECT own_key, record FROM case_evidence \
                     WHERE review_case = $1 AND own_key IS NOT NULL AND record IS NOT NULL";
        let query = sqlx::query_as::<_, (Vec<u8>, Vec<u8>)>(query).bind(case.to_string());
        let Some((key, record)) = self.fetch_optional(query).await? else { return Ok(None) };
        let id = case.to_string();
        own_cipher(&self.cipher, &id, &key)?.open(RECORD, &[id.as_bytes()], &record).map(Some)
    }

    async fn open_picture(&mut self, case: CaseId, number: u32) -> Result<Option<SecretBytes>> {
        let query = "SELECT own_key, picture FROM case_evidence \
                     JOIN case_picture ON case_picture.review_case = case_evidence.review_case \
                     WHERE case_evidence.review_case = $1 AND number = $2 AND own_key IS NOT NULL";
        let query = sqlx::query_as::<_, (Vec<u8>, Vec<u8>)>(query).bind(case.to_string()).bind(i64::from(number));
        let Some((key, picture)) = self.fetch_optional(query).await? else { return Ok(None) };
        let id = case.to_string();
        open_picture(&own_cipher(&self.cipher, &id, &key)?, &id, i64::from(number), &picture).map(Some)
    }

    async fn cases_of_same_pictures(&mut self, case: CaseId, limit: u32) -> Result<Vec<CaseId>> {
        let query = "SELECT DISTINCT other.review_case FROM case_picture AS own \
                     JOIN case_picture AS other ON other.sha256 = own.sha256 AND other.review_case <> own.review_case \
                     WHERE own.review_case = $1 ORDER BY other.review_case DESC LIMIT $2";
        let query = sqlx::query_as::<_, (String,)>(query).bind(case.to_string()).bind(i64::from(limit));
        self.fetch_all(query).await?.into_iter().map(|(id,)| parse(&id, "case_picture.review_case")).collect()
    }

    async fn hold_evidence(&mut self, case: CaseId, hold: Option<Hold>) -> Result<()> {
        self.change(
            sqlx::query(
                "INSERT INTO case_evidence (review_case, held_by, held_since) VALUES ($1, $2, $3) \
                 ON CONFLICT (review_case) DO UPDATE SET held_by = $2, held_since = $3 \
                 WHERE case_evidence.erased_at IS NULL",
            )
            .bind(case.to_string())
            .bind(hold.map(|hold| hold.by.to_string()))
            .bind(micros(hold.map(|hold| hold.since))),
        )
        .await
    }

    async fn erase_evidence(&mut self, case: CaseId, at: Timestamp) -> Result<()> {
        let id = case.to_string();
        self.change(
            sqlx::query(
                "INSERT INTO case_evidence (review_case, erased_at) VALUES ($1, $2) \
                 ON CONFLICT (review_case) DO UPDATE SET own_key = NULL, record = NULL, erased_at = $2 \
                 WHERE case_evidence.erased_at IS NULL AND case_evidence.held_by IS NULL",
            )
            .bind(id.clone())
            .bind(at.micros()),
        )
        .await?;
        self.execute(sqlx::query("DELETE FROM case_picture WHERE review_case = $1").bind(id.clone())).await?;
        let nothing = to_json(&FaceScores::default(), "review_case.scores")?;
        let scores = self.cipher.seal(SCORES, &[id.as_bytes()], nothing.as_bytes())?;
        let query =
            "UPDATE review_case SET frame = NULL, face_hits = NULL, statement = NULL, scores = $2 WHERE id = $1";
        self.change(sqlx::query(query).bind(id.clone()).bind(scores)).await?;
        let query = "UPDATE case_decision SET to_player = NULL, internal = NULL WHERE review_case = $1";
        self.execute(sqlx::query(query).bind(id)).await?;
        Ok(())
    }

    async fn list_erasable(&mut self, before: CaseId, unopened: CaseId, limit: u32) -> Result<Vec<CaseId>> {
        // Ids sort by time. Whoever looks leaves an event of the case.
        let query = "SELECT id FROM review_case LEFT JOIN case_evidence ON case_evidence.review_case = review_case.id \
                     WHERE erased_at IS NULL AND held_by IS NULL \
                     AND (id < $1 AND status IN ('recorded', 'decided') OR id < $2 AND status = 'recorded' \
                     AND NOT EXISTS (SELECT 1 FROM audit_event WHERE subject = id \
                     AND kind <> 'token_issued' AND kind <> 'case_opened')) \
                     ORDER BY id LIMIT $3";
        let query = sqlx::query_as::<_, (String,)>(query)
            .bind(before.to_string())
            .bind(unopened.to_string())
            .bind(i64::from(limit));
        self.fetch_all(query).await?.into_iter().map(|(id,)| parse(&id, "review_case.id")).collect()
    }
}

fn number(place: usize) -> Result<i64> {
    i64::try_from(place).map_err(|_| corrupt("case_picture.number"))
}
