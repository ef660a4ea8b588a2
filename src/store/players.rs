//! Players, found by a keyed hash of their IIN.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::AssertSqlSafe;

use super::columns::{corrupt, parse};
use super::encryption::{Column, ColumnCipher};
use super::engine::Engine;
use super::places::{padded, places};
use super::unit_of_work::{Result, SqlUnitOfWork};
use crate::domain::id::PlayerId;
use crate::domain::person::Iin;
use crate::domain::ports::Players;
use crate::domain::time::Timestamp;

const IIN: Column = Column::new("player", "iin");

impl SqlUnitOfWork {
    async fn player_by(&mut self, iin_lookup: &[u8]) -> Result<Option<PlayerId>> {
        let found: Option<(String,)> =
            self.fetch_optional(sqlx::query_as("SELECT id FROM player WHERE iin_lookup = $1").bind(iin_lookup)).await?;
        found.map(|(id,)| parse(&id, "player.id")).transpose()
    }
}

/// IINs of players, those of many callers at once.
pub(super) async fn all_iins(
    engine: Engine,
    cipher: Arc<ColumnCipher>,
    players: Vec<PlayerId>,
) -> Result<HashMap<PlayerId, Iin>> {
    let players = padded(players);
    let text = format!("SELECT id, iin FROM player WHERE id IN ({})", places(players.len(), 1));
    let question = sqlx::query_as::<_, (String, Vec<u8>)>(AssertSqlSafe(text));
    let question = players.iter().fold(question, |question, player| question.bind(player.to_string()));
    let rows = engine.ask(question).await?;
    rows.into_iter().map(|(id, sealed)| Ok((parse(&id, "player.id")?, open(&cipher, &id, &sealed)?))).collect()
}

fn open(cipher: &ColumnCipher, row: &str, sealed: &[u8]) -> Result<Iin> {
    let plain = cipher.open(IIN, &[row.as_bytes()], sealed)?;
    let iin = std::str::from_utf8(plain.expose()).ok().and_then(|text| Iin::parse(text).ok());
    iin.ok_or_else(|| corrupt("player.iin"))
}

#[async_trait]
impl Players for SqlUnitOfWork {
    async fn player_of(&mut self, iin: &Iin, id: PlayerId, now: Timestamp) -> Result<PlayerId> {
        let lookup = self.cipher.lookup("player", iin)?;
        if let Some(known) = self.player_by(&lookup).await? {
            return Ok(known);
        }
        let row = id.to_string();
        let sealed = self.cipher.seal(IIN, &[row.as_bytes()], iin.expose().as_bytes())?;
        self.execute(
            sqlx::query(
                "INSERT INTO player (id, iin_lookup, iin, created_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (iin_lookup) DO NOTHING",
            )
            .bind(row)
            .bind(lookup.as_slice())
            .bind(sealed)
            .bind(now.micros()),
        )
        .await?;
        // Asked again and not assumed: another transaction may have been faster.
        self.player_by(&lookup).await?.ok_or_else(|| corrupt("player.iin_lookup"))
    }

    async fn find_player(&mut self, iin: &Iin) -> Result<Option<PlayerId>> {
        let lookup = self.cipher.lookup("player", iin)?;
        self.player_by(&lookup).await
    }

    async fn find_iin(&mut self, player: PlayerId) -> Result<Option<Iin>> {
        let row = player.to_string();
        let found: Option<(Vec<u8>,)> =
            self.fetch_optional(sqlx::query_as("SELECT iin FROM player WHERE id = $1").bind(row.as_str())).await?;
        found.map(|(sealed,)| open(&self.cipher, &row, &sealed)).transpose()
    }

    async fn lock_player(&mut self, player: PlayerId) -> Result<()> {
        // Changes nothing: an UPDATE locks its row in every engine, and FOR UPDATE is PostgreSQL's alone.
        self.change(sqlx::query("UPDATE player SET created_at = created_at WHERE id = $1").bind(player.to_string()))
            .await
    }
}
