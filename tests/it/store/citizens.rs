use rastau::domain::identity::person::Citizen;
use rastau::domain::kernel::secret::{SecretBytes, SecretText};
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::ports::Store as _;

use super::database::{Database, IINS, at, iin};
use super::on_both_engines;

const NAME: &str = "\u{410}\u{439}\u{433}\u{435}\u{440}\u{456}\u{43C}";

fn citizen(number: usize, sandbox: bool) -> Citizen {
    Citizen {
        iin: iin(number),
        name: SecretText::new(NAME),
        photo: SecretBytes::new(b"\xFF\xD8 a photo of the population register".to_vec()),
        sandbox,
    }
}

fn contents(citizen: &Citizen) -> (&str, &str, &[u8], bool) {
    (citizen.iin.expose(), citizen.name.expose(), citizen.photo.expose(), citizen.sandbox)
}

on_both_engines! {
    async fn a_citizen_comes_back_and_is_replaced(database: &Database) {
        let mut unit = database.begin().await;
        assert!(unit.find_citizen(&iin(0)).await.unwrap().is_none());
        unit.put_citizens(&[citizen(0, false), citizen(1, true)], at(1)).await.unwrap();
        let found = unit.find_citizen(&iin(0)).await.unwrap().unwrap();
        assert_eq!(contents(&found), contents(&citizen(0, false)));
        let mut renamed = citizen(0, false);
        renamed.name = SecretText::new("Another");
        unit.put_citizens(&[citizen(0, false), renamed], at(2)).await.unwrap();
        let found = unit.find_citizen(&iin(0)).await.unwrap().unwrap();
        assert_eq!(found.name.expose(), "Another", "of one person given twice the later counts");
        unit.put_citizens(&[], at(3)).await.unwrap();
    }

    async fn sandbox_people_are_listed_oldest_first(database: &Database) {
        let mut unit = database.begin().await;
        unit.put_citizens(&[citizen(2, true)], at(1)).await.unwrap();
        unit.put_citizens(&[citizen(1, true), citizen(0, true)], at(2)).await.unwrap();
        let listed = unit.list_sandbox_citizens().await.unwrap();
        let numbers: Vec<&str> = listed.iter().map(|citizen| citizen.iin.expose()).collect();
        assert_eq!(numbers, [IINS[2], IINS[1], IINS[0]]);
        unit.put_citizens(&[citizen(1, false)], at(3)).await.unwrap();
        assert_eq!(unit.list_sandbox_citizens().await.unwrap().len(), 2);
    }

    async fn only_made_up_people_can_be_removed(database: &Database) {
        let mut unit = database.begin().await;
        unit.put_citizens(&[citizen(0, true), citizen(1, false)], at(1)).await.unwrap();
        assert!(unit.remove_sandbox_citizen(&iin(0)).await.unwrap());
        assert!(!unit.remove_sandbox_citizen(&iin(0)).await.unwrap(), "a second time");
        assert!(!unit.remove_sandbox_citizen(&iin(1)).await.unwrap(), "a real person");
        assert!(unit.find_citizen(&iin(0)).await.unwrap().is_none());
        assert!(unit.find_citizen(&iin(1)).await.unwrap().is_some());
    }

    async fn a_name_or_photo_elsewhere_or_under_another_key_is_corrupt(database: &Database) {
        let mut unit = database.begin().await;
        unit.put_citizens(&[citizen(0, false)], at(1)).await.unwrap();
        unit.commit().await.unwrap();
        let foreign = database.with_keys(&[9]).await;
        let denied = foreign.read().await.unwrap().find_citizen(&iin(0)).await;
        assert!(matches!(denied, Err(StoreError::Corrupt(_))), "{denied:?}");
        database.tamper(sqlx::query("UPDATE citizen SET name = photo")).await;
        let moved = database.read().await.find_citizen(&iin(0)).await;
        assert!(matches!(moved, Err(StoreError::Corrupt(_))), "{moved:?}");
    }
}

#[tokio::test]
async fn nothing_of_an_iin_a_name_or_a_photo_stands_in_the_database_file() {
    let database = Database::sqlite().await;
    database.operator("plain-to-read").await;
    database.player(0).await;
    let citizen = citizen(0, false);
    let mut unit = database.begin().await;
    unit.put_citizens(std::slice::from_ref(&citizen), at(1)).await.unwrap();
    unit.commit().await.unwrap();
    let (path, _folder) = database.file.as_ref().unwrap();
    let mut bytes = Vec::new();
    for suffix in ["", "-wal"] {
        bytes.extend(std::fs::read(format!("{}{suffix}", path.display())).unwrap());
    }
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(holds(b"plain-to-read"), "the scan sees what is written");
    for secret in [citizen.iin.expose().as_bytes(), NAME.as_bytes(), &citizen.photo.expose()[..8]] {
        assert!(!holds(secret));
    }
}
