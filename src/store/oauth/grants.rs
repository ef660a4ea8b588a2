//! Grants, their refresh tokens, and the DPoP proofs that were seen.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use sqlx_macros::FromRow;

use crate::domain::identity::person::Iin;
use crate::domain::identity::ports::Players as _;
use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{GrantId, PlayerId};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::confirmation::Confirmation;
use crate::domain::oauth::grant::{Grant, NewRefreshToken, ShownRefreshToken};
use crate::domain::oauth::ports::Grants;
use crate::domain::oauth::status_list::StatusListIndex;
use crate::domain::operators::operator::OperatorId;
use crate::domain::second_factor::{BoundBy, FactorKind};
use crate::store::engine::Engine;
use crate::store::engine::columns::{bytes, corrupt, count, instant, named, parse, thumbprint};
use crate::store::engine::encryption::ColumnCipher;
use crate::store::engine::places::{padded, places};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};
use crate::store::identity::players::open_iin;
use crate::store::operators::registrations::operator_id;

/// Of [`GrantRow`]; other tables beside it have an id, too.
macro_rules! grant_columns {
    () => {
        "play_grant.id, operator, player, verification, factor, bound_by, verified_at, confirmation, thumbprint, \
         status_list, status_index, expires_at, ended_at, openid"
    };
}

macro_rules! select_grant {
    ($($condition:expr),+ $(,)?) => {
        concat!("SELECT ", grant_columns!(), " FROM play_grant WHERE ", $($condition),+)
    };
}
pub(in crate::store) use {grant_columns, select_grant};

const TOKEN_HASH: &str = "refresh_token.hash";

#[derive(FromRow)]
pub(super) struct GrantRow {
    id: String,
    operator: String,
    player: String,
    verification: String,
    factor: String,
    bound_by: String,
    verified_at: i64,
    confirmation: Option<String>,
    thumbprint: Option<Vec<u8>>,
    status_list: i64,
    status_index: i64,
    expires_at: i64,
    ended_at: Option<i64>,
    openid: i64,
}

impl GrantRow {
    fn place(&self) -> Result<StatusListIndex> {
        Ok(StatusListIndex {
            list: count(self.status_list, "play_grant.status_list")?,
            index: count(self.status_index, "play_grant.status_index")?,
        })
    }

    pub(super) fn into_grant(self) -> Result<Grant> {
        const CONFIRMATION: &str = "play_grant.confirmation";
        let thumbprint = thumbprint(self.thumbprint.as_deref(), "play_grant.thumbprint")?;
        let status = self.place()?;
        let confirmation = match (self.confirmation, thumbprint) {
            (None, None) => None,
            (Some(kind), Some(thumbprint)) => {
                Some(named(&kind, |kind| Confirmation::of_kind(kind, thumbprint), CONFIRMATION)?)
            }
            _ => return Err(corrupt(CONFIRMATION)),
        };
        Ok(Grant {
            id: parse(&self.id, "play_grant.id")?,
            operator: operator_id(&self.operator)?,
            player: parse(&self.player, "play_grant.player")?,
            verification: parse(&self.verification, "play_grant.verification")?,
            factor: named(&self.factor, FactorKind::from_name, "play_grant.factor")?,
            bound_by: named(&self.bound_by, BoundBy::from_name, "play_grant.bound_by")?,
            verified_at: Timestamp::from_micros(self.verified_at),
            confirmation,
            status,
            openid: self.openid != 0,
            expires_at: Timestamp::from_micros(self.expires_at),
            ended_at: instant(self.ended_at),
        })
    }
}

/// Grants by their places, those of many callers at once. One that cannot be read is its own caller's trouble.
pub(in crate::store) async fn all_at(
    engine: Engine,
    wanted: Vec<StatusListIndex>,
) -> Result<HashMap<StatusListIndex, Result<Grant>>> {
    let wanted = padded(wanted);
    let values = places(wanted.len(), 2);
    let text = format!("{} (status_list, status_index) IN (VALUES {values})", select_grant!(""));
    let question = sqlx::query_as::<_, GrantRow>(AssertSqlSafe(text));
    let question = wanted
        .iter()
        .fold(question, |question, place| question.bind(i64::from(place.list)).bind(i64::from(place.index)));
    let rows = engine.ask(question).await?;
    rows.into_iter().map(|row| Ok((row.place()?, row.into_grant()))).collect()
}

