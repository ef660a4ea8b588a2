//! The look for standing grants of people who are restricted by now, among as many as play in the country.

use std::time::Instant;

use rastau::domain::ports::Store as _;
use rastau::domain::time::Timestamp;
use sqlx::{AnyConnection, Connection as _, Executor as _};

use crate::Failure;
use crate::engines::{Engine, Home};

/// Regular players, all with a grant that stands.
pub(crate) const GRANTS: usize = 450_000;
/// So often it is looked.
const LOOKS: usize = 5;
const NOW: Timestamp = Timestamp::from_seconds(4_000_000_000);

/// Seconds of the longest look; nobody is found, so that every grant is looked at.
pub(crate) async fn longest(home: &Home) -> Result<f64, Failure> {
    grant(home).await?;
    let store = home.store().await?;
    let mut longest = 0_f64;
    for _ in 0..LOOKS {
        let began = Instant::now();
        let found = store.read().await?.restricted_grants(NOW, 100).await?;
        longest = longest.max(began.elapsed().as_secs_f64());
        assert!(found.is_empty());
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
    let expires_at = NOW.micros() + 1;
    let insert = format!(
        "{numbers} INSERT INTO play_grant (id, code, operator, player, iin_lookup, verification, factor, verified_at, \
         status_list, status_index, expires_at) \
         SELECT CAST(i AS TEXT), {hash}, 'demo-bet', 'p', {hash}, 'v', 'totp', 0, 0, i, {expires_at} FROM numbers"
    );
    connection.execute(sqlx::AssertSqlSafe(insert)).await?;
    // As PostgreSQL does by itself in time.
    connection.execute(look_at_it).await?;
    Ok(connection.close().await?)
}
