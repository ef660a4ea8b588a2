//! A fresh, migrated database for each test, and rows that other rows need.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::handle::{HandleHash, hash_handle};
use rastau::domain::kernel::id::{PlayerId, VerificationId};
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::kernel::testing::SeededRandomness;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::oauth::authorization::{AuthorizationCode, PushedRequest};
use rastau::domain::oauth::confirmation::Thumbprint;
use rastau::domain::operators::operator::{ClientAuthentication, KeySource, Operator, OperatorId};
use rastau::domain::ports::{Store, UnitOfWork};
use rastau::domain::verification::Verification;
use rastau::store::{ColumnKeys, SqlStore, StoreOptions};
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, Connection as _};

use crate::support::postgres;

/// Two men and a woman of the same day.
pub(crate) const IINS: [&str; 3] = ["900101300017", "900101300027", "900101400013"];

pub(crate) struct Database {
    pub(crate) url: String,
    pub(crate) store: SqlStore,
    pub(crate) randomness: Arc<SeededRandomness>,
    /// The SQLite file, and the folder that goes with this value.
    pub(crate) file: Option<(PathBuf, tempfile::TempDir)>,
    handles: AtomicU64,
}

/// Keys made of one byte each.
pub(crate) fn keys(encryption: &[u8]) -> ColumnKeys {
    let key = |byte: u8| SecretBytes::new(vec![byte; 32]);
    ColumnKeys { encryption: encryption.iter().copied().map(key).collect(), lookup: key(200), registry: Vec::new() }
}

/// The machine may be busy with other tests: only the tests of waiting itself wait less.
pub(crate) fn patient() -> StoreOptions {
    StoreOptions {
        connections: 8,
        acquire: Duration::from_secs(30),
        lock: Duration::from_secs(30),
        statement: Duration::from_secs(30),
    }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000 + seconds)
}

pub(crate) fn iin(number: usize) -> Iin {
    Iin::parse(IINS[number]).unwrap()
}

impl Database {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/rastau.db");
        let url = format!("sqlite://{}", path.display());
        Self::migrated(url, Some((path, folder))).await
    }

    pub(crate) async fn postgres() -> Option<Self> {
        let url = postgres::new_database().await?;
        Some(Self::migrated(url, None).await)
    }

    /// As another process of the same service.
    pub(crate) async fn connect_again(&self) -> SqlStore {
        SqlStore::connect(&self.url, keys(&[1]), self.randomness.clone(), patient()).await.unwrap()
    }

    async fn migrated(url: String, file: Option<(PathBuf, tempfile::TempDir)>) -> Self {
        super::statements::record(if file.is_some() { "sqlite.sql" } else { "postgres.sql" });
        let randomness = Arc::new(SeededRandomness::new(1));
        let store = SqlStore::connect(&url, keys(&[1]), randomness.clone(), patient()).await.unwrap();
        store.migrate().await.unwrap();
        Self { url, store, randomness, file, handles: AtomicU64::new(0) }
    }

    /// The same database with other keys.
    pub(crate) async fn with_keys(&self, encryption: &[u8]) -> SqlStore {
        let randomness = Arc::new(SeededRandomness::new(2));
        SqlStore::connect(&self.url, keys(encryption), randomness, patient()).await.unwrap()
    }

    pub(crate) async fn begin(&self) -> Box<dyn UnitOfWork> {
        self.store.begin().await.unwrap()
    }

    pub(crate) async fn read(&self) -> Box<dyn UnitOfWork> {
        self.store.read().await.unwrap()
    }

    /// The URL of another database of the same engine, with nothing in it.
    pub(crate) async fn empty(&self) -> String {
        match &self.file {
            Some((_, folder)) => format!("sqlite://{}", folder.path().join("empty.db").display()),
            None => postgres::new_database().await.unwrap(),
        }
    }

    /// Does the same in two transactions of which the second begins before the first is committed.
    pub(crate) async fn race<T>(&self, work: impl AsyncFn(&mut dyn UnitOfWork) -> T) -> (T, T) {
        let mut first = self.begin().await;
        let one = work(first.as_mut()).await;
        let second = async {
            let mut unit = self.begin().await;
            let two = work(unit.as_mut()).await;
            unit.commit().await.unwrap();
            two
        };
        let commit = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            first.commit().await.unwrap();
        };
        let (two, ()) = tokio::join!(second, commit);
        (one, two)
    }

    /// Runs a statement behind the store's back.
    pub(crate) async fn tamper(&self, statement: Query<'_, Any, AnyArguments>) -> u64 {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let done = statement.execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        done.rows_affected()
    }

    /// An operator, committed.
    pub(crate) async fn operator(&self, id: &str) -> Operator {
        let operator = Operator::register(
            OperatorId::parse(id).unwrap(),
            "Demo Bet",
            ClientAuthentication::PrivateKeyJwt(KeySource::Registered(r#"{"keys":[]}"#.to_owned())),
            vec!["https://operator.example/callback".to_owned()],
            false,
        )
        .unwrap();
        let mut unit = self.begin().await;
        unit.insert_operator(&operator, at(0)).await.unwrap();
        unit.commit().await.unwrap();
        operator
    }

    /// A verification at consent, committed; its operator is made when missing.
    pub(crate) async fn verification(&self) -> Verification {
        let id = OperatorId::parse("demo-bet").unwrap();
        let known = self.read().await.find_operator(&id).await.unwrap();
        let operator = match known {
            Some(operator) => operator,
            None => self.operator("demo-bet").await,
        };
        let verification = Verification::start(
            VerificationId::new(at(0), self.randomness.as_ref()),
            request(&operator.id),
            self.handle(),
            at(0),
        );
        let mut unit = self.begin().await;
        unit.insert_verification(&verification).await.unwrap();
        unit.commit().await.unwrap();
        verification
    }

    /// A player, committed.
    pub(crate) async fn player(&self, number: usize) -> PlayerId {
        let id = PlayerId::new(at(0), self.randomness.as_ref());
        let mut unit = self.begin().await;
        let player = unit.player_of(&iin(number), id, at(0)).await.unwrap();
        unit.commit().await.unwrap();
        player
    }

    /// A code of a new verification, committed.
    pub(crate) async fn code(&self) -> AuthorizationCode {
        let verification = self.verification().await;
        let code = AuthorizationCode {
            hash: self.handle(),
            operator: verification.operator.clone(),
            verification: verification.id,
            redirect_uri: "https://operator.example/callback".to_owned(),
            code_challenge: "challenge".to_owned(),
            dpop_jkt: Some(Thumbprint([3; 32])),
            expires_at: at(60),
        };
        let mut unit = self.begin().await;
        unit.insert_code(&code).await.unwrap();
        unit.commit().await.unwrap();
        code
    }

    /// A handle that was not given before.
    pub(crate) fn handle(&self) -> HandleHash {
        hash_handle(&self.handles.fetch_add(1, Ordering::SeqCst).to_string())
    }
}

pub(crate) fn request(operator: &OperatorId) -> PushedRequest {
    PushedRequest {
        operator: operator.clone(),
        redirect_uri: "https://operator.example/callback".to_owned(),
        state: Some("state \u{49B}".to_owned()),
        code_challenge: "challenge".to_owned(),
        ui_locales: None,
        acr_values: Some("urn:rastau:acr:face+passkey".to_owned()),
        id_token: None,
        dpop_jkt: Some(Thumbprint([3; 32])),
        expires_at: at(60),
    }
}