/// Grants by the hashes of their refresh tokens, each with the IIN of its player: those of many callers at once.
pub(in crate::store) async fn all_of_tokens(
    engine: Engine,
    cipher: Arc<ColumnCipher>,
    hashes: Vec<HandleHash>,
) -> Result<HashMap<HandleHash, Result<(Grant, Iin)>>> {
    let hashes = padded(hashes);
    let text = format!(
        "SELECT player.iin, refresh_token.hash, {} \
         FROM refresh_token JOIN play_grant ON play_grant.id = refresh_token.play_grant \
         JOIN player ON player.id = play_grant.player WHERE refresh_token.hash IN ({})",
        grant_columns!(),
        places(hashes.len(), 1)
    );
    let question = sqlx::query_as::<_, HolderRow>(AssertSqlSafe(text));
    let question = hashes.iter().fold(question, |question, hash| question.bind(hash.0.to_vec()));
    let held = |row: HolderRow| {
        let iin = open_iin(&cipher, &row.grant.player, &row.iin)?;
        Ok((row.grant.into_grant()?, iin))
    };
    let rows = engine.ask(question).await?;
    rows.into_iter().map(|row| Ok((HandleHash(bytes(&row.hash, TOKEN_HASH)?), held(row)))).collect()
}

#[derive(FromRow)]
struct HolderRow {
    iin: Vec<u8>,
    hash: Vec<u8>,
    #[sqlx(flatten)]
    grant: GrantRow,
}

#[derive(FromRow)]
struct ShownRow {
    hash: Vec<u8>,
    generation: i64,
    used_at: Option<i64>,
    ended_at: Option<i64>,
    latest_generation: Option<i64>,
}

impl ShownRow {
    fn into_shown(self) -> Result<ShownRefreshToken> {
        const GENERATION: &str = "refresh_token.generation";
        Ok(ShownRefreshToken {
            generation: count(self.generation, GENERATION)?,
            used_at: instant(self.used_at),
            latest_used: self.latest_generation.map(|latest| count(latest, GENERATION)).transpose()?,
            grant_ended_at: instant(self.ended_at),
        })
    }
}

#[async_trait]
impl Grants for SqlUnitOfWork {
    async fn insert_grant(&mut self, grant: &Grant, code: HandleHash) -> Result<()> {
        let iin = self.find_iin(grant.player).await?.ok_or_else(|| corrupt("play_grant.player"))?;
        // Each table hashes IINs in its own way; this one is asked with the registry's.
        let generation = self.cipher.newest_generation();
        let person = self.cipher.person_key(&iin, generation)?;
        let before = generation.checked_sub(1).map(|before| self.cipher.person_key(&iin, before)).transpose()?;
        self.change(
            sqlx::query(
                "INSERT INTO play_grant \
                 (id, code, operator, player, verification, factor, verified_at, confirmation, thumbprint, \
                  status_list, status_index, expires_at, ended_at, iin_lookup, iin_lookup_before, key_generation, bound_by, \
                  openid) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT DO NOTHING",
            )
            .bind(grant.id.to_string())
            .bind(code.0.to_vec())
            .bind(grant.operator.as_str())
            .bind(grant.player.to_string())
            .bind(grant.verification.to_string())
            .bind(grant.factor.as_str())
            .bind(grant.verified_at.micros())
            .bind(grant.confirmation.map(Confirmation::kind))
            .bind(grant.confirmation.map(|confirmation| confirmation.thumbprint().0.to_vec()))
            .bind(i64::from(grant.status.list))
            .bind(i64::from(grant.status.index))
            .bind(grant.expires_at.micros())
            .bind(grant.ended_at.map(Timestamp::micros))
            .bind(person.0.to_vec())
            .bind(before.map(|person| person.0.to_vec()))
            .bind(i64::from(generation))
            .bind(grant.bound_by.as_str())
            .bind(i64::from(grant.openid)),
        )
        .await
    }

