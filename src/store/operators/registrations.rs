//! Operators and the client assertions that were seen.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use sqlx_macros::FromRow;
use url::Url;

use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::{AssertionAudience, ClientAuthentication, KeySource, Operator, OperatorId};
use crate::domain::operators::ports::Operators;
use crate::domain::operators::scope::Scopes;
use crate::store::engine::Engine;
use crate::store::engine::columns::{bytes, corrupt, count, from_json, instant, micros, named, to_json};
use crate::store::engine::places::{padded, places};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

#[derive(FromRow)]
struct OperatorRow {
    id: String,
    name: String,
    authentication: String,
    assertion_audience: String,
    jwks: Option<String>,
    jwks_uri: Option<String>,
    secret_sha256: Option<Vec<u8>>,
    redirect_uris: String,
    sandbox: i64,
    scopes: String,
    contact: Option<String>,
    requests_per_second: i64,
    disabled_at: Option<i64>,
}

macro_rules! select_operator {
    ($condition:literal) => {
        concat!(
            "SELECT id, name, authentication, assertion_audience, jwks, jwks_uri, secret_sha256, redirect_uris, sandbox, scopes, ",
            "contact, requests_per_second, disabled_at FROM operator",
            $condition
        )
    };
}

impl OperatorRow {
    fn into_operator(self) -> Result<Operator> {
        let keys = key_source(self.jwks, self.jwks_uri)?;
        let authentication = match (self.authentication.as_str(), keys, self.secret_sha256) {
            ("private_key_jwt", Some(keys), None) => ClientAuthentication::PrivateKeyJwt(keys),
            ("self_signed_tls_client_auth", Some(keys), None) => ClientAuthentication::SelfSignedTls(keys),
            ("client_secret_basic", None, Some(hash)) => {
                ClientAuthentication::ClientSecretBasic { secret_sha256: bytes(&hash, "operator.secret_sha256")? }
            }
            _ => return Err(corrupt("operator.authentication")),
        };
        Ok(Operator {
            id: operator_id(&self.id)?,
            name: self.name,
            authentication,
            assertion_audience: named(
                &self.assertion_audience,
                AssertionAudience::from_name,
                "operator.assertion_audience",
            )?,
            redirect_uris: from_json(self.redirect_uris.as_bytes(), "operator.redirect_uris")?,
            sandbox: self.sandbox != 0,
            scopes: named(&self.scopes, Scopes::parse, "operator.scopes")?,
            contact: self.contact,
            requests_per_second: count(self.requests_per_second, "operator.requests_per_second")?,
            disabled_at: instant(self.disabled_at),
        })
    }
}

/// An operator's id as a column of any table holds it.
pub(in crate::store) fn operator_id(text: &str) -> Result<OperatorId> {
    named(text, |text| OperatorId::parse(text).ok(), "operator")
}

fn key_source(jwks: Option<String>, uri: Option<String>) -> Result<Option<KeySource>> {
    match (jwks, uri) {
        (Some(jwks), None) => Ok(Some(KeySource::Registered(jwks))),
        (None, Some(uri)) => {
            let uri = Url::parse(&uri).map_err(|_| corrupt("operator.jwks_uri"))?;
            Ok(Some(KeySource::Published(uri)))
        }
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(corrupt("operator.jwks_uri")),
    }
}

/// Keys and secret as their columns hold them.
#[derive(Default)]
struct Credential<'a> {
    jwks: Option<&'a str>,
    jwks_uri: Option<&'a str>,
    secret_sha256: Option<Vec<u8>>,
}

impl<'a> Credential<'a> {
    fn of(operator: &'a Operator) -> Self {
        match &operator.authentication {
            ClientAuthentication::PrivateKeyJwt(keys) | ClientAuthentication::SelfSignedTls(keys) => match keys {
                KeySource::Registered(jwks) => Self { jwks: Some(jwks), ..Self::default() },
                KeySource::Published(uri) => Self { jwks_uri: Some(uri.as_str()), ..Self::default() },
            },
            ClientAuthentication::ClientSecretBasic { secret_sha256 } => {
                Self { secret_sha256: Some(secret_sha256.to_vec()), ..Self::default() }
            }
        }
    }
}

/// Operators by id, those of many callers at once. One that cannot be read is its own caller's trouble.
pub(in crate::store) async fn find_all(
    engine: Engine,
    ids: Vec<OperatorId>,
) -> Result<HashMap<OperatorId, Result<Operator>>> {
    let ids = padded(ids);
    let text = format!("{} WHERE id IN ({})", select_operator!(""), places(ids.len(), 1));
    let question = sqlx::query_as::<_, OperatorRow>(AssertSqlSafe(text));
    let question = ids.iter().fold(question, |question, id| question.bind(id.as_str().to_owned()));
    let rows = engine.ask(question).await?;
    rows.into_iter().map(|row| Ok((operator_id(&row.id)?, row.into_operator()))).collect()
}

