//! What one unit of work costs on each engine: `cargo bench --bench store`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use rastau::domain::audit::event::{AuditKind, NewAuditEvent};
use rastau::domain::kernel::handle::{HandleHash, hash_handle};
use rastau::domain::kernel::id::VerificationId;
use rastau::domain::kernel::secret::SecretBytes;
use rastau::domain::kernel::testing::SeededRandomness;
use rastau::domain::kernel::time::Timestamp;
use rastau::domain::oauth::authorization::PushedRequest;
use rastau::domain::operators::operator::{ClientAuthentication, KeySource, Operator, OperatorId};
use rastau::domain::ports::Store;
use rastau::domain::verification::Verification;
use rastau::store::{ColumnKeys, SqlStore, StoreOptions};
use sqlx::{AnyConnection, Connection as _, Executor as _};
use tokio::runtime::Runtime;

#[allow(dead_code, clippy::unwrap_used)]
#[path = "../tests/it/support/left_out.rs"]
mod left_out;
#[allow(dead_code, clippy::unwrap_used, clippy::panic)]
#[path = "../tests/it/support/postgres.rs"]
mod postgres;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

async fn store(url: &str) -> Outcome<(SqlStore, HandleHash)> {
    let key = || SecretBytes::new(vec![1; 32]);
    let keys = ColumnKeys { encryption: vec![key()], lookup: key(), registry: Vec::new() };
    let randomness = Arc::new(SeededRandomness::new(1));
    let store = SqlStore::connect(url, keys, randomness.clone(), StoreOptions::default()).await?;
    store.migrate().await?;
    let operator = Operator::register(
        OperatorId::parse("demo-bet")?,
        "Demo Bet",
        ClientAuthentication::PrivateKeyJwt(KeySource::Registered(String::new())),
        vec!["https://operator.example/callback".to_owned()],
        false,
    )?;
    let request = PushedRequest {
        operator: operator.id.clone(),
        redirect_uri: "https://operator.example/callback".to_owned(),
        state: None,
        code_challenge: "challenge".to_owned(),
        ui_locales: None,
        acr_values: None,
        id_token: None,
        dpop_jkt: None,
        expires_at: NOW,
    };
    let session = hash_handle("session");
    let id = VerificationId::new(NOW, randomness.as_ref());
    let mut unit = store.begin().await?;
    unit.insert_operator(&operator, NOW).await?;
    unit.insert_verification(&Verification::start(id, request, session, NOW)).await?;
    unit.commit().await?;
    Ok((store, session))
}

/// A step of the flow: find the session, change it, say so in the log.
async fn step(store: &SqlStore, session: HandleHash) -> Outcome<()> {
    let mut unit = store.begin().await?;
    let mut verification = unit.find_session(session).await?.ok_or("no session")?;
    unit.update_verification(&mut verification).await?;
    let event = NewAuditEvent {
        kind: AuditKind::FaceJudged,
        at: NOW,
        subject: verification.id.to_string(),
        details: serde_json::json!({"result": "bona_fide"}),
    };
    unit.append_audit(&event).await?;
    unit.commit().await?;
    Ok(())
}

async fn look(store: &SqlStore, session: HandleHash) -> Outcome<()> {
    let mut unit = store.read().await?;
    unit.find_session(session).await?.ok_or("no session")?;
    unit.commit().await?;
    Ok(())
}

fn measure(c: &mut Criterion, name: &str, url: &str, runtime: &Runtime) -> Outcome<()> {
    let (store, session) = runtime.block_on(store(url))?;
    let mut group = c.benchmark_group(name);
    group.measurement_time(Duration::from_secs(5)).sample_size(50);
    group.bench_function("begin, find session, update it, append audit event, commit", |b| {
        b.iter(|| runtime.block_on(step(&store, session)).is_ok());
    });
    group.bench_function("read transaction, find session", |b| {
        b.iter(|| runtime.block_on(look(&store, session)).is_ok());
    });
    group.finish();
    // A unit that failed would look quick.
    runtime.block_on(step(&store, session))
}

fn engines(c: &mut Criterion) {
    if let Err(error) = all(c) {
        eprintln!("cannot be measured: {error}");
    }
}

fn all(c: &mut Criterion) -> Outcome<()> {
    let runtime = Runtime::new()?;
    // Beside the programs and not in /tmp, which may be memory.
    let folder = tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR")))?;
    let url = format!("sqlite://{}", folder.path().join("bench.db").display());
    measure(c, "SQLite", &url, &runtime)?;
    let Some(url) = runtime.block_on(postgres::new_database()) else {
        return Ok(());
    };
    measure(c, "PostgreSQL without fsync", &url, &runtime)?;
    runtime.block_on(async {
        let mut connection = AnyConnection::connect(&url).await?;
        connection.execute("ALTER SYSTEM SET fsync = on").await?;
        // Answers BOOLEAN, which Any reads from PostgreSQL alone: the row is not looked at.
        connection.execute("SELECT pg_reload_conf()").await?;
        connection.close().await
    })?;
    std::thread::sleep(Duration::from_secs(1));
    let Some(url) = runtime.block_on(postgres::new_database()) else {
        return Ok(());
    };
    measure(c, "PostgreSQL with fsync", &url, &runtime)
}

criterion_group!(benches, engines);
criterion_main!(benches);
