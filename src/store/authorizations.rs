//! Pushed requests, authorization codes and access tokens.

use async_trait::async_trait;
use sqlx::FromRow;

use super::columns::{handle, instant, parse};
use super::operators::operator_id;
use super::unit_of_work::{Result, SqlUnitOfWork};
use crate::domain::access_token::IssuedToken;
use crate::domain::authorization::{AuthorizationCode, HandleHash, PushedRequest, Redemption};
use crate::domain::id::TokenId;
use crate::domain::ports::Authorizations;
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct RequestRow {
    operator: String,
    redirect_uri: String,
    state: Option<String>,
    code_challenge: String,
    ui_locales: Option<String>,
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
            expires_at: Timestamp::from_micros(self.expires_at),
        })
    }
}

#[derive(FromRow)]
struct TokenRow {
    id: String,
    operator: String,
    player: String,
    verification: String,
    issued_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
}

impl TokenRow {
    fn into_token(self) -> Result<IssuedToken> {
        Ok(IssuedToken {
            id: parse(&self.id, "access_token.id")?,
            operator: operator_id(&self.operator)?,
            player: parse(&self.player, "access_token.player")?,
            verification: parse(&self.verification, "access_token.verification")?,
            issued_at: Timestamp::from_micros(self.issued_at),
            expires_at: Timestamp::from_micros(self.expires_at),
            revoked_at: instant(self.revoked_at),
        })
    }
}

#[async_trait]
impl Authorizations for SqlUnitOfWork {
    async fn insert_request(&mut self, handle: HandleHash, request: &PushedRequest) -> Result<()> {
        self.change(
            sqlx::query(
                "INSERT INTO pushed_request \
                 (handle, operator, redirect_uri, state, code_challenge, ui_locales, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (handle) DO NOTHING",
            )
            .bind(handle.0.to_vec())
            .bind(request.operator.as_str())
            .bind(request.redirect_uri.as_str())
            .bind(request.state.as_deref())
            .bind(request.code_challenge.as_str())
            .bind(request.ui_locales.as_deref())
            .bind(request.expires_at.micros()),
        )
        .await
    }

    async fn take_request(&mut self, handle: HandleHash) -> Result<Option<PushedRequest>> {
        self.fetch_optional(
            sqlx::query_as::<_, RequestRow>(
                "DELETE FROM pushed_request WHERE handle = $1 \
                 RETURNING operator, redirect_uri, state, code_challenge, ui_locales, expires_at",
            )
            .bind(handle.0.to_vec()),
        )
        .await?
        .map(RequestRow::into_request)
        .transpose()
    }

    async fn insert_code(&mut self, code: &AuthorizationCode) -> Result<()> {
        self.change(
            sqlx::query(
                "INSERT INTO authorization_code \
                 (hash, operator, verification, redirect_uri, code_challenge, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO NOTHING",
            )
            .bind(code.hash.0.to_vec())
            .bind(code.operator.as_str())
            .bind(code.verification.to_string())
            .bind(code.redirect_uri.as_str())
            .bind(code.code_challenge.as_str())
            .bind(code.expires_at.micros()),
        )
        .await
    }

    async fn redeem_code(&mut self, hash: HandleHash, now: Timestamp) -> Result<Redemption> {
        let fresh = self
            .fetch_optional(
                sqlx::query_as::<_, CodeRow>(
                    "UPDATE authorization_code SET redeemed_at = $2 WHERE hash = $1 AND redeemed_at IS NULL \
                     RETURNING hash, operator, verification, redirect_uri, code_challenge, expires_at",
                )
                .bind(hash.0.to_vec())
                .bind(now.micros()),
            )
            .await?;
        if let Some(row) = fresh {
            return row.into_code().map(Redemption::Fresh);
        }
        let used: Option<(Vec<u8>, Option<String>)> = self
            .fetch_optional(
                sqlx::query_as(
                    "SELECT authorization_code.hash, access_token.id FROM authorization_code \
                     LEFT JOIN access_token ON access_token.code = authorization_code.hash \
                     WHERE authorization_code.hash = $1",
                )
                .bind(hash.0.to_vec()),
            )
            .await?;
        match used {
            None => Ok(Redemption::Unknown),
            Some((_, token)) => {
                Ok(Redemption::Replayed { token: token.map(|id| parse(&id, "access_token.id")).transpose()? })
            }
        }
    }

    async fn insert_token(&mut self, token: &IssuedToken, code: HandleHash) -> Result<()> {
        self.change(
            sqlx::query(
                "INSERT INTO access_token \
                 (id, code, operator, player, verification, issued_at, expires_at, revoked_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            )
            .bind(token.id.to_string())
            .bind(code.0.to_vec())
            .bind(token.operator.as_str())
            .bind(token.player.to_string())
            .bind(token.verification.to_string())
            .bind(token.issued_at.micros())
            .bind(token.expires_at.micros())
            .bind(token.revoked_at.map(Timestamp::micros)),
        )
        .await
    }

    async fn find_token(&mut self, id: TokenId) -> Result<Option<IssuedToken>> {
        self.fetch_optional(
            sqlx::query_as::<_, TokenRow>(
                "SELECT id, operator, player, verification, issued_at, expires_at, revoked_at \
                 FROM access_token WHERE id = $1",
            )
            .bind(id.to_string()),
        )
        .await?
        .map(TokenRow::into_token)
        .transpose()
    }

    async fn revoke_token(&mut self, id: TokenId, now: Timestamp) -> Result<bool> {
        let ended = self
            .execute(
                // Expired is ended, too.
                sqlx::query(
                    "UPDATE access_token SET revoked_at = $2 \
                     WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2",
                )
                .bind(id.to_string())
                .bind(now.micros()),
            )
            .await?;
        Ok(ended > 0)
    }
}
