//! Where operators want their webhooks. Secrets are encrypted and bound to operator and URL: a URL that was changed past
//! this door gets no signature.

use async_trait::async_trait;
use sqlx_macros::FromRow;
use url::Url;

use crate::domain::kernel::time::Timestamp;
use crate::domain::operators::operator::OperatorId;
use crate::domain::webhooks::endpoint::{OldSecret, WebhookEndpoint};
use crate::domain::webhooks::ports::WebhookEndpoints;
use crate::domain::webhooks::secret::WebhookSecret;
use crate::store::engine::columns::{corrupt, instant, micros, parse};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};
use crate::store::operators::registrations::operator_id;

const SECRET: Column = Column::new("webhook_endpoint", "secret");
const OLD_SECRET: Column = Column::new("webhook_endpoint", "old_secret");

#[derive(FromRow)]
struct EndpointRow {
    operator: String,
    url: String,
    secret: Vec<u8>,
    old_secret: Option<Vec<u8>>,
    old_until: Option<i64>,
    created_at: i64,
    disabled_at: Option<i64>,
}

impl EndpointRow {
    fn into_endpoint(self, cipher: &ColumnCipher) -> Result<WebhookEndpoint> {
        let place: [&[u8]; 2] = [self.operator.as_bytes(), self.url.as_bytes()];
        let open = |column, sealed: &[u8]| cipher.open(column, &place, sealed).map(WebhookSecret::from_bytes);
        let old_secret = match (&self.old_secret, instant(self.old_until)) {
            (Some(sealed), Some(until)) => Some(OldSecret { secret: open(OLD_SECRET, sealed)?, until }),
            (None, None) => None,
            _ => return Err(corrupt("webhook_endpoint.old_until")),
        };
        Ok(WebhookEndpoint {
            secret: open(SECRET, &self.secret)?,
            old_secret,
            operator: operator_id(&self.operator)?,
            url: parse(&self.url, "webhook_endpoint.url")?,
            created_at: Timestamp::from_micros(self.created_at),
            disabled_at: instant(self.disabled_at),
        })
    }
}

#[async_trait]
impl WebhookEndpoints for SqlUnitOfWork {
    async fn put_webhook_endpoint(&mut self, endpoint: &WebhookEndpoint) -> Result<()> {
        let place: [&[u8]; 2] = [endpoint.operator.as_str().as_bytes(), endpoint.url.as_str().as_bytes()];
        let seal = |column, secret: &WebhookSecret| self.cipher.seal(column, &place, secret.bytes().expose());
        let secret = seal(SECRET, &endpoint.secret)?;
        let old = endpoint.old_secret.as_ref();
        let old_secret = old.map(|old| seal(OLD_SECRET, &old.secret)).transpose()?;
        self.change(
            sqlx::query(
                "INSERT INTO webhook_endpoint \
                 (operator, url, secret, old_secret, old_until, created_at, disabled_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) \
                 ON CONFLICT (operator) DO UPDATE SET url = excluded.url, secret = excluded.secret, \
                 old_secret = excluded.old_secret, old_until = excluded.old_until, \
                 created_at = excluded.created_at, disabled_at = excluded.disabled_at",
            )
            .bind(endpoint.operator.as_str())
            .bind(endpoint.url.as_str())
            .bind(secret)
            .bind(old_secret)
            .bind(micros(old.map(|old| old.until)))
            .bind(endpoint.created_at.micros())
            .bind(micros(endpoint.disabled_at)),
        )
        .await
    }

    async fn find_webhook_endpoint(&mut self, operator: &OperatorId) -> Result<Option<WebhookEndpoint>> {
        self.fetch_optional(
            sqlx::query_as::<_, EndpointRow>(
                "SELECT operator, url, secret, old_secret, old_until, created_at, disabled_at \
                 FROM webhook_endpoint WHERE operator = $1",
            )
            .bind(operator.as_str()),
        )
        .await?
        .map(|row| row.into_endpoint(&self.cipher))
        .transpose()
    }

    async fn list_webhook_endpoints(&mut self) -> Result<Vec<WebhookEndpoint>> {
        let rows = self
            .fetch_all(sqlx::query_as::<_, EndpointRow>(
                "SELECT operator, url, secret, old_secret, old_until, created_at, disabled_at FROM webhook_endpoint",
            ))
            .await?;
        let mut endpoints: Vec<WebhookEndpoint> =
            rows.into_iter().map(|row| row.into_endpoint(&self.cipher)).collect::<Result<_>>()?;
        // Not ORDER BY, as with operators.
        endpoints.sort_by(|a, b| a.operator.as_str().cmp(b.operator.as_str()));
        Ok(endpoints)
    }

    async fn remove_webhook_endpoint(&mut self, operator: &OperatorId) -> Result<bool> {
        let removed = self
            .execute(sqlx::query("DELETE FROM webhook_endpoint WHERE operator = $1").bind(operator.as_str()))
            .await?;
        Ok(removed > 0)
    }

    async fn disable_webhook_endpoint(&mut self, operator: &OperatorId, url: &Url, now: Timestamp) -> Result<bool> {
        let disabled = self
            .execute(
                sqlx::query(
                    "UPDATE webhook_endpoint SET disabled_at = $3 \
                     WHERE operator = $1 AND url = $2 AND disabled_at IS NULL",
                )
                .bind(operator.as_str())
                .bind(url.as_str())
                .bind(now.micros()),
            )
            .await?;
        Ok(disabled > 0)
    }

    async fn drop_old_webhook_secrets(&mut self, now: Timestamp) -> Result<u64> {
        self.execute(
            sqlx::query("UPDATE webhook_endpoint SET old_secret = NULL, old_until = NULL WHERE old_until <= $1")
                .bind(now.micros()),
        )
        .await
    }
}
