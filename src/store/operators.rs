//! Operators and the client assertions that were seen.

use async_trait::async_trait;
use sqlx::FromRow;

use super::columns::{bytes, corrupt, from_json, named, to_json};
use super::unit_of_work::{Result, SqlUnitOfWork};
use crate::domain::authorization::hash_handle;
use crate::domain::operator::{ClientAuthentication, Operator, OperatorId};
use crate::domain::ports::Operators;
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct OperatorRow {
    id: String,
    name: String,
    authentication: String,
    jwks: Option<String>,
    secret_sha256: Option<Vec<u8>>,
    redirect_uris: String,
    sandbox: i64,
}

impl OperatorRow {
    fn into_operator(self) -> Result<Operator> {
        let authentication = match (self.authentication.as_str(), self.jwks, self.secret_sha256) {
            ("private_key_jwt", Some(jwks), None) => ClientAuthentication::PrivateKeyJwt { jwks },
            ("client_secret_basic", None, Some(hash)) => {
                ClientAuthentication::ClientSecretBasic { secret_sha256: bytes(&hash, "operator.secret_sha256")? }
            }
            _ => return Err(corrupt("operator.authentication")),
        };
        Ok(Operator {
            id: operator_id(&self.id)?,
            name: self.name,
            authentication,
            redirect_uris: from_json(self.redirect_uris.as_bytes(), "operator.redirect_uris")?,
            sandbox: self.sandbox != 0,
        })
    }
}

/// An operator's id as a column of any table holds it.
pub(super) fn operator_id(text: &str) -> Result<OperatorId> {
    named(text, |text| OperatorId::parse(text).ok(), "operator")
}

#[async_trait]
impl Operators for SqlUnitOfWork {
    async fn insert_operator(&mut self, operator: &Operator, now: Timestamp) -> Result<()> {
        let (jwks, secret) = match &operator.authentication {
            ClientAuthentication::PrivateKeyJwt { jwks } => (Some(jwks.as_str()), None),
            ClientAuthentication::ClientSecretBasic { secret_sha256 } => (None, Some(secret_sha256.to_vec())),
        };
        self.change(
            sqlx::query(
                "INSERT INTO operator \
                 (id, name, authentication, jwks, secret_sha256, redirect_uris, sandbox, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
            )
            .bind(operator.id.as_str())
            .bind(operator.name.as_str())
            .bind(operator.authentication.method())
            .bind(jwks)
            .bind(secret)
            .bind(to_json(&operator.redirect_uris, "operator.redirect_uris")?)
            .bind(i64::from(operator.sandbox))
            .bind(now.micros()),
        )
        .await
    }

    async fn find_operator(&mut self, id: &OperatorId) -> Result<Option<Operator>> {
        self.fetch_optional(
            sqlx::query_as::<_, OperatorRow>(
                "SELECT id, name, authentication, jwks, secret_sha256, redirect_uris, sandbox \
                 FROM operator WHERE id = $1",
            )
            .bind(id.as_str()),
        )
        .await?
        .map(OperatorRow::into_operator)
        .transpose()
    }

    async fn list_operators(&mut self) -> Result<Vec<Operator>> {
        let rows = self
            .fetch_all(sqlx::query_as::<_, OperatorRow>(
                "SELECT id, name, authentication, jwks, secret_sha256, redirect_uris, sandbox FROM operator",
            ))
            .await?;
        let mut operators: Vec<Operator> = rows.into_iter().map(OperatorRow::into_operator).collect::<Result<_>>()?;
        // Not ORDER BY: PostgreSQL sorts text by the language of its cluster, SQLite by bytes.
        operators.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
        Ok(operators)
    }

    async fn remember_assertion(
        &mut self,
        operator: &OperatorId,
        jti: &str,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        self.execute(
            sqlx::query("DELETE FROM client_assertion WHERE operator = $1 AND expires_at <= $2")
                .bind(operator.as_str())
                .bind(now.micros()),
        )
        .await?;
        let inserted = self
            .execute(
                sqlx::query(
                    "INSERT INTO client_assertion (operator, jti_sha256, expires_at) VALUES ($1, $2, $3) \
                     ON CONFLICT (operator, jti_sha256) DO NOTHING",
                )
                .bind(operator.as_str())
                // Hashed: a jti may be of any length, an index entry may not.
                .bind(hash_handle(jti).0.to_vec())
                .bind(expires_at.micros()),
            )
            .await?;
        Ok(inserted > 0)
    }
}
