//! Second factors, ceremonies under way, and lockouts.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::kernel::id::{PasskeyId, PlayerId, VerificationId};
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;
use crate::domain::second_factor::lockout::Lockout;
use crate::domain::second_factor::passkey::{CeremonyKind, StoredPasskey};
use crate::domain::second_factor::ports::Factors;
use crate::domain::second_factor::recovery_code::{CodeHash, RecoveryCodes, StoredCode};
use crate::domain::second_factor::totp::TotpEnrolment;
use crate::domain::second_factor::{Binding, BoundBy};
use crate::store::engine::columns::{bytes, corrupt, count, instant, micros, named, parse, placeholders};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const CEREMONY_STATE: Column = Column::new("passkey_ceremony", "state");
const PASSKEY_CONTENT: Column = Column::new("passkey", "content");
const TOTP_SECRET: Column = Column::new("totp", "secret");

#[derive(FromRow)]
struct PasskeyRow {
    id: String,
    player: String,
    credential_id: Vec<u8>,
    content: Vec<u8>,
    created_at: i64,
    #[sqlx(flatten)]
    binding: BindingRow,
}

/// By what a factor is bound, as its row has it.
#[derive(FromRow)]
struct BindingRow {
    bound_by: String,
    hold: Option<String>,
    counts_from: Option<i64>,
}

impl BindingRow {
    fn into_binding(self, table: &str) -> Result<Binding> {
        let by = named(&self.bound_by, BoundBy::from_name, &format!("{table}.bound_by"))?;
        let held = match (self.hold, instant(self.counts_from)) {
            (None, None) => None,
            (Some(hold), Some(from)) => Some((parse(&hold, &format!("{table}.hold"))?, from)),
            _ => return Err(corrupt(&format!("{table}.counts_from"))),
        };
        Ok(Binding { by, held })
    }
}

impl PasskeyRow {
    fn into_passkey(self, cipher: &ColumnCipher) -> Result<StoredPasskey> {
        Ok(StoredPasskey {
            content: cipher.open(PASSKEY_CONTENT, &[self.id.as_bytes()], &self.content)?,
            id: parse(&self.id, "passkey.id")?,
            player: parse(&self.player, "passkey.player")?,
            credential_id: self.credential_id,
            created_at: Timestamp::from_micros(self.created_at),
            binding: self.binding.into_binding("passkey")?,
        })
    }
}

#[derive(FromRow)]
struct TotpRow {
    secret: Vec<u8>,
    last_step: Option<i64>,
    told_step: Option<i64>,
    #[sqlx(flatten)]
    binding: BindingRow,
}

#[derive(FromRow)]
struct CodeRow {
    place: i64,
    hash: Vec<u8>,
    used_at: Option<i64>,
}

impl CodeRow {
    fn into_code(self) -> Result<StoredCode> {
        Ok(StoredCode {
            place: self.place,
            hash: CodeHash(bytes(&self.hash, "recovery_code.hash")?),
            used: self.used_at.is_some(),
        })
    }
}

#[async_trait]
impl Factors for SqlUnitOfWork {
    async fn put_ceremony(
        &mut self,
        verification: VerificationId,
        kind: CeremonyKind,
        state: &SecretBytes,
        expires_at: Timestamp,
    ) -> Result<()> {
        let row = verification.to_string();
        let key: [&[u8]; 2] = [row.as_bytes(), kind.as_str().as_bytes()];
        let sealed = self.cipher.seal(CEREMONY_STATE, &key, state.expose())?;
        self.execute(
            sqlx::query(
                "INSERT INTO passkey_ceremony (verification, kind, state, expires_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (verification, kind) \
                 DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at",
            )
            .bind(row.as_str())
            .bind(kind.as_str())
            .bind(sealed)
            .bind(expires_at.micros()),
        )
        .await?;
        Ok(())
    }