    async fn find_grant(&mut self, id: GrantId) -> Result<Option<Grant>> {
        let query = sqlx::query_as::<_, GrantRow>(select_grant!("id = $1")).bind(id.to_string());
        self.fetch_optional(query).await?.map(GrantRow::into_grant).transpose()
    }

    async fn grant_of_code(&mut self, code: HandleHash) -> Result<Option<Grant>> {
        let query = sqlx::query_as::<_, GrantRow>(select_grant!("code = $1")).bind(code.0.to_vec());
        self.fetch_optional(query).await?.map(GrantRow::into_grant).transpose()
    }

    async fn grant_at(&mut self, place: StatusListIndex) -> Result<Option<Grant>> {
        let query = sqlx::query_as::<_, GrantRow>(select_grant!("status_list = $1 AND status_index = $2"))
            .bind(i64::from(place.list))
            .bind(i64::from(place.index));
        self.fetch_optional(query).await?.map(GrantRow::into_grant).transpose()
    }

    async fn active_grants(&mut self, player: PlayerId, now: Timestamp) -> Result<Vec<Grant>> {
        let query =
            sqlx::query_as::<_, GrantRow>(select_grant!("player = $1 AND ended_at IS NULL AND expires_at > $2"))
                .bind(player.to_string())
                .bind(now.micros());
        self.fetch_all(query).await?.into_iter().map(GrantRow::into_grant).collect()
    }

    async fn verified_since(&mut self, player: PlayerId, since: Timestamp) -> Result<Vec<Timestamp>> {
        let query =
            "SELECT DISTINCT verified_at FROM play_grant WHERE player = $1 AND verified_at > $2 ORDER BY verified_at";
        let query = sqlx::query_as::<_, (i64,)>(query).bind(player.to_string()).bind(since.micros());
        Ok(self.fetch_all(query).await?.into_iter().map(|(at,)| Timestamp::from_micros(at)).collect())
    }

    async fn count_grants_of(&mut self, operator: &OperatorId, now: Timestamp) -> Result<u64> {
        let query = sqlx::query_as::<_, (i64,)>(
            "SELECT COUNT(*) FROM play_grant WHERE operator = $1 AND ended_at IS NULL AND expires_at > $2",
        )
        .bind(operator.as_str())
        .bind(now.micros());
        let row = self.fetch_optional(query).await?;
        row.map_or(Ok(0), |(number,)| count(number, "count"))
    }

    async fn end_grants_of(&mut self, operator: &OperatorId, now: Timestamp) -> Result<u64> {
        let query = sqlx::query(
            "UPDATE play_grant SET ended_at = $2 WHERE operator = $1 AND ended_at IS NULL AND expires_at > $2",
        )
        .bind(operator.as_str())
        .bind(now.micros());
        self.execute(query).await
    }

