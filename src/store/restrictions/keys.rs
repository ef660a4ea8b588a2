//! The keys under which the registry finds people: which are in use, that ours are they, and how rows come to a further one.

use async_trait::async_trait;
use sqlx_macros::FromRow;

use crate::domain::kernel::id::GrantId;
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::restrictions::PersonKey;
use crate::domain::restrictions::ports::RegistryKeys;
use crate::store::engine::columns::{bytes, corrupt, count, parse};
use crate::store::engine::encryption::{ColumnCipher, unknown_generation};
use crate::store::engine::errors::of_statement;
use crate::store::engine::unit_of_work::{Result, SqlUnitOfWork};
use crate::store::engine::{Access, Engine};
use crate::store::identity::players::open_iin;

/// Whether every key that the database speaks of is ours: with others nobody would be found, and so nobody refused.
pub(in crate::store) async fn check(engine: &Engine, cipher: &ColumnCipher) -> Result<()> {
    let query = sqlx::query_as::<_, (i64, Vec<u8>)>("SELECT generation, proof FROM lookup_key");
    let kept = engine.ask(query).await?;
    if kept.is_empty() {
        return Err(StoreError::Unavailable("it knows of no look-up key yet: run `rastau migrate`".to_owned()));
    }
    kept.into_iter().try_for_each(|(generation, proof)| is_ours(cipher, generation, &proof))
}

fn is_ours(cipher: &ColumnCipher, generation: i64, proof: &[u8]) -> Result<()> {
    let generation = count(generation, "lookup_key.generation")?;
    if generation > cipher.newest_generation() {
        Err(unknown_generation(generation))
    } else if cipher.proof(generation)? == proof {
        Ok(())
    } else {
        Err(StoreError::Corrupt("other look-up keys belong to this database than stand in the key file".to_owned()))
    }
}

/// Notes the first key, once: a database that has people by then must have them by this key.
pub(in crate::store) async fn introduce(engine: &Engine, cipher: &ColumnCipher) -> Result<()> {
    let known = engine.ask(sqlx::query_as::<_, (i64, Vec<u8>)>("SELECT generation, proof FROM lookup_key")).await?;
    if !known.is_empty() {
        return known.into_iter().try_for_each(|(generation, proof)| is_ours(cipher, generation, &proof));
    }
    let somebody = sqlx::query_as::<_, (String, Vec<u8>, Vec<u8>)>("SELECT id, iin, iin_lookup FROM player LIMIT 1");
    for (player, iin, lookup) in engine.ask(somebody).await? {
        if cipher.lookup("player", &open_iin(cipher, &player, &iin)?)? != lookup {
            return Err(StoreError::Corrupt("the look-up key is not the one of this database".to_owned()));
        }
    }
    let mut transaction = engine.begin(Access::Write).await?;
    let note = sqlx::query("INSERT INTO lookup_key (generation, proof) VALUES (0, $1) ON CONFLICT DO NOTHING");
    let noted = note.bind(cipher.proof(0)?.to_vec()).execute(&mut *transaction).await;
    noted.map_err(|error| of_statement(&error))?;
    transaction.commit().await.map_err(|error| of_statement(&error))
}

/// A row that finds its person under older keys.
#[derive(FromRow)]
struct OlderRow {
    id: String,
    iin_lookup: Vec<u8>,
    key_generation: i64,
}

impl OlderRow {
    /// The person under the newest key, and under those before it.
    fn rekeyed(&self, cipher: &ColumnCipher) -> Result<(PersonKey, PersonKey)> {
        let person = PersonKey(bytes(&self.iin_lookup, "iin_lookup")?);
        let from = count(self.key_generation, "key_generation")?;
        let newest = cipher.newest_generation();
        let before = cipher.rehashed(person, from, newest.saturating_sub(1).max(from))?;
        Ok((cipher.rehashed(person, from, newest)?, before))
    }
}

#[async_trait]
impl RegistryKeys for SqlUnitOfWork {
    async fn announce_key(&mut self) -> Result<()> {
        let newest = self.cipher.newest_generation();
        let note = sqlx::query("INSERT INTO lookup_key (generation, proof) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        let note = note.bind(i64::from(newest)).bind(self.cipher.proof(newest)?.to_vec());
        self.execute(note).await?;
        Ok(())
    }

    async fn rekey_grants(&mut self, now: Timestamp, after: Option<GrantId>, limit: u32) -> Result<Vec<GrantId>> {
        let newest = self.cipher.newest_generation();
        let query = sqlx::query_as::<_, OlderRow>(
            "SELECT id, iin_lookup, key_generation FROM play_grant \
             WHERE id > $1 AND key_generation < $2 AND ended_at IS NULL AND expires_at > $3 ORDER BY id LIMIT $4",
        );
        let query = query.bind(after.map_or_else(String::new, |id| id.to_string())).bind(i64::from(newest));
        let rows = self.fetch_all(query.bind(now.micros()).bind(i64::from(limit))).await?;
        let mut moved = Vec::with_capacity(rows.len());
        for row in rows {
            let (person, before) = row.rekeyed(&self.cipher)?;
            let update = sqlx::query(
                "UPDATE play_grant SET iin_lookup = $2, iin_lookup_before = $3, key_generation = $4 WHERE id = $1",
            );
            let update = update.bind(row.id.as_str()).bind(person.0.to_vec()).bind(before.0.to_vec());
            self.change(update.bind(i64::from(newest))).await?;
            moved.push(parse(&row.id, "play_grant.id")?);
        }
        Ok(moved)
    }

    async fn rekey_self_restrictions(&mut self, limit: u32) -> Result<u64> {
        let newest = self.cipher.newest_generation();
        let query = sqlx::query_as::<_, OlderRow>(
            "SELECT id, iin_lookup, key_generation FROM self_restriction WHERE key_generation < $1 LIMIT $2",
        );
        let rows = self.fetch_all(query.bind(i64::from(newest)).bind(i64::from(limit))).await?;
        for row in &rows {
            let (person, _) = row.rekeyed(&self.cipher)?;
            let update = sqlx::query("UPDATE self_restriction SET iin_lookup = $2, key_generation = $3 WHERE id = $1");
            self.change(update.bind(row.id.as_str()).bind(person.0.to_vec()).bind(i64::from(newest))).await?;
        }
        u64::try_from(rows.len()).map_err(|_| corrupt("self_restriction"))
    }
}
