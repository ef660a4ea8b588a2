//! The store: every repository over SQLite (the default) or PostgreSQL (by URL), with one SQL text for both.
//!
//! - `unit_of_work`: one transaction, and the two ways a statement is run;
//! - one file a repository, named by what it keeps;
//! - `places`: statements about many keys at once;
//! - `encryption`: encrypted columns and keyed lookups; `columns`: how domain values stand in columns;
//! - `sqlite`, `postgres`: all that differs between the engines; `schema`: migrations.
//!
//! To add a query: write it here in the SQL that both engines read (docs/adr/0002-one-sql-text.md), let a conflict that
//! can happen answer zero rows (`ON CONFLICT`, compare-and-set) rather than an error, and give it a contract in
//! `tests/it/store`, which runs on both engines.

mod audit;
mod dual_control;
mod engine;
mod face;
mod identity;
mod jobs;
mod notices;
mod oauth;
mod operators;
mod restrictions;
mod review;
mod second_factor;
mod staff;
mod verification;
mod webhooks;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::app::support::request_batcher::RequestBatcher;
use crate::domain::identity::person::Iin;
use crate::domain::kernel::clock::Randomness;
use crate::domain::kernel::handle::{HandleHash, hash_handle};
use crate::domain::kernel::store_error::StoreError;
use crate::domain::kernel::time::Timestamp;
use crate::domain::oauth::grant::Grant;
use crate::domain::oauth::status_list::StatusListIndex;
use crate::domain::operators::operator::{Operator, OperatorId};
use crate::domain::ports::{Store, UnitOfWork};
use crate::domain::restrictions::{PersonKey, Restriction, Source};
use engine::encryption::ColumnCipher;
pub use engine::encryption::ColumnKeys;
pub use engine::schema::SchemaVersions;
use engine::unit_of_work::SqlUnitOfWork;
use engine::{Access, Engine, schema};
pub use identity::contacts::EmbeddedContacts;
pub use identity::embedded_register::EmbeddedRegister;
use oauth::grants;
use oauth::shown_once::{ShownAssertion, ShownProof, spend_assertions, spend_proofs};
use operators::registrations;
use restrictions::{keys, records};

/// How many connections, and how long to wait for what. A database that goes away is reported as
/// [`StoreError::Unavailable`] after `acquire` or `statement`, whichever was waited for.
#[derive(Clone, Copy, Debug)]
pub struct StoreOptions {
    /// Most connections at once (SQLite: readers; it has one writer).
    pub connections: u32,
    /// Longest wait for a connection, connecting included.
    pub acquire: Duration,
    /// Longest wait for a lock that another transaction holds.
    pub lock: Duration,
    /// Longest time of one statement, its waits for locks included.
    pub statement: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            connections: 8,
            acquire: Duration::from_secs(3),
            lock: Duration::from_secs(3),
            statement: Duration::from_secs(5),
        }
    }
}

/// A row of a batch, or why it cannot be read.
type Read<T> = Result<T, StoreError>;

/// The [`Store`] on an SQL database. Cheap to clone.
#[derive(Clone)]
pub struct SqlStore {
    engine: Engine,
    cipher: Arc<ColumnCipher>,
    operators: Arc<RequestBatcher<OperatorId, Read<Operator>>>,
    grants: Arc<RequestBatcher<StatusListIndex, Read<Grant>>>,
    grants_of_tokens: Arc<RequestBatcher<HandleHash, Read<(Grant, Iin)>>>,
    proofs: Arc<RequestBatcher<ShownProof, bool>>,
    assertions: Arc<RequestBatcher<ShownAssertion, bool>>,
}

