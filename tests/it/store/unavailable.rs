//! A database that goes away gives an error within seconds, and the store works again when it is back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::kernel::testing::SeededRandomness;
use rastau::domain::ports::Store as _;
use rastau::store::{SqlStore, StoreOptions};
use sqlx::{AnyConnection, Connection as _, Executor as _};
use tokio::sync::watch;

use super::database::{Database, at, iin, keys};
use crate::support::line::{Line, line};

/// Past this, a caller would call it a hang.
const A_FEW_SECONDS: Duration = Duration::from_secs(5);

const HASTY: StoreOptions = StoreOptions {
    connections: 4,
    acquire: Duration::from_secs(1),
    lock: Duration::from_millis(500),
    statement: Duration::from_secs(1),
};

async fn connect(url: &str) -> Result<SqlStore, StoreError> {
    SqlStore::connect(url, keys(&[1]), Arc::new(SeededRandomness::new(1)), HASTY).await
}

fn assert_unavailable<T>(answer: Result<T, StoreError>, began: Instant) {
    match answer {
        Err(StoreError::Unavailable(_)) => {}
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it should have failed"),
    }
    assert!(began.elapsed() < A_FEW_SECONDS, "{:?}", began.elapsed());
}

/// A PostgreSQL database behind a line that the test may cut.
async fn far_database() -> Option<(Database, SqlStore, watch::Sender<Line>)> {
    let database = Database::postgres().await?;
    let (sender, receiver) = watch::channel(Line::Open);
    let port = line(receiver).await;
    let name = url::Url::parse(&database.url).unwrap().path().to_owned();
    let store = connect(&format!("postgres://rastau@127.0.0.1:{port}{name}?sslmode=disable")).await.unwrap();
    Some((database, store, sender))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_line_is_an_error_and_a_mended_one_works_again() {
    let Some((database, store, line)) = far_database().await else {
        return;
    };
    let player = database.player(0).await;
    let mut unit = store.begin().await.unwrap();
    unit.lock_player(player).await.unwrap();
    line.send(Line::Cut).unwrap();
    let began = Instant::now();
    assert_unavailable(unit.find_iin(player).await, began);
    assert_unavailable(unit.commit().await, began);
    let began = Instant::now();
    assert_unavailable(store.begin().await, began);
    line.send(Line::Open).unwrap();
    let mut unit = store.begin().await.unwrap();
    unit.lock_player(player).await.unwrap();
    assert_eq!(unit.find_iin(player).await.unwrap(), Some(iin(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_falls_silent_is_no_hang() {
    let Some((database, store, line)) = far_database().await else {
        return;
    };
    let player = database.player(0).await;
    let mut unit = store.begin().await.unwrap();
    unit.lock_player(player).await.unwrap();
    line.send(Line::Silent).unwrap();
    let began = Instant::now();
    assert_unavailable(unit.find_iin(player).await, began);
    drop(unit);
    let began = Instant::now();
    assert_unavailable(store.read().await, began);
    let began = Instant::now();
    assert_unavailable(store.check().await, began);
    line.send(Line::Cut).unwrap();
    line.send(Line::Open).unwrap();
    let began = Instant::now();
    while let Err(error) = store.check().await {
        assert!(began.elapsed() < Duration::from_secs(15), "does not recover: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_stays_locked_is_an_error() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let player = database.player(0).await;
    let store = connect(&database.url).await.unwrap();
    let mut holder = database.begin().await;
    holder.lock_player(player).await.unwrap();
    let mut unit = store.begin().await.unwrap();
    let began = Instant::now();
    assert_unavailable(unit.lock_player(player).await, began);
    holder.commit().await.unwrap();
    let mut unit = store.begin().await.unwrap();
    unit.lock_player(player).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sqlite_file_that_another_process_writes_is_an_error_for_writers_alone() {
    let database = Database::sqlite().await;
    let operator = database.operator("demo-bet").await;
    let store = connect(&database.url).await.unwrap();
    let mut other = AnyConnection::connect(&database.url).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let began = Instant::now();
    assert_unavailable(store.begin().await, began);
    let read = store.read().await.unwrap().find_operator(&operator.id).await.unwrap();
    assert_eq!(read, Some(operator));
    other.execute("COMMIT").await.unwrap();
    store.remember_assertion(&read.unwrap().id, "jti", at(1), at(0)).await.unwrap();
}

#[tokio::test]
async fn a_url_that_leads_nowhere_is_an_error_that_keeps_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "neither a folder nor a database, but more than an empty file").unwrap();
    let (not_a_database, not_a_folder) =
        (format!("sqlite://{}", file.display()), format!("sqlite://{}/x.db", file.display()));
    for url in [
        "mysql://user:hunter2@localhost/x",
        "user:hunter2@localhost/x",
        "",
        "sqlite::memory:",
        "postgres://user:hunter2@127.0.0.1:1/x",
        "postgres://user:hunter2@[::broken/x",
        &not_a_database,
        &not_a_folder,
    ] {
        let began = Instant::now();
        let error = connect(url).await.expect_err(url);
        assert!(matches!(error, StoreError::Unavailable(_)), "{url}: {error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(began.elapsed() < A_FEW_SECONDS, "{url}");
    }
}
