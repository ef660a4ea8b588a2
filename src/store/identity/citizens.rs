//! The embedded population register: IIN, name and photo are encrypted, and found by a keyed hash of the IIN.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::identity::person::{Citizen, Iin};
use crate::domain::identity::ports::{Citizens, RecordedContacts as _};
use crate::domain::kernel::secret::{SecretBytes, SecretText};
use crate::domain::kernel::time::Timestamp;
use crate::store::engine::columns::{corrupt, placeholders};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const IIN: Column = Column::new("citizen", "iin");
const NAME: Column = Column::new("citizen", "name");
const PHOTO: Column = Column::new("citizen", "photo");

/// Rows of one INSERT: photos make them large.
const CHUNK: usize = 20;

#[derive(FromRow)]
struct CitizenRow {
    iin_lookup: Vec<u8>,
    iin: Vec<u8>,
    name: Vec<u8>,
    photo: Vec<u8>,
    sandbox: i64,
}

impl CitizenRow {
    fn into_citizen(self, cipher: &ColumnCipher) -> Result<Citizen> {
        let row: [&[u8]; 1] = [&self.iin_lookup];
        let iin = cipher.open(IIN, &row, &self.iin)?;
        let name = cipher.open(NAME, &row, &self.name)?;
        Ok(Citizen {
            iin: Iin::parse(text(&iin, "citizen.iin")?).map_err(|_| corrupt("citizen.iin"))?,
            name: SecretText::new(text(&name, "citizen.name")?),
            photo: cipher.open(PHOTO, &row, &self.photo)?,
            sandbox: self.sandbox != 0,
        })
    }
}

fn text<'a>(bytes: &'a SecretBytes, column: &str) -> Result<&'a str> {
    std::str::from_utf8(bytes.expose()).map_err(|_| corrupt(column))
}

impl SqlUnitOfWork {
    /// `rows` are keyed by the lookup hash and carry their place in the import.
    async fn upsert_citizens(&mut self, rows: &[(i64, Vec<u8>, &Citizen)], now: Timestamp) -> Result<()> {
        let text = format!(
            "INSERT INTO citizen (iin_lookup, iin, name, photo, sandbox, created_at, place) VALUES {} \
             ON CONFLICT (iin_lookup) DO UPDATE \
             SET iin = excluded.iin, name = excluded.name, photo = excluded.photo, sandbox = excluded.sandbox",
            placeholders(rows.len(), 7)
        );
        let mut statement = sqlx::query(sqlx::AssertSqlSafe(text));
        for (place, lookup, citizen) in rows {
            let seal = |column, plain| self.cipher.seal(column, &[lookup], plain);
            statement = statement
                .bind(lookup.as_slice())
                .bind(seal(IIN, citizen.iin.expose().as_bytes())?)
                .bind(seal(NAME, citizen.name.expose().as_bytes())?)
                .bind(seal(PHOTO, citizen.photo.expose())?)
                .bind(i64::from(citizen.sandbox))
                .bind(now.micros())
                .bind(*place);
        }
        self.execute(statement).await?;
        Ok(())
    }
}

#[async_trait]
impl Citizens for SqlUnitOfWork {
    /// Of one person given twice, the later counts.
    async fn put_citizens(&mut self, citizens: &[Citizen], now: Timestamp) -> Result<()> {
        // PostgreSQL refuses a statement that would upsert the same row twice.
        let mut latest: HashMap<Vec<u8>, (i64, &Citizen)> = HashMap::with_capacity(citizens.len());
        for (place, citizen) in (0_i64..).zip(citizens) {
            latest.insert(self.cipher.lookup("citizen", &citizen.iin)?, (place, citizen));
        }
        let mut rows: Vec<(i64, Vec<u8>, &Citizen)> =
            latest.into_iter().map(|(lookup, (place, citizen))| (place, lookup, citizen)).collect();
        rows.sort_by_key(|(place, ..)| *place);
        for chunk in rows.chunks(CHUNK) {
            self.upsert_citizens(chunk, now).await?;
        }
        Ok(())
    }

    async fn find_citizen(&mut self, iin: &Iin) -> Result<Option<Citizen>> {
        let lookup = self.cipher.lookup("citizen", iin)?;
        self.fetch_optional(
            sqlx::query_as::<_, CitizenRow>(
                "SELECT iin_lookup, iin, name, photo, sandbox FROM citizen WHERE iin_lookup = $1",
            )
            .bind(lookup),
        )
        .await?
        .map(|row| row.into_citizen(&self.cipher))
        .transpose()
    }

    async fn remove_sandbox_citizen(&mut self, iin: &Iin) -> Result<bool> {
        let lookup = self.cipher.lookup("citizen", iin)?;
        let removed =
            self.execute(sqlx::query("DELETE FROM citizen WHERE iin_lookup = $1 AND sandbox = 1").bind(lookup)).await?;
        if removed > 0 {
            self.put_contacts(&[(iin.clone(), Vec::new())], Timestamp::from_seconds(0)).await?;
        }
        Ok(removed > 0)
    }

    async fn list_sandbox_citizens(&mut self) -> Result<Vec<Citizen>> {
        let rows = self
            .fetch_all(sqlx::query_as::<_, CitizenRow>(
                "SELECT iin_lookup, iin, name, photo, sandbox FROM citizen WHERE sandbox = 1 \
                 ORDER BY created_at, place",
            ))
            .await?;
        rows.into_iter().map(|row| row.into_citizen(&self.cipher)).collect()
    }
}
