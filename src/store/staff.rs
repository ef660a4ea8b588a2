//! Staff, their passkeys, ceremonies under way, and sessions.

use std::collections::BTreeSet;

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::kernel::handle::HandleHash;
use crate::domain::kernel::id::{StaffId, StaffPasskeyId};
use crate::domain::kernel::secret::SecretBytes;
use crate::domain::kernel::time::Timestamp;
use crate::domain::staff::confirmation::{ConfirmationCode, TRIES};
use crate::domain::staff::ports::{Staff, StaffCeremony};
use crate::domain::staff::{Login, Role, StaffMember, StaffPasskey, StaffSession};
use crate::store::engine::columns::{bytes, corrupt, handle, instant, micros, named, parse};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const STATE: Column = Column::new("staff_ceremony", "state");
const PASSKEY: Column = Column::new("staff_passkey", "content");
const CODE: Column = Column::new("staff_confirmation", "code");

#[derive(FromRow)]
struct StaffRow {
    id: String,
    login: String,
    name: String,
    roles: String,
    added_at: i64,
    disabled_at: Option<i64>,
    asked_by: String,
    confirmed_at: Option<i64>,
    second_until: Option<i64>,
}

impl StaffRow {
    fn into_member(self) -> Result<StaffMember> {
        let roles: Option<BTreeSet<Role>> = self.roles.split(' ').map(|role| role.parse().ok()).collect();
        Ok(StaffMember {
            id: parse(&self.id, "staff.id")?,
            login: named(&self.login, |text| text.parse().ok(), "staff.login")?,
            name: self.name,
            roles: roles.ok_or_else(|| corrupt("staff.roles"))?,
            added_at: Timestamp::from_micros(self.added_at),
            disabled_at: instant(self.disabled_at),
            asked_by: self.asked_by.split_whitespace().map(|id| parse(id, "staff.asked_by")).collect::<Result<_>>()?,
            confirmed_at: instant(self.confirmed_at),
            second_until: instant(self.second_until),
        })
    }
}

fn roles(member: &StaffMember) -> String {
    member.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" ")
}

fn ids(staff: &BTreeSet<StaffId>) -> String {
    staff.iter().map(StaffId::to_string).collect::<Vec<_>>().join(" ")
}

#[derive(FromRow)]
struct PasskeyRow {
    id: String,
    staff: String,
    credential_id: Vec<u8>,
    content: Vec<u8>,
    created_at: i64,
}

