use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
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

/// As a program of a later release leaves it.
async fn apply_later(database: &Database) {
    let history = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                   SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
    database.tamper(sqlx::query(history)).await;
    database.tamper(sqlx::query("CREATE TABLE later (id BIGINT)")).await;
    database.tamper(sqlx::query("ALTER TABLE verification ADD COLUMN later BIGINT")).await;
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

    async fn a_newer_schema_that_lets_this_program_serve_is_served_and_another_is_refused(database: &Database) {
        apply_later(database).await;
        database.store.check().await.unwrap();
        database.store.migrate().await.unwrap();
        database.operator("demo-bet").await;

        database.tamper(sqlx::query("UPDATE schema_compatibility SET oldest_program = 9999")).await;
        for refused in [why(database.store.check().await), why(database.store.migrate().await)] {
            assert!(refused.contains("newer than this program") && refused.contains("one of 9999 or later"), "{refused}");
        }
    }

    async fn a_newer_schema_that_does_not_say_is_refused(database: &Database) {
        apply_later(database).await;
        database.tamper(sqlx::query("DELETE FROM schema_compatibility")).await;
        assert!(why(database.store.check().await).contains("newer"));
        database.tamper(sqlx::query("DROP TABLE schema_compatibility")).await;
        database.store.check().await.unwrap_err();
        database.store.migrate().await.unwrap_err();
    }

    async fn a_schema_of_a_branch_that_never_was_released_is_refused(database: &Database) {
        let text = "UPDATE _sqlx_migrations SET version = 62 WHERE version = 61";
        database.tamper(sqlx::query(text)).await;
        assert!(why(database.store.check().await).contains("migration 61 is missing"));
        database.store.migrate().await.unwrap_err();
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
        let is_migration = |entry: &std::fs::DirEntry| entry.path().extension().is_some_and(|ending| ending == "sql");
        let files = i64::try_from(folder.filter(|entry| is_migration(entry.as_ref().unwrap())).count()).unwrap();
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

/// Of each migration from the first that says it: whether programs of before may serve meanwhile and afterwards.
#[test]
fn each_migration_says_whether_it_expands_or_contracts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut names: Vec<_> = names_in(&folder).filter(|name| name.as_str() >= "0063").collect();
    names.retain(|name| Path::new(name).extension().is_some_and(|ending| ending == "sql"));
    names.sort();
    let capabilities: Vec<_> =
        names_in(&folder.join("../src/store")).map(|name| format!("_{}_", name.trim_end_matches(".rs"))).collect();
    for (number, name) in (63..).zip(&names) {
        assert!(name.starts_with(&format!("{number:04}_")), "{name} is not number {number}");
        // The first that says it.
        if number >= 64 {
            assert!(capabilities.iter().any(|capability| name[4..].starts_with(capability)), "{name} names none");
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            check_kind(number, &text).unwrap_or_else(|why| panic!("{name} {why}"));
        }
    }
}

fn names_in(folder: &Path) -> impl Iterator<Item = String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap())
}

fn check_kind(number: i64, text: &str) -> Result<(), String> {
    let (kind, rest) = text.split_once('\n').ok_or("is empty")?;
    let raises = rest.contains("schema_compatibility");
    if let Some(least) = kind.strip_prefix("-- contract: ") {
        let raised = raises && rest.contains(least);
        let known = least.parse::<i64>().is_ok_and(|least| least <= number);
        return if raised && known { Ok(()) } else { Err("does not raise the oldest program".to_owned()) };
    }
    let upper = rest.to_uppercase();
    match ["DROP ", "RENAME ", "DELETE "].iter().find(|word| upper.contains(**word)) {
        _ if kind != "-- expand" => Err("does not say its kind".to_owned()),
        Some(word) => Err(format!("expands and has {word}")),
        None if raises => Err("expands and raises the oldest program".to_owned()),
        None => Ok(()),
    }
}

#[test]
fn a_migration_of_the_wrong_kind_is_found() {
    let raise = "UPDATE schema_compatibility SET oldest_program = 70";
    assert_eq!(check_kind(71, &format!("-- contract: 70\n{raise}")), Ok(()));
    assert_eq!(check_kind(71, "-- expand\nALTER TABLE a ADD COLUMN b BIGINT"), Ok(()));
    for wrong in [
        "ALTER TABLE a ADD COLUMN b BIGINT;\n",
        "-- expand\nALTER TABLE a DROP COLUMN b",
        &format!("-- expand\n{raise}"),
        &format!("-- contract: 72\n{raise}"),
        "-- contract: 70\nDROP TABLE a",
    ] {
        check_kind(71, wrong).unwrap_err();
    }
}
