//! Standing grants of people who are restricted.

use async_trait::async_trait;

use super::grants::{GrantRow, grant_columns, select_grant};
use crate::domain::kernel::id::GrantId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::grant::Grant;
use crate::domain::oauth::ports::{RegistryMark, RestrictedGrants};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};
use crate::store::restrictions::records::counting_restrictions;

/// Grants that stand at `$1` though an active restriction names their person, who is found by any of these.
macro_rules! restricted {
    ($persons:literal, $which:literal) => {
        select_grant!(
            $which,
            " AND (EXISTS (SELECT 1 FROM ",
            counting_restrictions!(),
            " WHERE restriction.iin_lookup IN ",
            $persons,
            " AND restriction.starts_at <= $1 AND (restriction.ends_at IS NULL OR restriction.ends_at > $1)) \
             OR EXISTS (SELECT 1 FROM self_restriction WHERE self_restriction.iin_lookup IN ",
            $persons,
            " AND self_restriction.starts_at <= $1 AND self_restriction.ends_at > $1))"
        )
    };
    ($self:expr, $which:literal) => {
        // Sources are moved to a new key one after the other.
        if $self.cipher.newest_generation() == 0 {
            restricted!("(play_grant.iin_lookup)", $which)
        } else {
            restricted!("(play_grant.iin_lookup, play_grant.iin_lookup_before)", $which)
        }
    };
}

#[async_trait]
impl RestrictedGrants for SqlUnitOfWork {
    async fn registry_mark(&mut self) -> Result<RegistryMark> {
        let sources = "SELECT name, version, base, key_generation FROM restriction_source";
        let mut sources = self.fetch_all(sqlx::query_as::<_, (String, i64, i64, i64)>(sources)).await?;
        sources.sort();
        // Ids sort by time, and nothing is taken back.
        let own = sqlx::query_as::<_, (Option<String>,)>("SELECT MAX(id) FROM self_restriction");
        let own = self.fetch_optional(own).await?.and_then(|(id,)| id);
        Ok(RegistryMark(format!("{sources:?} {own:?}")))
    }

    async fn next_restriction(&mut self, now: Timestamp) -> Result<Option<Timestamp>> {
        let query = concat!(
            "SELECT MIN(restriction.starts_at) FROM ",
            counting_restrictions!(),
            " WHERE restriction.starts_at > $1"
        );
        let query = sqlx::query_as::<_, (Option<i64>,)>(query).bind(now.micros());
        Ok(self.fetch_optional(query).await?.and_then(|(at,)| at).map(Timestamp::from_micros))
    }

    async fn expiry_of_standing(&mut self, from: Timestamp, count: u32) -> Result<Option<Timestamp>> {
        let query = "SELECT expires_at FROM play_grant WHERE ended_at IS NULL AND expires_at >= $1 \
                     ORDER BY expires_at LIMIT 1 OFFSET $2";
        let query = sqlx::query_as::<_, (i64,)>(query).bind(from.micros()).bind(i64::from(count.saturating_sub(1)));
        Ok(self.fetch_optional(query).await?.map(|(at,)| Timestamp::from_micros(at)))
    }

    async fn restricted_grants(
        &mut self,
        now: Timestamp,
        from: Timestamp,
        through: Option<Timestamp>,
    ) -> Result<Vec<Grant>> {
        let text = restricted!(self, "ended_at IS NULL AND expires_at > $1 AND expires_at BETWEEN $2 AND $3");
        let through = through.map_or(i64::MAX, Timestamp::micros);
        let query = sqlx::query_as::<_, GrantRow>(text).bind(now.micros()).bind(from.micros()).bind(through);
        self.fetch_all(query).await?.into_iter().map(GrantRow::into_grant).collect()
    }

    async fn restricted_grants_since(&mut self, now: Timestamp, first: GrantId) -> Result<Vec<Grant>> {
        // A sum is in no index: SQLite would walk through all that stand, and not the few with such an id.
        let text = restricted!(self, "id >= $2 AND +ended_at IS NULL AND +expires_at > $1");
        let query = sqlx::query_as::<_, GrantRow>(text).bind(now.micros()).bind(first.to_string());
        self.fetch_all(query).await?.into_iter().map(GrantRow::into_grant).collect()
    }
}
