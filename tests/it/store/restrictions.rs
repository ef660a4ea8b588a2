use std::time::Duration;

use rastau::domain::person::Iin;
use rastau::domain::ports::StoreError;
use rastau::domain::restrictions::{Ground, Restriction, Source};

use super::database::{Database, at, iin};
use super::on_both_engines;

pub(super) fn source(name: &str, refreshed: i64) -> Source {
    Source { name: name.to_owned(), refreshed_at: at(refreshed), max_age: Duration::from_hours(24) }
}

pub(super) fn restriction(source: &str, key: &str, ground: Ground) -> Restriction {
    Restriction {
        ground,
        legal_basis: "\u{417}\u{430}\u{43A}\u{43E}\u{43D}, 15".to_owned(),
        starts_at: at(-60),
        ends_at: (ground == Ground::SelfRestriction).then(|| at(600)),
        source: source.to_owned(),
        source_key: key.to_owned(),
    }
}

/// So many different valid IINs.
fn people(count: u16) -> Vec<Iin> {
    let birth = iin(0).birth_date();
    (1..).filter_map(|serial| Iin::compose(birth, false, serial)).take(usize::from(count)).collect()
}

on_both_engines! {
    async fn every_ground_of_a_person_is_found_whatever_its_source(database: &Database) {
        let debtor = restriction("debtors", "1", Ground::Debtor);
        let own = restriction("self", "1", Ground::SelfRestriction);
        let mut unit = database.begin().await;
        assert!(unit.restrictions_of(&iin(0)).await.unwrap().is_empty());
        unit.replace_restrictions(&source("debtors", 0), &[(iin(0), debtor.clone())]).await.unwrap();
        unit.replace_restrictions(&source("self", 1), &[(iin(0), own.clone())]).await.unwrap();
        assert_eq!(unit.restrictions_of(&iin(0)).await.unwrap(), [debtor, own]);
        assert!(unit.restrictions_of(&iin(1)).await.unwrap().is_empty());
        assert_eq!(unit.list_sources().await.unwrap(), [source("debtors", 0), source("self", 1)]);
    }

    async fn an_import_replaces_its_own_source_only(database: &Database) {
        let mut unit = database.begin().await;
        let old = [(iin(0), restriction("debtors", "1", Ground::Debtor))];
        let other = [(iin(0), restriction("court", "1", Ground::CourtDecision))];
        unit.replace_restrictions(&source("debtors", 0), &old).await.unwrap();
        unit.replace_restrictions(&source("court", 0), &other).await.unwrap();
        unit.replace_restrictions(&source("debtors", 9), &[]).await.unwrap();
        assert_eq!(unit.restrictions_of(&iin(0)).await.unwrap(), [other[0].1.clone()]);
        assert_eq!(unit.list_sources().await.unwrap(), [source("court", 0), source("debtors", 9)]);
    }

    async fn a_large_import_is_whole(database: &Database) {
        let people = people(1_001);
        let rows: Vec<(Iin, Restriction)> = people
            .iter()
            .enumerate()
            .map(|(key, iin)| (iin.clone(), restriction("debtors", &key.to_string(), Ground::Debtor)))
            .collect();
        let mut unit = database.begin().await;
        unit.replace_restrictions(&source("debtors", 0), &rows).await.unwrap();
        unit.commit().await.unwrap();
        let mut unit = database.read().await;
        for place in [0, 199, 200, 1_000] {
            let found = unit.restrictions_of(&people[place]).await.unwrap();
            assert_eq!(found, [rows[place].1.clone()], "{place}");
        }
    }

    async fn an_import_with_a_record_twice_leaves_the_registry_as_it_was(database: &Database) {
        let row = (iin(0), restriction("debtors", "1", Ground::Debtor));
        let mut unit = database.begin().await;
        unit.replace_restrictions(&source("debtors", 0), std::slice::from_ref(&row)).await.unwrap();
        unit.commit().await.unwrap();
        let mut unit = database.begin().await;
        let twice = unit.replace_restrictions(&source("debtors", 9), &[row.clone(), row.clone()]).await;
        assert_eq!(twice, Err(StoreError::Conflict));
        assert!(matches!(unit.commit().await, Err(StoreError::Unavailable(_))), "half an import");
        let mut unit = database.read().await;
        assert_eq!(unit.restrictions_of(&iin(0)).await.unwrap(), [row.1]);
        assert_eq!(unit.list_sources().await.unwrap(), [source("debtors", 0)]);
    }
}