impl SqlStore {
    /// Connects to `sqlite://path/to/file` (made, with its folder, when missing) or `postgres://user@host/database`.
    ///
    /// Does not look at the schema: see [`SqlStore::migrate`] and [`Store::check`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the URL is of neither kind or the database does not answer,
    /// [`StoreError::Corrupt`] when a key has not 32 bytes.
    pub async fn connect(
        url: &str,
        keys: ColumnKeys,
        randomness: Arc<dyn Randomness>,
        options: StoreOptions,
    ) -> Result<Self, StoreError> {
        let cipher = Arc::new(ColumnCipher::new(&keys, randomness)?);
        let engine = Engine::connect(url, options).await?;
        Ok(Self {
            engine,
            cipher,
            operators: Arc::default(),
            grants: Arc::default(),
            grants_of_tokens: Arc::default(),
            proofs: Arc::default(),
            assertions: Arc::default(),
        })
    }

    /// Brings the schema up to date, in one transaction; replicas that do so at once wait for each other.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer or its schema is newer than this program,
    /// [`StoreError::Corrupt`] when other look-up keys belong to it.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        schema::migrate(&self.engine).await?;
        keys::introduce(&self.engine, &self.cipher).await
    }

    /// How far the schema is, and who may serve on it; of a database that [`Store::check`] let pass.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer or has no schema.
    pub async fn schema_versions(&self) -> Result<SchemaVersions, StoreError> {
        schema::versions(&self.engine).await
    }

    /// Closes every connection; for tests and an orderly end.
    pub async fn close(&self) {
        self.engine.close().await;
    }

    async fn open(&self, access: Access) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let transaction = self.engine.begin(access).await?;
        let rows_at_once = self.engine.dialect().rows_at_once;
        Ok(Box::new(SqlUnitOfWork::new(transaction, self.cipher.clone(), self.engine.patience(), rows_at_once)))
    }
}

impl fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStore").field("engine", &self.engine).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.open(Access::Write).await
    }

    async fn read(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.open(Access::Read).await
    }

    fn key_generation(&self) -> u32 {
        self.cipher.newest_generation()
    }

    fn person_key(&self, iin: &Iin, generation: u32) -> Result<PersonKey, StoreError> {
        self.cipher.person_key(iin, generation)
    }

    fn rekeyed(&self, person: PersonKey, generation: u32) -> Result<PersonKey, StoreError> {
        self.cipher.rehashed(person, generation, self.cipher.newest_generation())
    }

    async fn registry_answer(&self, iin: &Iin) -> Result<(Vec<Restriction>, Vec<Source>), StoreError> {
        records::answer(&self.engine, &self.cipher, iin).await
    }

    async fn operator(&self, id: &OperatorId) -> Result<Option<Operator>, StoreError> {
        let engine = self.engine.clone();
        self.operators.get(id.clone(), move |ids| registrations::find_all(engine.clone(), ids)).await?.transpose()
    }

    async fn grant_at(&self, place: StatusListIndex) -> Result<Option<Grant>, StoreError> {
        let engine = self.engine.clone();
        self.grants.get(place, move |places| grants::all_at(engine.clone(), places)).await?.transpose()
    }

    async fn grant_of_refresh_token(&self, hash: HandleHash) -> Result<Option<(Grant, Iin)>, StoreError> {
        let (engine, cipher) = (self.engine.clone(), self.cipher.clone());
        self.grants_of_tokens
            .get(hash, move |hashes| grants::all_of_tokens(engine.clone(), cipher.clone(), hashes))
            .await?
            .transpose()
    }

    async fn remember_proof(
        &self,
        hash: HandleHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let store = self.clone();
        let shown = ShownProof::new(hash, expires_at, now);
        Ok(self.proofs.get(shown, move |shown| spend_proofs(store.clone(), shown)).await?.unwrap_or(false))
    }

    async fn remember_assertion(
        &self,
        operator: &OperatorId,
        jti: &str,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let store = self.clone();
        let shown = ShownAssertion::new((operator.clone(), hash_handle(jti)), expires_at, now);
        let first = self.assertions.get(shown, move |shown| spend_assertions(store.clone(), shown)).await?;
        Ok(first.unwrap_or(false))
    }

    async fn check(&self) -> Result<(), StoreError> {
        schema::check(&self.engine).await?;
        keys::check(&self.engine, &self.cipher).await
    }
}
