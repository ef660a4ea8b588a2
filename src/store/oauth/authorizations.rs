//! Pushed requests and authorization codes.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::identity::person::Iin;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::VerificationId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::authorization::{AuthorizationCode, CodesDrawn, PushedRequest, Redemption};
use crate::domain::oauth::id_token::IdTokenRequest;
use crate::domain::oauth::ports::Authorizations;
use crate::domain::operators::operator::OperatorId;
use crate::store::engine::columns::{count, handle, parse, thumbprint};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};
use crate::store::identity::players::open_iin;
use crate::store::operators::registrations::operator_id;

#[derive(FromRow)]
struct RequestRow {
    operator: String,
    redirect_uri: String,
    state: Option<String>,
    code_challenge: String,
    ui_locales: Option<String>,
    acr_values: Option<String>,
    dpop_jkt: Option<Vec<u8>>,
    openid: i64,
    nonce: Option<String>,
    expires_at: i64,
}

impl RequestRow {
    fn into_request(self) -> Result<PushedRequest> {
        Ok(PushedRequest {
            operator: operator_id(&self.operator)?,
            redirect_uri: self.redirect_uri,
            state: self.state,
            code_challenge: self.code_challenge,
            ui_locales: self.ui_locales,
            acr_values: self.acr_values,
            id_token: (self.openid != 0).then_some(IdTokenRequest { nonce: self.nonce }),
            dpop_jkt: thumbprint(self.dpop_jkt.as_deref(), "pushed_request.dpop_jkt")?,
            expires_at: Timestamp::from_micros(self.expires_at),
        })
    }
}

#[derive(FromRow)]
struct CodeRow {
    hash: Vec<u8>,
    operator: String,
    verification: String,
    redirect_uri: String,
    code_challenge: String,
    dpop_jkt: Option<Vec<u8>>,
    expires_at: i64,
}

impl CodeRow {
    fn into_code(self) -> Result<AuthorizationCode> {
        Ok(AuthorizationCode {
            hash: handle(&self.hash, "authorization_code.hash")?,
            operator: operator_id(&self.operator)?,
            verification: parse(&self.verification, "authorization_code.verification")?,
            redirect_uri: self.redirect_uri,
            code_challenge: self.code_challenge,
            dpop_jkt: thumbprint(self.dpop_jkt.as_deref(), "authorization_code.dpop_jkt")?,
            expires_at: Timestamp::from_micros(self.expires_at),
        })
    }
}

#[async_trait]
impl Authorizations for SqlUnitOfWork {
    async fn insert_request(&mut self, handle: HandleHash, request: &PushedRequest) -> Result<()> {
        self.change(
            sqlx::query(
                "INSERT INTO pushed_request \
                 (handle, operator, redirect_uri, state, code_challenge, ui_locales, acr_values, dpop_jkt, expires_at, \
                  openid, nonce) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (handle) DO NOTHING",
            )
            .bind(handle.0.to_vec())
            .bind(request.operator.as_str())
            .bind(request.redirect_uri.as_str())
            .bind(request.state.as_deref())
            .bind(request.code_challenge.as_str())
            .bind(request.ui_locales.as_deref())
            .bind(request.acr_values.as_deref())
            .bind(request.dpop_jkt.map(|key| key.0.to_vec()))
            .bind(request.expires_at.micros())
            .bind(i64::from(request.id_token.is_some()))
            .bind(request.id_token.as_ref().and_then(|wanted| wanted.nonce.as_deref())),
        )
        .await
    }

    async fn find_request(&mut self, handle: HandleHash) -> Result<Option<PushedRequest>> {
        self.fetch_optional(
            sqlx::query_as::<_, RequestRow>(
                "SELECT operator, redirect_uri, state, code_challenge, ui_locales, acr_values, dpop_jkt, expires_at, \
                 openid, nonce \
                 FROM pushed_request WHERE handle = $1",
            )
            .bind(handle.0.to_vec()),
        )
        .await?
        .map(RequestRow::into_request)
        .transpose()
    }

    async fn open_request(&mut self, handle: HandleHash, verification: VerificationId, most: u32) -> Result<bool> {
        let counted =
            sqlx::query("UPDATE pushed_request SET openings = openings + 1 WHERE handle = $1 AND openings < $2");
        if self.execute(counted.bind(handle.0.to_vec()).bind(i64::from(most))).await? == 0 {
            return Ok(false);
        }
        let noted = sqlx::query("UPDATE verification SET request_handle = $2 WHERE id = $1");
        self.change(noted.bind(verification.to_string()).bind(handle.0.to_vec())).await?;
        Ok(true)
    }

