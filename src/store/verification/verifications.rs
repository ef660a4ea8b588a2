//! Verifications: written by compare-and-set of their revision.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::decision::{Outcome, Verdict};
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{PlayerId, VerificationId};
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::authorization::PushedRequest;
use crate::domain::oauth::id_token::IdTokenRequest;
use crate::domain::second_factor::{BoundBy, FactorKind};
use crate::domain::verification::ports::Verifications;
use crate::domain::verification::{PersonLock, Stage, Verification};
use crate::store::engine::columns::{count, from_json, handle, instant, micros, named, parse, thumbprint, to_json};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};
use crate::store::operators::registrations::operator_id;

/// The columns are named, not `*`: a column that a newer replica adds must not upset prepared statements.
macro_rules! select_verification {
    ($condition:literal) => {
        concat!(
            "SELECT id, operator, request_redirect_uri, request_state, request_code_challenge, request_ui_locales, ",
            "request_expires_at, session, stage, started_at, consent_at, consent_version, player, face_attempts, ",
            "face_at, factor, outcome, decided_at, revision, device, request_acr_values, request_dpop_jkt, reopened_at, ",
            "bound_by, held_until, request_openid, request_nonce, person_lock ",
            "FROM verification WHERE ",
            $condition
        )
    };
}

#[derive(FromRow)]
struct VerificationRow {
    id: String,
    operator: String,
    request_redirect_uri: String,
    request_state: Option<String>,
    request_code_challenge: String,
    request_ui_locales: Option<String>,
    request_expires_at: i64,
    session: Vec<u8>,
    stage: String,
    started_at: i64,
    consent_at: Option<i64>,
    consent_version: Option<String>,
    player: Option<String>,
    face_attempts: i64,
    face_at: Option<i64>,
    factor: Option<String>,
    outcome: Option<String>,
    decided_at: Option<i64>,
    revision: i64,
    device: Option<Vec<u8>>,
    request_acr_values: Option<String>,
    request_dpop_jkt: Option<Vec<u8>>,
    reopened_at: Option<i64>,
    bound_by: Option<String>,
    held_until: Option<i64>,
    request_openid: i64,
    request_nonce: Option<String>,
    person_lock: Option<String>,
}

impl VerificationRow {
    fn into_verification(self) -> Result<Verification> {
        let operator = operator_id(&self.operator)?;
        let factor = |name: String| named(&name, FactorKind::from_name, "verification.factor");
        let lock = |name: String| named(&name, PersonLock::from_name, "verification.person_lock");
        let bound_by = |name: String| named(&name, BoundBy::from_name, "verification.bound_by");
        Ok(Verification {
            id: parse(&self.id, "verification.id")?,
            request: PushedRequest {
                operator: operator.clone(),
                redirect_uri: self.request_redirect_uri,
                state: self.request_state,
                code_challenge: self.request_code_challenge,
                ui_locales: self.request_ui_locales,
                acr_values: self.request_acr_values,
                id_token: (self.request_openid != 0).then_some(IdTokenRequest { nonce: self.request_nonce }),
                dpop_jkt: thumbprint(self.request_dpop_jkt.as_deref(), "verification.request_dpop_jkt")?,
                expires_at: Timestamp::from_micros(self.request_expires_at),
            },
            operator,
            session: handle(&self.session, "verification.session")?,
            device: self.device.map(|hash| handle(&hash, "verification.device")).transpose()?,
            stage: named(&self.stage, Stage::from_name, "verification.stage")?,
            started_at: Timestamp::from_micros(self.started_at),
            consent_at: instant(self.consent_at),
            consent_version: self.consent_version,
            player: self.player.map(|id| parse(&id, "verification.player")).transpose()?,
            face_attempts: count(self.face_attempts, "verification.face_attempts")?,
            person_lock: self.person_lock.map(lock).transpose()?,
            face_at: instant(self.face_at),
            factor: self.factor.map(factor).transpose()?,
            bound_by: self.bound_by.map(bound_by).transpose()?,
            held_until: instant(self.held_until),
            outcome: self.outcome.map(|json| from_json(json.as_bytes(), "verification.outcome")).transpose()?,
            decided_at: instant(self.decided_at),
            reopened_at: instant(self.reopened_at),
            revision: self.revision,
        })
    }
}

/// The verdict as its column holds it.
fn verdict(verification: &Verification) -> Option<&'static str> {
    verification.outcome.as_ref().map(|outcome| outcome.verdict.as_str())
}

/// The outcome as its column holds it.
fn outcome(verification: &Verification) -> Result<Option<String>> {
    let json = |outcome| to_json(outcome, "verification.outcome");
    verification.outcome.as_ref().map(json).transpose()
}

