//! The look for standing grants of people who are restricted by now, among as many as play in the country.

use std::time::Instant;

use rastau::domain::kernel::id::GrantId;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::ports::Store as _;
use sqlx::{AnyConnection, Connection as _, Executor as _};

use crate::Failure;
use crate::engines::{Engine, Home};

/// Regular players, all with a grant that stands.
pub(crate) const GRANTS: usize = 450_000;
/// So many in one statement.
const AT_ONCE: u32 = 200_000;
/// So often it is looked.
const LOOKS: usize = 5;
const NOW: Timestamp = Timestamp::from_seconds(4_000_000_000);

/// Seconds of the longest look of each kind.
pub(crate) struct Swept {
    /// At everybody; nobody is found, so that every grant is looked at.
    pub(crate) everybody: f64,
    /// For the start of the next restriction, which follows.
    pub(crate) next: f64,
    /// Whether anything has changed, and at those who came since.
    pub(crate) unchanged: f64,
}

/// As `app/oauth/end_restricted` looks.
pub(crate) async fn longest(home: &Home) -> Result<Swept, Failure> {
    grant(home).await?;
    let store = home.store().await?;
    let mut longest = Swept { everybody: 0.0, next: 0.0, unchanged: 0.0 };
    for _ in 0..LOOKS {
        let began = Instant::now();
        let mut from = NOW;
        loop {
            let mut unit = store.read().await?;
            let through = unit.expiry_of_standing(from, AT_ONCE).await?;
            assert!(unit.restricted_grants(NOW, from, through).await?.is_empty());
            let Some(through) = through else { break };
            from = through;
        }
        longest.everybody = longest.everybody.max(began.elapsed().as_secs_f64());
        let began = Instant::now();
        store.read().await?.next_restriction(NOW).await?;
        longest.next = longest.next.max(began.elapsed().as_secs_f64());
        let began = Instant::now();
        let mut unit = store.read().await?;
        unit.registry_mark().await?;
        assert!(unit.restricted_grants_since(NOW, GrantId::least(NOW)).await?.is_empty());
        longest.unchanged = longest.unchanged.max(began.elapsed().as_secs_f64());
    }
    Ok(longest)
}

/// Grants of people who are in no register; whom they came from does not matter here.
async fn grant(home: &Home) -> Result<(), Failure> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(home.url()).await?;
    let (without_references, numbers, hash, look_at_it) = match home.engine() {
        Engine::Sqlite => (
            "PRAGMA foreign_keys = OFF",
            format!("WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {GRANTS})"),
            "randomblob(32)",
            "SELECT 1",
        ),
        Engine::Postgres => (
            "SET session_replication_role = replica",
            format!("WITH numbers AS (SELECT i FROM generate_series(1, {GRANTS}) AS i)"),
            "sha256((i::text || random()::text)::bytea)",
            "ANALYZE play_grant",
        ),
    };
    connection.execute(without_references).await?;
    let expires_at = format!("{} + i", NOW.micros());
    let insert = format!(
        "{numbers} INSERT INTO play_grant (id, code, operator, player, iin_lookup, verification, factor, verified_at, \
         status_list, status_index, expires_at) \
         SELECT '00000000-' || CAST(i AS TEXT), {hash}, 'demo-bet', 'p', {hash}, 'v', 'totp', 0, 0, i, {expires_at} FROM numbers"
    );
    connection.execute(sqlx::AssertSqlSafe(insert)).await?;
    // As PostgreSQL does by itself in time.
    connection.execute(look_at_it).await?;
    Ok(connection.close().await?)
}
