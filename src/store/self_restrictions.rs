//! What people restricted themselves to: found as the registry finds people, so that both are asked in one statement.

use async_trait::async_trait;

use super::columns::corrupt;
use super::unit_of_work::{Result, SqlUnitOfWork};
use crate::domain::id::PlayerId;
use crate::domain::ports::{Players, SelfRestrictions};
use crate::domain::self_restriction::SelfRestriction;
use crate::domain::time::Timestamp;

#[async_trait]
impl SelfRestrictions for SqlUnitOfWork {
    async fn insert_self_restriction(&mut self, restriction: &SelfRestriction) -> Result<()> {
        let person = self.registered(restriction.player).await?;
        self.change(
            sqlx::query(
                "INSERT INTO self_restriction (id, player, iin_lookup, verification, factor, starts_at, ends_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            )
            .bind(restriction.id.to_string())
            .bind(restriction.player.to_string())
            .bind(person)
            .bind(restriction.verification.to_string())
            .bind(restriction.factor.as_str())
            .bind(restriction.starts_at.micros())
            .bind(restriction.ends_at.micros()),
        )
        .await
    }

    async fn self_restricted_until(&mut self, player: PlayerId) -> Result<Option<Timestamp>> {
        let person = self.registered(player).await?;
        let query = sqlx::query_as::<_, (i64,)>(
            "SELECT ends_at FROM self_restriction WHERE iin_lookup = $1 ORDER BY ends_at DESC LIMIT 1",
        )
        .bind(person);
        Ok(self.fetch_optional(query).await?.map(|(ends_at,)| Timestamp::from_micros(ends_at)))
    }
}

impl SqlUnitOfWork {
    /// The player as the registry knows them.
    async fn registered(&mut self, player: PlayerId) -> Result<Vec<u8>> {
        let iin = self.find_iin(player).await?.ok_or_else(|| corrupt("self_restriction.player"))?;
        self.cipher.lookup("restriction", &iin)
    }
}