    async fn take_ceremony(
        &mut self,
        verification: VerificationId,
        kind: CeremonyKind,
        now: Timestamp,
    ) -> Result<Option<SecretBytes>> {
        let row = verification.to_string();
        let taken: Option<(Vec<u8>, i64)> = self
            .fetch_optional(
                sqlx::query_as(
                    "DELETE FROM passkey_ceremony WHERE verification = $1 AND kind = $2 \
                     RETURNING state, expires_at",
                )
                .bind(row.as_str())
                .bind(kind.as_str()),
            )
            .await?;
        match taken {
            Some((sealed, expires_at)) if now.micros() < expires_at => {
                let key: [&[u8]; 2] = [row.as_bytes(), kind.as_str().as_bytes()];
                self.cipher.open(CEREMONY_STATE, &key, &sealed).map(Some)
            }
            _ => Ok(None),
        }
    }

    async fn insert_passkey(&mut self, passkey: &StoredPasskey) -> Result<()> {
        let row = passkey.id.to_string();
        let sealed = self.cipher.seal(PASSKEY_CONTENT, &[row.as_bytes()], passkey.content.expose())?;
        self.change(
            sqlx::query(
                "INSERT INTO passkey (id, player, credential_id, content, created_at, bound_by, hold, counts_from) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            )
            .bind(row)
            .bind(passkey.player.to_string())
            .bind(passkey.credential_id.as_slice())
            .bind(sealed)
            .bind(passkey.created_at.micros())
            .bind(passkey.binding.by.as_str())
            .bind(passkey.binding.held.map(|(hold, _)| hold.to_string()))
            .bind(micros(passkey.binding.held.map(|(_, from)| from))),
        )
        .await
    }

    async fn list_passkeys(&mut self, player: PlayerId) -> Result<Vec<StoredPasskey>> {
        let rows = self
            .fetch_all(
                sqlx::query_as::<_, PasskeyRow>(
                    "SELECT id, player, credential_id, content, created_at, bound_by, hold, counts_from FROM passkey \
                     WHERE player = $1 ORDER BY created_at, id",
                )
                .bind(player.to_string()),
            )
            .await?;
        rows.into_iter().map(|row| row.into_passkey(&self.cipher)).collect()
    }

    async fn update_passkey(&mut self, id: PasskeyId, content: &SecretBytes, now: Timestamp) -> Result<()> {
        let row = id.to_string();
        let sealed = self.cipher.seal(PASSKEY_CONTENT, &[row.as_bytes()], content.expose())?;
        self.change(
            sqlx::query("UPDATE passkey SET content = $2, used_at = $3 WHERE id = $1")
                .bind(row)
                .bind(sealed)
                .bind(now.micros()),
        )
        .await
    }

    async fn put_totp(&mut self, enrolment: &TotpEnrolment, now: Timestamp) -> Result<()> {
        let row = enrolment.player.to_string();
        let sealed = self.cipher.seal(TOTP_SECRET, &[row.as_bytes()], enrolment.secret.expose())?;
        self.change(
            sqlx::query(
                "INSERT INTO totp (player, secret, last_step, created_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (player) DO UPDATE SET secret = excluded.secret, last_step = excluded.last_step, \
                 told_step = NULL, created_at = excluded.created_at WHERE totp.last_step IS NULL",
            )
            .bind(row)
            .bind(sealed)
            .bind(enrolment.last_step)
            .bind(now.micros()),
        )
        .await
    }

    async fn find_totp(&mut self, player: PlayerId) -> Result<Option<TotpEnrolment>> {
        let row = player.to_string();
        let query = sqlx::query_as::<_, TotpRow>(
            "SELECT secret, last_step, told_step, bound_by, hold, counts_from FROM totp WHERE player = $1",
        );
        let Some(found) = self.fetch_optional(query.bind(row.as_str())).await? else {
            return Ok(None);
        };
        Ok(Some(TotpEnrolment {
            player,
            secret: self.cipher.open(TOTP_SECRET, &[row.as_bytes()], &found.secret)?,
            last_step: found.last_step,
            told_step: found.told_step,
            binding: found.binding.into_binding("totp")?,
        }))
    }

    async fn advance_totp(&mut self, player: PlayerId, step: i64) -> Result<bool> {
        let advanced = self
            .execute(
                sqlx::query(
                    "UPDATE totp SET last_step = $2 \
                     WHERE player = $1 AND (last_step IS NULL OR last_step < $2)",
                )
                .bind(player.to_string())
                .bind(step),
            )
            .await?;
        Ok(advanced > 0)
    }

    async fn note_told_step(&mut self, player: PlayerId, step: i64) -> Result<()> {
        let noted = sqlx::query("UPDATE totp SET told_step = $2 WHERE player = $1");
        self.change(noted.bind(player.to_string()).bind(step)).await
    }

    async fn bind_totp(&mut self, player: PlayerId, binding: &Binding) -> Result<()> {
        self.change(
            sqlx::query("UPDATE totp SET bound_by = $2, hold = $3, counts_from = $4 WHERE player = $1")
                .bind(player.to_string())
                .bind(binding.by.as_str())
                .bind(binding.held.map(|(hold, _)| hold.to_string()))
                .bind(micros(binding.held.map(|(_, from)| from))),
        )
        .await
    }

    async fn put_recovery_codes(&mut self, player: PlayerId, codes: &RecoveryCodes) -> Result<()> {
        let row = player.to_string();
        // The set first: its row makes two writers of one player wait for each other.
        self.execute(
            sqlx::query(
                "INSERT INTO recovery_code_set (player, salt) VALUES ($1, $2) \
                 ON CONFLICT (player) DO UPDATE SET salt = excluded.salt",
            )
            .bind(row.as_str())
            .bind(codes.salt.to_vec()),
        )
        .await?;
        self.execute(sqlx::query("DELETE FROM recovery_code WHERE player = $1").bind(row.as_str())).await?;
        if codes.codes.is_empty() {
            return Ok(());
        }
        let text =
            format!("INSERT INTO recovery_code (player, place, hash) VALUES {}", placeholders(codes.codes.len(), 3));
        let mut statement = sqlx::query(sqlx::AssertSqlSafe(text));
        for code in &codes.codes {
            statement = statement.bind(row.as_str()).bind(code.place).bind(code.hash.0.to_vec());
        }
        self.execute(statement).await?;
        Ok(())
    }

    async fn find_recovery_codes(&mut self, player: PlayerId) -> Result<Option<RecoveryCodes>> {
        let row = player.to_string();
        let set: Option<(Vec<u8>,)> = self
            .fetch_optional(sqlx::query_as("SELECT salt FROM recovery_code_set WHERE player = $1").bind(row.as_str()))
            .await?;
        let Some((salt,)) = set else { return Ok(None) };
        let codes = self
            .fetch_all(
                sqlx::query_as::<_, CodeRow>(
                    "SELECT place, hash, used_at FROM recovery_code WHERE player = $1 ORDER BY place",
                )
                .bind(row),
            )
            .await?;
        Ok(Some(RecoveryCodes {
            salt: bytes(&salt, "recovery_code_set.salt")?,
            codes: codes.into_iter().map(CodeRow::into_code).collect::<Result<_>>()?,
        }))
    }

    async fn use_recovery_code(&mut self, player: PlayerId, place: i64, now: Timestamp) -> Result<bool> {
        let used = self
            .execute(
                sqlx::query(
                    "UPDATE recovery_code SET used_at = $3 \
                     WHERE player = $1 AND place = $2 AND used_at IS NULL",
                )
                .bind(player.to_string())
                .bind(place)
                .bind(now.micros()),
            )
            .await?;
        Ok(used > 0)
    }

    async fn find_lockout(&mut self, player: PlayerId) -> Result<Lockout> {
        let found: Option<(i64, Option<i64>)> = self
            .fetch_optional(
                sqlx::query_as("SELECT failures, locked_until FROM lockout WHERE player = $1").bind(player.to_string()),
            )
            .await?;
        let Some((failures, locked_until)) = found else {
            return Ok(Lockout::default());
        };
        Ok(Lockout { failures: count(failures, "lockout.failures")?, locked_until: instant(locked_until) })
    }

    async fn put_lockout(&mut self, player: PlayerId, lockout: &Lockout) -> Result<()> {
        self.execute(
            sqlx::query(
                "INSERT INTO lockout (player, failures, locked_until) VALUES ($1, $2, $3) \
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
}