    async fn use_request(&mut self, verification: VerificationId) -> Result<bool> {
        let begun: Option<(Option<Vec<u8>>,)> = self
            .fetch_optional(
                sqlx::query_as("SELECT request_handle FROM verification WHERE id = $1").bind(verification.to_string()),
            )
            .await?;
        // One that was under way before this was noted had used its request up when it began.
        let Some((Some(handle),)) = begun else { return Ok(begun.is_some()) };
        Ok(self.execute(sqlx::query("DELETE FROM pushed_request WHERE handle = $1").bind(handle)).await? > 0)
    }

    async fn delete_pushed_requests(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            sqlx::query(
                "DELETE FROM pushed_request \
                 WHERE handle IN (SELECT handle FROM pushed_request WHERE expires_at < $1 LIMIT $2)",
            )
            .bind(before.micros())
            .bind(i64::from(limit)),
        )
        .await
    }

    async fn insert_code(&mut self, code: &AuthorizationCode) -> Result<()> {
        self.change(
            sqlx::query(
                "INSERT INTO authorization_code \
                 (hash, operator, verification, redirect_uri, code_challenge, dpop_jkt, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hash) DO NOTHING",
            )
            .bind(code.hash.0.to_vec())
            .bind(code.operator.as_str())
            .bind(code.verification.to_string())
            .bind(code.redirect_uri.as_str())
            .bind(code.code_challenge.as_str())
            .bind(code.dpop_jkt.map(|key| key.0.to_vec()))
            .bind(code.expires_at.micros()),
        )
        .await
    }

    async fn person_of_code(&mut self, hash: HandleHash, operator: &OperatorId) -> Result<Option<Iin>> {
        let found: Option<(String, Vec<u8>)> = self
            .fetch_optional(
                sqlx::query_as(
                    "SELECT player.id, player.iin FROM authorization_code \
                     JOIN verification ON verification.id = authorization_code.verification \
                     JOIN player ON player.id = verification.player \
                     WHERE authorization_code.hash = $1 AND authorization_code.operator = $2 \
                     AND authorization_code.redeemed_at IS NULL",
                )
                .bind(hash.0.to_vec())
                .bind(operator.as_str()),
            )
            .await?;
        found.map(|(id, sealed)| open_iin(&self.cipher, &id, &sealed)).transpose()
    }

    async fn codes_drawn(&mut self, verification: VerificationId) -> Result<CodesDrawn> {
        let counted: Option<(i64, i64)> = self
            .fetch_optional(
                sqlx::query_as("SELECT COUNT(*), COUNT(redeemed_at) FROM authorization_code WHERE verification = $1")
                    .bind(verification.to_string()),
            )
            .await?;
        let (number, redeemed) = counted.unwrap_or_default();
        Ok(CodesDrawn { number: count(number, "authorization_code")?, redeemed: redeemed > 0 })
    }

    async fn redeem_code(&mut self, hash: HandleHash, now: Timestamp) -> Result<Redemption> {
        let fresh = self
            .fetch_optional(
                sqlx::query_as::<_, CodeRow>(
                    "UPDATE authorization_code SET redeemed_at = $2 WHERE hash = $1 AND redeemed_at IS NULL \
                     AND expires_at > $2 AND NOT EXISTS (SELECT 1 FROM authorization_code AS other \
                      WHERE other.verification = authorization_code.verification AND other.redeemed_at IS NOT NULL) \
                     RETURNING hash, operator, verification, redirect_uri, code_challenge, dpop_jkt, expires_at",
                )
                .bind(hash.0.to_vec())
                .bind(now.micros()),
            )
            .await?;
        if let Some(row) = fresh {
            return row.into_code().map(Redemption::Fresh);
        }
        let known: Option<(Option<i64>, Option<String>, i64)> = self
            .fetch_optional(
                sqlx::query_as(
                    "SELECT authorization_code.redeemed_at, play_grant.id, \
                     (SELECT COUNT(other.redeemed_at) FROM authorization_code AS other \
                      WHERE other.verification = authorization_code.verification) \
                     FROM authorization_code LEFT JOIN play_grant ON play_grant.code = authorization_code.hash \
                     WHERE authorization_code.hash = $1",
                )
                .bind(hash.0.to_vec()),
            )
            .await?;
        Ok(match known {
            None => Redemption::Unknown,
            Some((Some(_), grant, _)) => {
                Redemption::Replayed { grant: grant.map(|id| parse(&id, "play_grant.id")).transpose()? }
            }
            Some((None, _, redeemed)) if redeemed > 0 => Redemption::Superseded,
            Some(_) => Redemption::Expired,
        })
    }
}
