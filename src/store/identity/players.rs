//! Players, found by a keyed hash of their IIN.

use async_trait::async_trait;

use crate::domain::identity::person::Iin;
use crate::domain::identity::ports::Players;
use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::time::Timestamp;
use crate::store::engine::columns::{corrupt, parse};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const IIN: Column = Column::new("player", "iin");

impl SqlUnitOfWork {
    async fn player_by(&mut self, iin_lookup: &[u8]) -> Result<Option<PlayerId>> {
        let found: Option<(String,)> =
            self.fetch_optional(sqlx::query_as("SELECT id FROM player WHERE iin_lookup = $1").bind(iin_lookup)).await?;
        found.map(|(id,)| parse(&id, "player.id")).transpose()
    }
}

/// The IIN of the player `row`.
pub(in crate::store) fn open_iin(cipher: &ColumnCipher, row: &str, sealed: &[u8]) -> Result<Iin> {
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
        found.map(|(sealed,)| open_iin(&self.cipher, &row, &sealed)).transpose()
    }

    async fn lock_player(&mut self, player: PlayerId) -> Result<()> {
        // Changes nothing: an UPDATE locks its row in every engine, and FOR UPDATE is PostgreSQL's alone.
        self.change(sqlx::query("UPDATE player SET created_at = created_at WHERE id = $1").bind(player.to_string()))
            .await
    }
}