#[async_trait]
impl Operators for SqlUnitOfWork {
    async fn insert_operator(&mut self, operator: &Operator, now: Timestamp) -> Result<()> {
        let credential = Credential::of(operator);
        self.change(
            sqlx::query(
                "INSERT INTO operator \
                 (id, name, authentication, jwks, secret_sha256, redirect_uris, sandbox, created_at, contact, \
                  requests_per_second, disabled_at, jwks_uri, scopes, assertion_audience) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (id) DO NOTHING",
            )
            .bind(operator.id.as_str())
            .bind(operator.name.as_str())
            .bind(operator.authentication.method())
            .bind(credential.jwks)
            .bind(credential.secret_sha256)
            .bind(to_json(&operator.redirect_uris, "operator.redirect_uris")?)
            .bind(i64::from(operator.sandbox))
            .bind(now.micros())
            .bind(operator.contact.as_deref())
            .bind(i64::from(operator.requests_per_second))
            .bind(micros(operator.disabled_at))
            .bind(credential.jwks_uri)
            .bind(operator.scopes.to_string())
            .bind(operator.assertion_audience.as_str()),
        )
        .await
    }

    async fn update_operator(&mut self, operator: &Operator) -> Result<()> {
        let credential = Credential::of(operator);
        self.change(
            sqlx::query(
                "UPDATE operator SET name = $2, authentication = $3, jwks = $4, secret_sha256 = $5, \
                 redirect_uris = $6, contact = $7, requests_per_second = $8, disabled_at = $9, \
                 jwks_uri = $10, scopes = $11, assertion_audience = $12 WHERE id = $1",
            )
            .bind(operator.id.as_str())
            .bind(operator.name.as_str())
            .bind(operator.authentication.method())
            .bind(credential.jwks)
            .bind(credential.secret_sha256)
            .bind(to_json(&operator.redirect_uris, "operator.redirect_uris")?)
            .bind(operator.contact.as_deref())
            .bind(i64::from(operator.requests_per_second))
            .bind(micros(operator.disabled_at))
            .bind(credential.jwks_uri)
            .bind(operator.scopes.to_string())
            .bind(operator.assertion_audience.as_str()),
        )
        .await
    }

    async fn hold_operator(&mut self, id: &OperatorId) -> Result<()> {
        let hold = sqlx::query("UPDATE operator SET name = name WHERE id = $1");
        self.execute(hold.bind(id.as_str().to_owned())).await.map(drop)
    }

    async fn find_operator(&mut self, id: &OperatorId) -> Result<Option<Operator>> {
        self.fetch_optional(sqlx::query_as::<_, OperatorRow>(select_operator!(" WHERE id = $1")).bind(id.as_str()))
            .await?
            .map(OperatorRow::into_operator)
            .transpose()
    }

    async fn list_operators(&mut self) -> Result<Vec<Operator>> {
        let rows = self.fetch_all(sqlx::query_as::<_, OperatorRow>(select_operator!(""))).await?;
        let mut operators: Vec<Operator> = rows.into_iter().map(OperatorRow::into_operator).collect::<Result<_>>()?;
        // Not ORDER BY: PostgreSQL sorts text by the language of its cluster, SQLite by bytes.
        operators.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
        Ok(operators)
    }

    async fn remember_assertions(
        &mut self,
        assertions: &[((OperatorId, HandleHash), Timestamp)],
        now: Timestamp,
    ) -> Result<HashSet<(OperatorId, HandleHash)>> {
        self.execute(sqlx::query("DELETE FROM client_assertion WHERE expires_at <= $1").bind(now.micros())).await?;
        let text = format!(
            "INSERT INTO client_assertion (operator, jti_sha256, expires_at) VALUES {} \
             ON CONFLICT (operator, jti_sha256) DO NOTHING RETURNING operator, jti_sha256",
            places(assertions.len(), 3)
        );
        let insert = sqlx::query_as::<_, (String, Vec<u8>)>(AssertSqlSafe(text));
        let insert = assertions.iter().fold(insert, |insert, ((operator, jti), expires_at)| {
            insert.bind(operator.as_str()).bind(jti.0.to_vec()).bind(expires_at.micros())
        });
        let fresh = self.fetch_all(insert).await?;
        let read = |(operator, jti): (String, Vec<u8>)| {
            Ok((operator_id(&operator)?, HandleHash(bytes(&jti, "client_assertion.jti_sha256")?)))
        };
        fresh.into_iter().map(read).collect()
    }
}
