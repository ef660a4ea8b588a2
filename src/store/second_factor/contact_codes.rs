//! Codes that went to contacts of record. The keyed hash of a code and the masked address are encrypted: six digits are soon
//! tried through.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::identity::contact::Channel;
use crate::domain::kernel::id::{ContactCodeId, PlayerId, VerificationId};
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::contact_code::{CodeDigest, CodePurpose, ContactCode, TRIES};
use crate::domain::second_factor::lockout::Lockout;
use crate::domain::second_factor::ports::ContactCodes;
use crate::store::engine::columns::{corrupt, count, instant, micros, named, parse};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const SECRET: Column = Column::new("contact_code", "secret");
const SECRET_NAME: &str = "contact_code.secret";

#[derive(FromRow)]
struct CodeRow {
    id: String,
    verification: String,
    player: String,
    purpose: String,
    channel: Option<String>,
    secret: Vec<u8>,
    sent_at: i64,
    tries: i64,
    used_at: Option<i64>,
}

impl CodeRow {
    fn into_code(self, cipher: &ColumnCipher) -> Result<ContactCode> {
        let secret = cipher.open(SECRET, &[self.id.as_bytes()], &self.secret)?;
        let (salt, rest) = secret.expose().split_first_chunk().ok_or_else(|| corrupt(SECRET_NAME))?;
        let (hash, masked) = rest.split_first_chunk().ok_or_else(|| corrupt(SECRET_NAME))?;
        let masked = std::str::from_utf8(masked).map_err(|_| corrupt(SECRET_NAME))?;
        Ok(ContactCode {
            id: parse(&self.id, "contact_code.id")?,
            verification: parse(&self.verification, "contact_code.verification")?,
            player: parse(&self.player, "contact_code.player")?,
            purpose: named(&self.purpose, CodePurpose::from_name, "contact_code.purpose")?,
            digest: CodeDigest { salt: *salt, hash: *hash },
            channel: read_channel(self.channel)?,
            masked: SecretText::new(masked),
            sent_at: Timestamp::from_micros(self.sent_at),
            tries: count(self.tries, "contact_code.tries")?,
            used_at: instant(self.used_at),
        })
    }
}

fn read_channel(name: Option<String>) -> Result<Option<Channel>> {
    name.map(|name| named(&name, Channel::from_name, "contact_code.channel")).transpose()
}

fn secret(code: &ContactCode) -> SecretBytes {
    let CodeDigest { salt, hash } = &code.digest;
    SecretBytes::new([salt.as_slice(), hash, code.masked.expose().as_bytes()].concat())
}

#[async_trait]
impl ContactCodes for SqlUnitOfWork {
    async fn insert_contact_code(&mut self, code: &ContactCode) -> Result<()> {
        let row = code.id.to_string();
        let sealed = self.cipher.seal(SECRET, &[row.as_bytes()], secret(code).expose())?;
        self.change(
            sqlx::query(
                "INSERT INTO contact_code (id, verification, player, purpose, channel, secret, sent_at, tries, used_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            )
            .bind(row)
            .bind(code.verification.to_string())
            .bind(code.player.to_string())
            .bind(code.purpose.as_str())
            .bind(code.channel.map(Channel::as_str))
            .bind(sealed)
            .bind(code.sent_at.micros())
            .bind(i64::from(code.tries))
            .bind(micros(code.used_at)),
        )
        .await
    }

    async fn newest_contact_code(
        &mut self,
        verification: VerificationId,
        purpose: CodePurpose,
    ) -> Result<Option<ContactCode>> {
        let query = sqlx::query_as::<_, CodeRow>(
            "SELECT id, verification, player, purpose, channel, secret, sent_at, tries, used_at FROM contact_code \
             WHERE verification = $1 AND purpose = $2 ORDER BY sent_at DESC, id DESC LIMIT 1",
        );
        let found = self.fetch_optional(query.bind(verification.to_string()).bind(purpose.as_str())).await?;
        found.map(|row| row.into_code(&self.cipher)).transpose()
    }

    async fn proven_over(&mut self, verification: VerificationId) -> Result<Option<Channel>> {
        let query = sqlx::query_as::<_, (Option<String>,)>(
            "SELECT channel FROM contact_code WHERE verification = $1 AND used_at IS NOT NULL AND purpose <> $2 \
             ORDER BY sent_at DESC, id DESC LIMIT 1",
        );
        let query = query.bind(verification.to_string()).bind(CodePurpose::TakeBack.as_str());
        read_channel(self.fetch_optional(query).await?.and_then(|(channel,)| channel))
    }

    async fn contact_codes_sent(&mut self, player: PlayerId, since: Timestamp) -> Result<Vec<Timestamp>> {
        let query = sqlx::query_as::<_, (i64,)>(
            "SELECT sent_at FROM contact_code WHERE player = $1 AND sent_at > $2 ORDER BY sent_at DESC LIMIT 100",
        );
        let rows = self.fetch_all(query.bind(player.to_string()).bind(since.micros())).await?;
        Ok(rows.into_iter().map(|(at,)| Timestamp::from_micros(at)).collect())
    }

    async fn count_contact_try(&mut self, id: ContactCodeId) -> Result<bool> {
        let counted = self
            .execute(
                sqlx::query(
                    "UPDATE contact_code SET tries = tries + 1 WHERE id = $1 AND tries < $2 AND used_at IS NULL",
                )
                .bind(id.to_string())
                .bind(i64::from(TRIES)),
            )
            .await?;
        Ok(counted > 0)
    }

    async fn use_contact_code(&mut self, id: ContactCodeId, now: Timestamp) -> Result<bool> {
        let used = self
            .execute(
                sqlx::query("UPDATE contact_code SET used_at = $2 WHERE id = $1 AND used_at IS NULL")
                    .bind(id.to_string())
                    .bind(now.micros()),
            )
            .await?;
        Ok(used > 0)
    }

    async fn find_contact_lockout(&mut self, player: PlayerId) -> Result<Lockout> {
        let query = sqlx::query_as::<_, (i64, Option<i64>)>(
            "SELECT failures, locked_until FROM contact_lockout WHERE player = $1",
        );
        let Some((failures, locked_until)) = self.fetch_optional(query.bind(player.to_string())).await? else {
            return Ok(Lockout::default());
        };
        Ok(Lockout { failures: count(failures, "contact_lockout.failures")?, locked_until: instant(locked_until) })
    }

    async fn put_contact_lockout(&mut self, player: PlayerId, lockout: &Lockout) -> Result<()> {
        self.execute(
            sqlx::query(
                "INSERT INTO contact_lockout (player, failures, locked_until) VALUES ($1, $2, $3) \
                 ON CONFLICT (player) \
                 DO UPDATE SET failures = excluded.failures, locked_until = excluded.locked_until",
            )
            .bind(player.to_string())
            .bind(i64::from(lockout.failures))
            .bind(micros(lockout.locked_until)),
        )
        .await?;
        Ok(())
    }

    async fn delete_contact_codes(&mut self, before: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            sqlx::query(
                "DELETE FROM contact_code WHERE id IN (SELECT id FROM contact_code WHERE sent_at < $1 LIMIT $2)",
            )
            .bind(before.micros())
            .bind(i64::from(limit)),
        )
        .await
    }
}
