//! Contacts of record beside the embedded population register: addresses are encrypted, and found by a keyed hash of the IIN.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::identity::contact::{Channel, Contact};
use crate::domain::identity::person::Iin;
use crate::domain::identity::ports::RecordedContacts;
use crate::domain::identity::register::{ContactError, ContactsOfRecord};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::ports::Store;
use crate::store::engine::columns::{corrupt, named, placeholders};
use crate::store::engine::encryption::{Column, ColumnCipher};
use crate::store::engine::places::places;
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};

const TABLE: &str = "contact_of_record";
const ADDRESS: Column = Column::new(TABLE, "address");

/// People of one statement.
const CHUNK: usize = 100;

/// A contact as another table keeps its address, too.
pub(in crate::store) fn read(
    cipher: &ColumnCipher,
    column: Column,
    row: &[&[u8]],
    channel: &str,
    sealed: &[u8],
    name: &str,
) -> Result<Contact> {
    let channel = named(channel, Channel::from_name, name)?;
    let address = cipher.open(column, row, sealed)?;
    let text = std::str::from_utf8(address.expose()).map_err(|_| corrupt(name))?;
    Contact::new(channel, text).map_err(|_| corrupt(name))
}

#[async_trait]
impl RecordedContacts for SqlUnitOfWork {
    /// Of one person given twice, the later counts.
    async fn put_contacts(&mut self, people: &[(Iin, Vec<Contact>)], now: Timestamp) -> Result<()> {
        let mut latest: HashMap<Vec<u8>, &[Contact]> = HashMap::with_capacity(people.len());
        for (iin, contacts) in people {
            latest.insert(self.cipher.lookup(TABLE, iin)?, contacts);
        }
        let people: Vec<(Vec<u8>, &[Contact])> = latest.into_iter().collect();
        for chunk in people.chunks(CHUNK) {
            let text = format!("DELETE FROM contact_of_record WHERE iin_lookup IN ({})", places(chunk.len(), 1));
            let mut statement = sqlx::query(sqlx::AssertSqlSafe(text));
            for (lookup, _) in chunk {
                statement = statement.bind(lookup.as_slice());
            }
            self.execute(statement).await?;
            let rows: Vec<(&[u8], &Contact)> = chunk
                .iter()
                .flat_map(|(lookup, contacts)| contacts.iter().map(move |contact| (lookup.as_slice(), contact)))
                .collect();
            if rows.is_empty() {
                continue;
            }
            let text = format!(
                "INSERT INTO contact_of_record (iin_lookup, channel, address, created_at) VALUES {} \
                 ON CONFLICT DO NOTHING",
                placeholders(rows.len(), 4)
            );
            let mut statement = sqlx::query(sqlx::AssertSqlSafe(text));
            for (lookup, contact) in rows {
                let channel = contact.channel().as_str();
                let row: [&[u8]; 2] = [lookup, channel.as_bytes()];
                let address = self.cipher.seal(ADDRESS, &row, contact.address().expose().as_bytes())?;
                statement = statement.bind(lookup).bind(channel).bind(address).bind(now.micros());
            }
            self.execute(statement).await?;
        }
        Ok(())
    }

    async fn find_contacts(&mut self, iin: &Iin) -> Result<Vec<Contact>> {
        let lookup = self.cipher.lookup(TABLE, iin)?;
        let rows: Vec<(String, Vec<u8>)> = self
            .fetch_all(
                sqlx::query_as(
                    "SELECT channel, address FROM contact_of_record WHERE iin_lookup = $1 ORDER BY channel DESC",
                )
                .bind(lookup.as_slice()),
            )
            .await?;
        rows.iter()
            .map(|(channel, sealed)| {
                read(&self.cipher, ADDRESS, &[&lookup, channel.as_bytes()], channel, sealed, "contact_of_record")
            })
            .collect()
    }
}

/// The contacts of record that stand in our own database, behind their port.
#[derive(Clone)]
pub struct EmbeddedContacts {
    store: Arc<dyn Store>,
}

impl EmbeddedContacts {
    /// Over this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

impl fmt::Debug for EmbeddedContacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmbeddedContacts")
    }
}

#[async_trait]
impl ContactsOfRecord for EmbeddedContacts {
    async fn find(&self, iin: &Iin) -> std::result::Result<Vec<Contact>, ContactError> {
        let unavailable = |error: StoreError| ContactError::Unavailable(error.to_string());
        let mut unit = self.store.read().await.map_err(unavailable)?;
        unit.find_contacts(iin).await.map_err(unavailable)
    }
}