    async fn end_grant(&mut self, id: GrantId, now: Timestamp) -> Result<bool> {
        let query = sqlx::query("UPDATE play_grant SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
            .bind(id.to_string())
            .bind(now.micros());
        Ok(self.execute(query).await? > 0)
    }

    async fn ended_places(&mut self, list: u32) -> Result<Vec<u32>> {
        let query = sqlx::query_as::<_, (i64,)>(
            "SELECT status_index FROM play_grant WHERE status_list = $1 AND ended_at IS NOT NULL",
        )
        .bind(i64::from(list));
        let rows = self.fetch_all(query).await?;
        rows.into_iter().map(|(index,)| count(index, "play_grant.status_index")).collect()
    }

    async fn insert_refresh_tokens(&mut self, tokens: &[NewRefreshToken], now: Timestamp) -> Result<()> {
        let text = format!(
            "INSERT INTO refresh_token (hash, play_grant, generation, issued_at) VALUES {} ON CONFLICT (hash) DO NOTHING",
            places(tokens.len(), 4)
        );
        let insert = tokens.iter().fold(sqlx::query(AssertSqlSafe(text)), |insert, token| {
            insert
                .bind(token.hash.0.to_vec())
                .bind(token.grant.to_string())
                .bind(i64::from(token.generation))
                .bind(now.micros())
        });
        let inserted = self.execute(insert).await?;
        if inserted == tokens.len() as u64 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    async fn refresh_tokens_of(&mut self, grant: GrantId) -> Result<Vec<(u32, Timestamp)>> {
        let query =
            "SELECT generation, issued_at FROM refresh_token WHERE play_grant = $1 ORDER BY issued_at, generation";
        let rows = self.fetch_all(sqlx::query_as::<_, (i64, i64)>(query).bind(grant.to_string())).await?;
        let read = |(generation, at)| Ok((count(generation, "refresh_token.generation")?, Timestamp::from_micros(at)));
        rows.into_iter().map(read).collect()
    }

    async fn use_refresh_tokens(
        &mut self,
        hashes: &[HandleHash],
        now: Timestamp,
    ) -> Result<HashMap<HandleHash, ShownRefreshToken>> {
        let hashes = padded(hashes.to_vec());
        let listed = places(hashes.len(), 1);
        let text = format!(
            "SELECT hash, generation, used_at, ended_at, latest_generation \
             FROM refresh_token JOIN play_grant ON play_grant.id = refresh_token.play_grant WHERE hash IN ({listed})"
        );
        let select = sqlx::query_as::<_, ShownRow>(AssertSqlSafe(text));
        let select = hashes.iter().fold(select, |select, hash| select.bind(hash.0.to_vec()));
        let rows = self.fetch_all(select).await?;
        let text = format!(
            "UPDATE refresh_token SET used_at = ${} WHERE used_at IS NULL AND hash IN ({listed})",
            hashes.len() + 1
        );
        let update = sqlx::query(AssertSqlSafe(text));
        let update = hashes.iter().fold(update, |update, hash| update.bind(hash.0.to_vec()));
        self.execute(update.bind(now.micros())).await?;
        let text = format!(
            "UPDATE play_grant SET latest_generation = shown.generation \
             FROM (SELECT play_grant, MAX(generation) AS generation FROM refresh_token WHERE hash IN ({listed}) \
                   GROUP BY play_grant) AS shown \
             WHERE shown.play_grant = play_grant.id AND COALESCE(latest_generation, -1) < shown.generation"
        );
        let update = sqlx::query(AssertSqlSafe(text));
        let update = hashes.iter().fold(update, |update, hash| update.bind(hash.0.to_vec()));
        self.execute(update).await?;
        rows.into_iter().map(|row| Ok((HandleHash(bytes(&row.hash, TOKEN_HASH)?), row.into_shown()?))).collect()
    }

    async fn grant_of_refresh_token(&mut self, hash: HandleHash) -> Result<Option<Grant>> {
        let query =
            sqlx::query_as::<_, GrantRow>(select_grant!("id = (SELECT play_grant FROM refresh_token WHERE hash = $1)"))
                .bind(hash.0.to_vec());
        self.fetch_optional(query).await?.map(GrantRow::into_grant).transpose()
    }

    async fn remember_proofs(
        &mut self,
        proofs: &[(HandleHash, Timestamp)],
        now: Timestamp,
    ) -> Result<HashSet<HandleHash>> {
        let expired = sqlx::query("DELETE FROM dpop_proof WHERE expires_at <= $1").bind(now.micros());
        self.execute(expired).await?;
        let text = format!(
            "INSERT INTO dpop_proof (hash, expires_at) VALUES {} ON CONFLICT (hash) DO NOTHING RETURNING hash",
            places(proofs.len(), 2)
        );
        let insert =
            proofs.iter().fold(sqlx::query_as::<_, (Vec<u8>,)>(AssertSqlSafe(text)), |insert, (hash, expires_at)| {
                insert.bind(hash.0.to_vec()).bind(expires_at.micros())
            });
        let fresh = self.fetch_all(insert).await?;
        fresh.into_iter().map(|(hash,)| bytes(&hash, "dpop_proof.hash").map(HandleHash)).collect()
    }
}