impl PasskeyRow {
    fn into_passkey(self, cipher: &ColumnCipher) -> Result<StaffPasskey> {
        Ok(StaffPasskey {
            content: cipher.open(PASSKEY, &[self.id.as_bytes()], &self.content)?,
            id: parse(&self.id, "staff_passkey.id")?,
            staff: parse(&self.staff, "staff_passkey.staff")?,
            credential_id: self.credential_id,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

#[derive(FromRow)]
struct SessionRow {
    hash: Vec<u8>,
    began_at: i64,
    seen_at: i64,
    proven_at: i64,
    #[sqlx(flatten)]
    member: StaffRow,
}

impl SqlUnitOfWork {
    async fn forget_code(&mut self, staff: StaffId) -> Result<()> {
        let query = sqlx::query("DELETE FROM staff_confirmation WHERE staff = $1");
        self.execute(query.bind(staff.to_string())).await.map(drop)
    }
}

#[async_trait]
impl Staff for SqlUnitOfWork {
    async fn insert_staff(&mut self, member: &StaffMember) -> Result<()> {
        self.change(
            sqlx::query(
                "INSERT INTO staff (id, login, name, roles, added_at, disabled_at, asked_by, confirmed_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            )
            .bind(member.id.to_string())
            .bind(member.login.as_str())
            .bind(member.name.as_str())
            .bind(roles(member))
            .bind(member.added_at.micros())
            .bind(micros(member.disabled_at))
            .bind(ids(&member.asked_by))
            .bind(micros(member.confirmed_at)),
        )
        .await
    }

    async fn update_staff(&mut self, member: &StaffMember) -> Result<()> {
        self.change(
            sqlx::query("UPDATE staff SET name = $2, roles = $3, disabled_at = $4 WHERE id = $1")
                .bind(member.id.to_string())
                .bind(member.name.as_str())
                .bind(roles(member))
                .bind(micros(member.disabled_at)),
        )
        .await
    }

    async fn hold_staff(&mut self, login: &Login) -> Result<()> {
        let hold = sqlx::query("UPDATE staff SET login = login WHERE login = $1");
        self.execute(hold.bind(login.as_str().to_owned())).await.map(drop)
    }

    async fn confirm_staff(&mut self, staff: StaffId, now: Timestamp) -> Result<()> {
        self.forget_code(staff).await?;
        let query = sqlx::query("UPDATE staff SET confirmed_at = $2 WHERE id = $1 AND confirmed_at IS NULL");
        self.change(query.bind(staff.to_string()).bind(now.micros())).await
    }

    async fn note_second(&mut self, staff: StaffId, until: Timestamp) -> Result<()> {
        let query = sqlx::query("UPDATE staff SET second_until = $2 WHERE id = $1");
        self.change(query.bind(staff.to_string()).bind(until.micros())).await
    }

    async fn doubt_staff(&mut self, staff: StaffId, asked_by: &BTreeSet<StaffId>) -> Result<()> {
        self.forget_code(staff).await?;
        let query = sqlx::query("UPDATE staff SET confirmed_at = NULL, asked_by = $2 WHERE id = $1");
        self.change(query.bind(staff.to_string()).bind(ids(asked_by))).await
    }

    async fn put_confirmation_code(&mut self, code: &ConfirmationCode) -> Result<()> {
        let row = code.staff.to_string();
        let secret = [code.salt.as_slice(), &code.hash].concat();
        let sealed = self.cipher.seal(CODE, &[row.as_bytes()], &secret)?;
        self.change(
            sqlx::query(
                "INSERT INTO staff_confirmation (staff, code, tries, expires_at) VALUES ($1, $2, 0, $3) \
                 ON CONFLICT (staff) DO UPDATE SET code = excluded.code, tries = 0, expires_at = excluded.expires_at",
            )
            .bind(row)
            .bind(sealed)
            .bind(code.expires_at.micros()),
        )
        .await
    }

    async fn try_confirmation_code(&mut self, staff: StaffId) -> Result<Option<ConfirmationCode>> {
        let query = "UPDATE staff_confirmation SET tries = tries + 1 WHERE staff = $1 AND tries < $2 \
                     RETURNING code, expires_at";
        let row = staff.to_string();
        let query = sqlx::query_as::<_, (Vec<u8>, i64)>(query).bind(row.clone()).bind(i64::from(TRIES));
        let Some((sealed, expires_at)) = self.fetch_optional(query).await? else { return Ok(None) };
        let secret = self.cipher.open(CODE, &[row.as_bytes()], &sealed)?;
        let halves = secret.expose().split_at_checked(32).ok_or_else(|| corrupt("staff_confirmation.code"))?;
        Ok(Some(ConfirmationCode {
            staff,
            salt: bytes(halves.0, "staff_confirmation.code")?,
            hash: bytes(halves.1, "staff_confirmation.code")?,
            expires_at: Timestamp::from_micros(expires_at),
        }))
    }

    async fn find_staff(&mut self, id: StaffId) -> Result<Option<StaffMember>> {
        let query = "SELECT id, login, name, roles, added_at, disabled_at, asked_by, confirmed_at, second_until FROM staff WHERE id = $1";
        let row = self.fetch_optional(sqlx::query_as::<_, StaffRow>(query).bind(id.to_string())).await?;
        row.map(StaffRow::into_member).transpose()
    }

    async fn find_staff_by_login(&mut self, login: &Login) -> Result<Option<StaffMember>> {
        let query = "SELECT id, login, name, roles, added_at, disabled_at, asked_by, confirmed_at, second_until FROM staff WHERE login = $1";
        let row = self.fetch_optional(sqlx::query_as::<_, StaffRow>(query).bind(login.as_str().to_owned())).await?;
        row.map(StaffRow::into_member).transpose()
    }

    async fn list_staff(&mut self) -> Result<Vec<StaffMember>> {
        let query = "SELECT id, login, name, roles, added_at, disabled_at, asked_by, confirmed_at, second_until FROM staff ORDER BY login";
        let rows = self.fetch_all(sqlx::query_as::<_, StaffRow>(query)).await?;
        rows.into_iter().map(StaffRow::into_member).collect()
    }

    async fn put_invitation(&mut self, staff: StaffId, hash: HandleHash, expires_at: Timestamp) -> Result<()> {
        self.change(
            sqlx::query(
                "INSERT INTO staff_invitation (staff, hash, expires_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (staff) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at, used_at = NULL",
            )
            .bind(staff.to_string())
            .bind(hash.0.to_vec())
            .bind(expires_at.micros()),
        )
        .await
    }

    async fn find_invitation(&mut self, hash: HandleHash, now: Timestamp) -> Result<Option<StaffId>> {
        let query = "SELECT staff FROM staff_invitation WHERE hash = $1 AND expires_at > $2 AND used_at IS NULL";
        let query = sqlx::query_as::<_, (String,)>(query).bind(hash.0.to_vec()).bind(now.micros());
        let row = self.fetch_optional(query).await?;
        row.map(|(staff,)| parse(&staff, "staff_invitation.staff")).transpose()
    }

    async fn take_invitation(&mut self, hash: HandleHash, now: Timestamp) -> Result<bool> {
        let query = "UPDATE staff_invitation SET used_at = $2 WHERE hash = $1 AND expires_at > $2 AND used_at IS NULL";
        Ok(self.execute(sqlx::query(query).bind(hash.0.to_vec()).bind(now.micros())).await? == 1)
    }

    async fn take_used_invitation(&mut self, hash: HandleHash, now: Timestamp) -> Result<Option<StaffId>> {
        let query = "DELETE FROM staff_invitation WHERE hash = $1 AND expires_at > $2 AND used_at IS NOT NULL \
                     RETURNING staff";
        let query = sqlx::query_as::<_, (String,)>(query).bind(hash.0.to_vec()).bind(now.micros());
        let row = self.fetch_optional(query).await?;
        row.map(|(staff,)| parse(&staff, "staff_invitation.staff")).transpose()
    }

    async fn put_staff_ceremony(&mut self, hash: HandleHash, ceremony: &StaffCeremony, now: Timestamp) -> Result<()> {
        self.execute(sqlx::query("DELETE FROM staff_ceremony WHERE expires_at <= $1").bind(now.micros())).await?;
        let key: [&[u8]; 2] = [&hash.0, ceremony.kind.as_bytes()];
        let sealed = self.cipher.seal(STATE, &key, ceremony.state.expose())?;
        self.change(
            sqlx::query(
                "INSERT INTO staff_ceremony (hash, kind, staff, state, expires_at) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT DO NOTHING",
            )
            .bind(hash.0.to_vec())
            .bind(ceremony.kind)
            .bind(ceremony.staff.to_string())
            .bind(sealed)
            .bind(ceremony.expires_at.micros()),
        )
        .await
    }

    async fn take_staff_ceremony(
        &mut self,
        hash: HandleHash,
        kind: &'static str,
        now: Timestamp,
    ) -> Result<Option<StaffCeremony>> {
        let query = "DELETE FROM staff_ceremony WHERE hash = $1 AND kind = $2 RETURNING staff, state, expires_at";
        let query = sqlx::query_as::<_, (String, Vec<u8>, i64)>(query).bind(hash.0.to_vec()).bind(kind);
        let Some((staff, sealed, expires_at)) = self.fetch_optional(query).await? else { return Ok(None) };
        if now.micros() >= expires_at {
            return Ok(None);
        }
        let key: [&[u8]; 2] = [&hash.0, kind.as_bytes()];
        let staff = parse(&staff, "staff_ceremony.staff")?;
        let state = self.cipher.open(STATE, &key, &sealed)?;
        Ok(Some(StaffCeremony { kind, staff, state, expires_at: Timestamp::from_micros(expires_at) }))
    }

    async fn insert_staff_passkey(&mut self, passkey: &StaffPasskey) -> Result<()> {
        let row = passkey.id.to_string();
        let sealed = self.cipher.seal(PASSKEY, &[row.as_bytes()], passkey.content.expose())?;
        self.change(
            sqlx::query(
                "INSERT INTO staff_passkey (id, staff, credential_id, content, created_at) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            )
            .bind(row)
            .bind(passkey.staff.to_string())
            .bind(passkey.credential_id.clone())
            .bind(sealed)
            .bind(passkey.created_at.micros()),
        )
        .await
    }

    async fn list_staff_passkeys(&mut self, staff: StaffId) -> Result<Vec<StaffPasskey>> {
        let query = "SELECT id, staff, credential_id, content, created_at FROM staff_passkey \
                     WHERE staff = $1 ORDER BY created_at, id";
        let rows = self.fetch_all(sqlx::query_as::<_, PasskeyRow>(query).bind(staff.to_string())).await?;
        rows.into_iter().map(|row| row.into_passkey(&self.cipher)).collect()
    }

    async fn update_staff_passkey(&mut self, id: StaffPasskeyId, content: &SecretBytes, now: Timestamp) -> Result<()> {
        let row = id.to_string();
        let sealed = self.cipher.seal(PASSKEY, &[row.as_bytes()], content.expose())?;
        let query = sqlx::query("UPDATE staff_passkey SET content = $2, used_at = $3 WHERE id = $1");
        self.change(query.bind(row).bind(sealed).bind(now.micros())).await
    }

    async fn delete_staff_passkeys(&mut self, staff: StaffId) -> Result<u64> {
        self.execute(sqlx::query("DELETE FROM staff_passkey WHERE staff = $1").bind(staff.to_string())).await
    }

    async fn insert_staff_session(&mut self, session: &StaffSession, forget: Timestamp) -> Result<()> {
        self.execute(sqlx::query("DELETE FROM staff_session WHERE began_at < $1").bind(forget.micros())).await?;
        self.change(
            sqlx::query(
                "INSERT INTO staff_session (hash, staff, began_at, seen_at, proven_at) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            )
            .bind(session.hash.0.to_vec())
            .bind(session.staff.to_string())
            .bind(session.began_at.micros())
            .bind(session.seen_at.micros())
            .bind(session.proven_at.micros()),
        )
        .await
    }

    async fn find_staff_session(&mut self, hash: HandleHash) -> Result<Option<(StaffSession, StaffMember)>> {
        let query = "SELECT hash, began_at, seen_at, proven_at, id, login, name, roles, added_at, disabled_at, \
                     asked_by, confirmed_at, second_until FROM staff_session JOIN staff ON staff.id = staff_session.staff WHERE hash = $1";
        let row = self.fetch_optional(sqlx::query_as::<_, SessionRow>(query).bind(hash.0.to_vec())).await?;
        let Some(row) = row else { return Ok(None) };
        let member = row.member.into_member()?;
        let session = StaffSession {
            hash: handle(&row.hash, "staff_session.hash")?,
            staff: member.id,
            began_at: Timestamp::from_micros(row.began_at),
            seen_at: Timestamp::from_micros(row.seen_at),
            proven_at: Timestamp::from_micros(row.proven_at),
        };
        Ok(Some((session, member)))
    }

    async fn update_staff_session(&mut self, session: &StaffSession) -> Result<()> {
        self.change(
            sqlx::query("UPDATE staff_session SET seen_at = $2, proven_at = $3 WHERE hash = $1")
                .bind(session.hash.0.to_vec())
                .bind(session.seen_at.micros())
                .bind(session.proven_at.micros()),
        )
        .await
    }

    async fn delete_staff_session(&mut self, hash: HandleHash) -> Result<()> {
        self.execute(sqlx::query("DELETE FROM staff_session WHERE hash = $1").bind(hash.0.to_vec())).await?;
        Ok(())
    }

    async fn delete_staff_sessions(&mut self, staff: StaffId) -> Result<u64> {
        self.execute(sqlx::query("DELETE FROM staff_session WHERE staff = $1").bind(staff.to_string())).await
    }
}
