use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::kernel::testing::SeededRandomness;
use rastau::domain::ports::Store as _;
use rastau::store::SqlStore;

use super::database::{Database, keys, patient};
use super::on_both_engines;

async fn connect(url: &str) -> SqlStore {
    SqlStore::connect(url, keys(&[1]), Arc::new(SeededRandomness::new(1)), patient()).await.unwrap()
}

fn why(answer: Result<(), StoreError>) -> String {
    match answer {
        Err(StoreError::Unavailable(why)) => why,
        other => panic!("{other:?}"),
    }
}

on_both_engines! {
    async fn an_empty_database_says_what_to_do(database: &Database) {
        let store = connect(&database.empty().await).await;
        assert!(why(store.check().await).contains("rastau migrate"));
        store.migrate().await.unwrap();
        store.check().await.unwrap();
        store.migrate().await.unwrap();
    }

    async fn a_missing_migration_says_what_to_do(database: &Database) {
        database.tamper(sqlx::query("DELETE FROM _sqlx_migrations WHERE version = 8")).await;
        assert!(why(database.store.check().await).contains("rastau migrate"));
    }

    async fn a_newer_schema_is_refused(database: &Database) {
        database
            .tamper(sqlx::query(
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
            ))
            .await;
        assert!(why(database.store.check().await).contains("newer"));
        assert!(why(database.store.migrate().await).contains("newer"));
    }

    async fn a_migration_in_another_wording_is_refused(database: &Database) {
        let text = "UPDATE _sqlx_migrations SET checksum = $1 WHERE version = 1";
        database.tamper(sqlx::query(text).bind(vec![0_u8; 48])).await;
        assert!(why(database.store.check().await).contains("another wording"));
        assert!(why(database.store.migrate().await).contains("another wording"));
    }

    async fn replicas_may_start_together(database: &Database) {
        let url = database.empty().await;
        let replicas: Vec<_> = (0..6)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move {
                    let store = connect(&url).await;
                    store.migrate().await.unwrap();
                    store.check().await.unwrap();
                })
            })
            .collect();
        for replica in replicas {
            replica.await.unwrap();
        }
    }

    /// A macro reads the folder when it is compiled, and a forgotten rebuild would leave the last file out.
    async fn every_migration_of_the_folder_is_in_the_program(database: &Database) {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
        let files = i64::try_from(folder.count()).unwrap();
        let count = "UPDATE _sqlx_migrations SET execution_time = 0";
        assert_eq!(i64::try_from(database.tamper(sqlx::query(count)).await).unwrap(), files);
    }
}

#[tokio::test]
async fn the_database_file_is_for_its_owner_alone() {
    let database = Database::sqlite().await;
    database.operator("demo-bet").await;
    let (path, _folder) = database.file.as_ref().unwrap();
    let mode = |path: &str| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = path.display().to_string();
    assert_eq!(mode(&path.parent().unwrap().display().to_string()), 0o700);
    for suffix in ["", "-wal", "-shm"] {
        assert_eq!(mode(&format!("{file}{suffix}")), 0o600, "{suffix}");
    }
}
