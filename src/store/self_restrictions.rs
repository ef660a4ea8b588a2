//! What people restricted themselves to: found as the registry finds people, so that both are asked in one statement.

use async_trait::async_trait;

use super::columns::corrupt;
use super::unit_of_work::{Result, SqlUnitOfWork};
use crate::domain::id::PlayerId;
use crate::domain::ports::{Players, SelfRestrictions};
use crate::domain::restrictions::PersonKey;
use crate::domain::self_restriction::SelfRestriction;
use crate::domain::time::Timestamp;

#[async_trait]
impl SelfRestrictions for SqlUnitOfWork {
    async fn insert_self_restriction(&mut self, restriction: &SelfRestriction) -> Result<()> {
        let generation = self.cipher.newest_generation();
        let person = self.registered(restriction.player, generation).await?;
        self.change(
            sqlx::query(
                "INSERT INTO self_restriction \
                 (id, player, iin_lookup, verification, factor, starts_at, ends_at, key_generation) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            )
            .bind(restriction.id.to_string())
            .bind(restriction.player.to_string())
            .bind(person.0.to_vec())
            .bind(restriction.verification.to_string())
            .bind(restriction.factor.as_str())
            .bind(restriction.starts_at.micros())
            .bind(restriction.ends_at.micros())
            .bind(i64::from(generation)),
        )
        .await
    }

    async fn self_restricted_until(&mut self, player: PlayerId) -> Result<Option<Timestamp>> {
        let query = sqlx::query_as::<_, (i64,)>(
            "SELECT ends_at FROM self_restriction WHERE player = $1 ORDER BY ends_at DESC LIMIT 1",
        )
        .bind(player.to_string());
        Ok(self.fetch_optional(query).await?.map(|(ends_at,)| Timestamp::from_micros(ends_at)))
    }
}

impl SqlUnitOfWork {
    /// The player as the registry knows them.
    async fn registered(&mut self, player: PlayerId, generation: u32) -> Result<PersonKey> {
        let iin = self.find_iin(player).await?.ok_or_else(|| corrupt("self_restriction.player"))?;
        self.cipher.person_key(&iin, generation)
    }
}