#[async_trait]
impl Verifications for SqlUnitOfWork {
    async fn insert_verification(&mut self, verification: &Verification) -> Result<()> {
        let request = &verification.request;
        self.change(
            sqlx::query(
                "INSERT INTO verification \
                 (id, operator, request_redirect_uri, request_state, request_code_challenge, request_ui_locales, \
                  request_expires_at, session, stage, started_at, consent_at, consent_version, player, \
                  face_attempts, face_at, factor, outcome, decided_at, revision, device, \
                  request_acr_values, request_dpop_jkt, reopened_at, bound_by, held_until, request_openid, request_nonce, \
                  person_lock, verdict) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
                  $21, $22, $23, $24, $25, $26, $27, $28, $29) \
                 ON CONFLICT DO NOTHING",
            )
            .bind(verification.id.to_string())
            .bind(verification.operator.as_str())
            .bind(request.redirect_uri.as_str())
            .bind(request.state.as_deref())
            .bind(request.code_challenge.as_str())
            .bind(request.ui_locales.as_deref())
            .bind(request.expires_at.micros())
            .bind(verification.session.0.to_vec())
            .bind(verification.stage.as_str())
            .bind(verification.started_at.micros())
            .bind(micros(verification.consent_at))
            .bind(verification.consent_version.as_deref())
            .bind(verification.player.map(|id: PlayerId| id.to_string()))
            .bind(i64::from(verification.face_attempts))
            .bind(micros(verification.face_at))
            .bind(verification.factor.map(FactorKind::as_str))
            .bind(outcome(verification)?)
            .bind(micros(verification.decided_at))
            .bind(verification.revision)
            .bind(verification.device.map(|hash| hash.0.to_vec()))
            .bind(request.acr_values.as_deref())
            .bind(request.dpop_jkt.map(|key| key.0.to_vec()))
            .bind(micros(verification.reopened_at))
            .bind(verification.bound_by.map(BoundBy::as_str))
            .bind(micros(verification.held_until))
            .bind(i64::from(request.id_token.is_some()))
            .bind(request.id_token.as_ref().and_then(|wanted| wanted.nonce.as_deref()))
            .bind(verification.person_lock.map(PersonLock::as_str))
            .bind(verdict(verification)),
        )
        .await
    }

    async fn find_verification(&mut self, id: VerificationId) -> Result<Option<Verification>> {
        self.fetch_optional(sqlx::query_as::<_, VerificationRow>(select_verification!("id = $1")).bind(id.to_string()))
            .await?
            .map(VerificationRow::into_verification)
            .transpose()
    }

    async fn find_session(&mut self, session: HandleHash) -> Result<Option<Verification>> {
        self.fetch_optional(
            sqlx::query_as::<_, VerificationRow>(select_verification!("session = $1")).bind(session.0.to_vec()),
        )
        .await?
        .map(VerificationRow::into_verification)
        .transpose()
    }

    async fn unsettled_verifications(&mut self, player: PlayerId, since: Timestamp) -> Result<Vec<Verification>> {
        let query = sqlx::query_as::<_, VerificationRow>(select_verification!(
            "player = $1 AND (stage IN ('contact', 'second_factor', 'decided') OR (stage = 'returned' AND decided_at > $2)) ORDER BY id"
        ));
        let rows = self.fetch_all(query.bind(player.to_string()).bind(since.micros())).await?;
        let all: Result<Vec<_>> = rows.into_iter().map(VerificationRow::into_verification).collect();
        let counts =
            |one: &Verification| one.outcome.as_ref().is_none_or(|outcome| outcome.verdict == Verdict::Approved);
        Ok(all?.into_iter().filter(counts).collect())
    }

    async fn has_proven(&mut self, device: HandleHash, player: Option<PlayerId>) -> Result<bool> {
        let found: Option<(i64,)> = self
            .fetch_optional(
                sqlx::query_as(
                    "SELECT CAST(1 AS BIGINT) FROM verification WHERE device = $1 AND (player = $2 OR $2 IS NULL) \
                     AND face_at IS NOT NULL AND factor IS NOT NULL AND held_until IS NULL LIMIT 1",
                )
                .bind(device.0.to_vec())
                .bind(player.map(|id| id.to_string())),
            )
            .await?;
        Ok(found.is_some())
    }

    async fn update_verification(&mut self, verification: &mut Verification) -> Result<()> {
        // What was asked, by whom and where never changes.
        self.change(
            sqlx::query(
                "UPDATE verification SET session = $3, stage = $4, consent_at = $5, consent_version = $6, \
                 player = $7, face_attempts = $8, face_at = $9, factor = $10, outcome = $11, decided_at = $12, \
                 reopened_at = $13, bound_by = $14, held_until = $15, person_lock = $16, verdict = $17, \
                 revision = revision + 1 WHERE id = $1 AND revision = $2",
            )
            .bind(verification.id.to_string())
            .bind(verification.revision)
            .bind(verification.session.0.to_vec())
            .bind(verification.stage.as_str())
            .bind(micros(verification.consent_at))
            .bind(verification.consent_version.as_deref())
            .bind(verification.player.map(|id| id.to_string()))
            .bind(i64::from(verification.face_attempts))
            .bind(micros(verification.face_at))
            .bind(verification.factor.map(FactorKind::as_str))
            .bind(outcome(verification)?)
            .bind(micros(verification.decided_at))
            .bind(micros(verification.reopened_at))
            .bind(verification.bound_by.map(BoundBy::as_str))
            .bind(micros(verification.held_until))
            .bind(verification.person_lock.map(PersonLock::as_str))
            .bind(verdict(verification)),
        )
        .await?;
        verification.revision += 1;
        Ok(())
    }

    async fn fill_in_verdicts(&mut self, since: Timestamp, limit: u32) -> Result<u64> {
        let rows: Vec<(String, String)> = self
            .fetch_all(
                sqlx::query_as(
                    "SELECT id, outcome FROM verification \
                     WHERE decided_at >= $1 AND verdict IS NULL AND outcome IS NOT NULL ORDER BY decided_at LIMIT $2",
                )
                .bind(since.micros())
                .bind(i64::from(limit)),
            )
            .await?;
        for (id, json) in &rows {
            let outcome: Outcome = from_json(json.as_bytes(), "verification.outcome")?;
            let statement = sqlx::query("UPDATE verification SET verdict = $2 WHERE id = $1 AND outcome = $3")
                .bind(id.as_str())
                .bind(outcome.verdict.as_str())
                .bind(json.as_str());
            self.execute(statement).await?;
        }
        Ok(rows.len() as u64)
    }
}
