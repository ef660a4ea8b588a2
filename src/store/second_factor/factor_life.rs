//! Second factors after they were made.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::kernel::id::PlayerId;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::own::{FactorId, FactorName, OwnFactor};
use crate::domain::second_factor::ports::{FactorLife, Factors};
use crate::domain::second_factor::{BoundBy, Enrolled};
use crate::store::engine::columns::{corrupt, instant, named, parse};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const PASSKEY_NAME: Column = Column::new("passkey", "name");
const TOTP_NAME: Column = Column::new("totp", "name");

/// Everything of a player, what hangs on something before what it hangs on.
const OF_A_PLAYER: [&str; 6] = [
    "DELETE FROM passkey_ceremony WHERE verification IN (SELECT id FROM verification WHERE player = $1)",
    "DELETE FROM passkey WHERE player = $1",
    "DELETE FROM totp WHERE player = $1",
    "DELETE FROM recovery_code WHERE player = $1",
    "DELETE FROM recovery_code_set WHERE player = $1",
    "DELETE FROM lockout WHERE player = $1",
];

/// `key` is what the name is bound to: the passkey's id, or the player's.
#[derive(FromRow)]
struct OwnRow {
    key: String,
    name: Option<Vec<u8>>,
    created_at: i64,
    used_at: Option<i64>,
    bound_by: String,
}

impl OwnRow {
    fn into_factor(self, id: FactorId, column: Column, cipher: &ColumnCipher) -> Result<OwnFactor> {
        let name = self.name.as_deref().map(|sealed| {
            let name = cipher.open(column, &[self.key.as_bytes()], sealed)?;
            let name = std::str::from_utf8(name.expose()).ok().and_then(|name| FactorName::read(name).ok());
            name.ok_or_else(|| corrupt("factor.name"))
        });
        Ok(OwnFactor {
            id,
            name: name.transpose()?,
            created_at: Timestamp::from_micros(self.created_at),
            used_at: instant(self.used_at),
            bound_by: named(&self.bound_by, BoundBy::from_name, "factor.bound_by")?,
        })
    }
}

#[async_trait]
impl FactorLife for SqlUnitOfWork {
    async fn own_factors(&mut self, player: PlayerId) -> Result<Vec<OwnFactor>> {
        let passkeys = sqlx::query_as::<_, OwnRow>(
            "SELECT id AS key, name, created_at, used_at, bound_by FROM passkey WHERE player = $1 ORDER BY created_at, id",
        );
        let totp = sqlx::query_as::<_, OwnRow>(
            "SELECT player AS key, name, created_at, used_at, bound_by FROM totp WHERE player = $1 AND last_step IS NOT NULL",
        );
        let mut own = Vec::new();
        for row in self.fetch_all(passkeys.bind(player.to_string())).await? {
            let id = FactorId::Passkey(parse(&row.key, "passkey.id")?);
            own.push(row.into_factor(id, PASSKEY_NAME, &self.cipher)?);
        }
        for row in self.fetch_all(totp.bind(player.to_string())).await? {
            own.push(row.into_factor(FactorId::Totp, TOTP_NAME, &self.cipher)?);
        }
        own.sort_by_key(|factor| factor.created_at);
        Ok(own)
    }

    async fn name_factor(&mut self, player: PlayerId, id: FactorId, name: &FactorName) -> Result<bool> {
        let name = name.text().expose().as_bytes();
        let done = match id {
            FactorId::Passkey(id) => {
                let row = id.to_string();
                let sealed = self.cipher.seal(PASSKEY_NAME, &[row.as_bytes()], name)?;
                let update = sqlx::query("UPDATE passkey SET name = $3 WHERE player = $1 AND id = $2");
                self.execute(update.bind(player.to_string()).bind(row).bind(sealed)).await?
            }
            FactorId::Totp => {
                let row = player.to_string();
                let sealed = self.cipher.seal(TOTP_NAME, &[row.as_bytes()], name)?;
                let update = sqlx::query("UPDATE totp SET name = $2 WHERE player = $1 AND last_step IS NOT NULL");
                self.execute(update.bind(row).bind(sealed)).await?
            }
        };
        Ok(done > 0)
    }

    async fn note_totp_use(&mut self, player: PlayerId, now: Timestamp) -> Result<()> {
        let update = sqlx::query("UPDATE totp SET used_at = $2 WHERE player = $1");
        self.execute(update.bind(player.to_string()).bind(now.micros())).await?;
        Ok(())
    }

    async fn delete_factor(&mut self, player: PlayerId, id: FactorId) -> Result<bool> {
        let delete = match id {
            FactorId::Passkey(id) => {
                let delete = sqlx::query("DELETE FROM passkey WHERE player = $1 AND id = $2");
                delete.bind(player.to_string()).bind(id.to_string())
            }
            FactorId::Totp => {
                let delete = sqlx::query("DELETE FROM totp WHERE player = $1 AND last_step IS NOT NULL");
                delete.bind(player.to_string())
            }
        };
        let deleted = self.execute(delete).await? > 0;
        let begun = "DELETE FROM passkey_ceremony WHERE kind IN ('addition', 'totp_addition') \
             AND verification IN (SELECT id FROM verification WHERE player = $1)";
        self.execute(sqlx::query(begun).bind(player.to_string())).await?;
        Ok(deleted)
    }

    async fn delete_factors(&mut self, player: PlayerId) -> Result<Enrolled> {
        let there = Enrolled {
            passkeys: self.list_passkeys(player).await?.len(),
            totp: self.find_totp(player).await?.is_some_and(|enrolment| enrolment.is_confirmed()),
            recovery_codes: self.find_recovery_codes(player).await?.map_or(0, |codes| codes.left()),
            bound_by: None,
        };
        for statement in OF_A_PLAYER {
            self.execute(sqlx::query(statement).bind(player.to_string())).await?;
        }
        Ok(there)
    }
}
