//! What people restricted themselves to: found as the registry finds people, so that both are asked in one statement.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::identity::contact::Channel;
use crate::domain::identity::ports::Players;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::PersonKey;
use crate::domain::restrictions::ports::SelfRestrictions;
use crate::domain::restrictions::self_restriction::SelfRestriction;
use crate::domain::second_factor::FactorKind;
use crate::store::engine::columns::{corrupt, instant, micros, named, parse};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

#[derive(FromRow)]
struct RevocableRow {
    id: String,
    player: String,
    verification: String,
    factor: String,
    starts_at: i64,
    ends_at: i64,
    revocable_until: Option<i64>,
    taken_back_at: Option<i64>,
    declared_over: Option<String>,
}

impl RevocableRow {
    fn into_restriction(self) -> Result<SelfRestriction> {
        const OVER: &str = "self_restriction.declared_over";
        Ok(SelfRestriction {
            id: parse(&self.id, "self_restriction.id")?,
            player: parse(&self.player, "self_restriction.player")?,
            verification: parse(&self.verification, "self_restriction.verification")?,
            factor: named(&self.factor, FactorKind::from_name, "self_restriction.factor")?,
            starts_at: Timestamp::from_micros(self.starts_at),
            ends_at: Timestamp::from_micros(self.ends_at),
            revocable_until: instant(self.revocable_until),
            taken_back_at: instant(self.taken_back_at),
            declared_over: self.declared_over.map(|name| named(&name, Channel::from_name, OVER)).transpose()?,
        })
    }
}

#[async_trait]
impl SelfRestrictions for SqlUnitOfWork {
    async fn insert_self_restriction(&mut self, restriction: &SelfRestriction) -> Result<()> {
        let generation = self.cipher.newest_generation();
        let person = self.registered(restriction.player, generation).await?;
        self.change(
            sqlx::query(
                "INSERT INTO self_restriction \
                 (id, player, iin_lookup, verification, factor, starts_at, ends_at, key_generation, revocable_until, \
                 declared_over) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
            )
            .bind(restriction.id.to_string())
            .bind(restriction.player.to_string())
            .bind(person.0.to_vec())
            .bind(restriction.verification.to_string())
            .bind(restriction.factor.as_str())
            .bind(restriction.starts_at.micros())
            .bind(restriction.ends_at.micros())
            .bind(i64::from(generation))
            .bind(micros(restriction.revocable_until))
            .bind(restriction.declared_over.map(Channel::as_str)),
        )
        .await
    }

    async fn revocable_self_restrictions(&mut self, player: PlayerId, now: Timestamp) -> Result<Vec<SelfRestriction>> {
        let query = sqlx::query_as::<_, RevocableRow>(
            "SELECT id, player, verification, factor, starts_at, ends_at, revocable_until, taken_back_at, \
             declared_over \
             FROM self_restriction WHERE player = $1 AND revocable_until > $2 AND taken_back_at IS NULL ORDER BY id",
        );
        let rows = self.fetch_all(query.bind(player.to_string()).bind(now.micros())).await?;
        rows.into_iter().map(RevocableRow::into_restriction).collect()
    }

    async fn end_self_restriction(&mut self, restriction: &SelfRestriction) -> Result<()> {
        let update = sqlx::query(
            "UPDATE self_restriction SET ends_at = $2, taken_back_at = $2 \
             WHERE id = $1 AND taken_back_at IS NULL AND revocable_until > $2 AND starts_at < $2 AND ends_at > $2",
        );
        self.change(update.bind(restriction.id.to_string()).bind(micros(restriction.taken_back_at))).await
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
