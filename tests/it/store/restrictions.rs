use std::collections::HashSet;
use std::time::Duration;

use rastau::app::restrictions::registry::manage::put;
use rastau::app::restrictions::registry::tidy::tidy;
use rastau::domain::identity::person::Iin;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::ports::Store as _;
use rastau::domain::restrictions::{
    Counts, Ground, PersonKey, Position, Restriction, Source, Version, VersionKind, VersionState,
};

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

fn key(database: &Database, number: usize) -> PersonKey {
    database.store.person_key(&iin(number), 0).unwrap()
}

/// A version that nothing came with yet.
fn version(number: u32, base: u32) -> Version {
    Version {
        source: "debtors".to_owned(),
        number,
        base,
        kind: if base == number { VersionKind::Snapshot } else { VersionKind::Delta },
        state: VersionState::Staging,
        as_of: at(i64::from(number)),
        max_age: Duration::from_hours(24),
        sha256: "ab".to_owned(),
        counts: Counts { rows: 1, added: 2, removed: 3, refused: 4 },
        report: "{}".to_owned(),
        position: Position { cursor: Some("c".to_owned()), etag: None },
        touched_at: at(0),
        counted_at: None,
        released: false,
        key_generation: 0,
    }
}

fn debt(key: &str) -> Restriction {
    restriction("debtors", key, Ground::Debtor)
}

/// The person's restrictions that count.
async fn of(database: &Database, iin: &Iin) -> Vec<Restriction> {
    database.store.registry_answer(iin).await.unwrap().0
}

/// Keys of the first person's records that count.
async fn counting(database: &Database) -> Vec<String> {
    of(database, &iin(0)).await.into_iter().map(|restriction| restriction.source_key).collect()
}

/// Kept, brought, and counted from then on.
async fn counts(database: &Database, version: &Version, rows: &[(PersonKey, Restriction)], gone: &[&str]) {
    let gone: Vec<_> = gone.iter().map(|own| (key(database, 0), (*own).to_owned())).collect();
    let mut unit = database.begin().await;
    unit.insert_version(version).await.unwrap();
    assert_eq!(unit.withdraw_version_rows(version, &gone).await.unwrap(), gone.into_iter().collect::<HashSet<_>>());
    unit.add_version_rows(version, rows).await.unwrap();
    unit.activate_version(version).await.unwrap();
    unit.update_version(&Version { state: VersionState::Current, ..version.clone() }).await.unwrap();
    unit.commit().await.unwrap();
}

on_both_engines! {
    async fn every_ground_of_a_person_is_found_whatever_its_source(database: &Database) {
        let debtor = restriction("debtors", "1", Ground::Debtor);
        let own = restriction("self", "1", Ground::SelfRestriction);
        assert!(of(database, &iin(0)).await.is_empty());
        put(&database.store, &source("debtors", 0), &[(iin(0), debtor.clone())]).await.unwrap();
        put(&database.store, &source("self", 1), &[(iin(0), own.clone())]).await.unwrap();
        let sources = vec![source("debtors", 0), source("self", 1)];
        assert_eq!(database.read().await.list_sources().await.unwrap(), sources);
        for (number, restrictions) in [(0, vec![debtor, own]), (1, vec![])] {
            let answer = database.store.registry_answer(&iin(number)).await.unwrap();
            assert_eq!(answer, (restrictions, sources.clone()));
        }
    }

    async fn a_snapshot_replaces_its_own_source_only(database: &Database) {
        let old = [(iin(0), restriction("debtors", "1", Ground::Debtor))];
        let other = [(iin(0), restriction("court", "1", Ground::CourtDecision))];
        put(&database.store, &source("debtors", 0), &old).await.unwrap();
        put(&database.store, &source("court", 0), &other).await.unwrap();
        put(&database.store, &source("debtors", 9), &[]).await.unwrap();
        assert_eq!(of(database, &iin(0)).await, [other[0].1.clone()]);
        assert_eq!(database.read().await.list_sources().await.unwrap(), [source("court", 0), source("debtors", 9)]);
    }

    async fn a_large_version_is_whole(database: &Database) {
        let people = people(1_201);
        let rows: Vec<(Iin, Restriction)> =
            people.iter().enumerate().map(|(key, iin)| (iin.clone(), debt(&key.to_string()))).collect();
        put(&database.store, &source("debtors", 0), &rows).await.unwrap();
        for place in [0, 499, 500, 1_200] {
            assert_eq!(of(database, &people[place]).await, [rows[place].1.clone()], "{place}");
        }
    }

    async fn a_record_twice_leaves_the_registry_as_it_was(database: &Database) {
        let row = (iin(0), debt("1"));
        put(&database.store, &source("debtors", 0), std::slice::from_ref(&row)).await.unwrap();
        let twice = put(&database.store, &source("debtors", 9), &[row.clone(), row.clone()]).await;
        assert_eq!(twice, Err(StoreError::Conflict));
        assert_eq!(of(database, &iin(0)).await, [row.1]);
        let mut unit = database.read().await;
        assert_eq!(unit.list_sources().await.unwrap(), [source("debtors", 0)]);
        assert_eq!(unit.list_versions("debtors").await.unwrap().len(), 1);
    }

    async fn a_version_comes_back_as_it_is(database: &Database) {
        let mut unit = database.begin().await;
        let (one, mut two) = (version(1, 1), version(2, 1));
        unit.insert_version(&one).await.unwrap();
        unit.insert_version(&two).await.unwrap();
        assert_eq!(unit.insert_version(&two).await, Err(StoreError::Conflict));
        assert!(unit.list_sources().await.unwrap().is_empty(), "none counts");
        two.counts.added = 9;
        two.touched_at = at(7);
        unit.touch_version(&two).await.unwrap();
        assert_eq!(unit.list_versions("debtors").await.unwrap(), [two.clone(), one]);
        two.state = VersionState::Quarantined;
        "{\"a\":1}".clone_into(&mut two.report);
        two.as_of = at(8);
        two.position = Position { cursor: None, etag: Some("\"e\"".to_owned()) };
        unit.update_version(&two).await.unwrap();
        assert_eq!(unit.list_versions("debtors").await.unwrap()[0], two);
        assert_eq!(unit.touch_version(&two).await, Err(StoreError::Conflict), "it is staged no more");
        assert!(unit.list_versions("court").await.unwrap().is_empty());
    }

    async fn rows_that_are_staged_are_seen_when_their_version_counts(database: &Database) {
        let person = key(database, 0);
        counts(database, &version(1, 1), &[(person, debt("a")), (person, debt("b"))], &[]).await;
        let two = version(2, 1);
        let mut unit = database.begin().await;
        unit.insert_version(&two).await.unwrap();
        let gone = [(person, "b".to_owned()), (person, "x".to_owned()), (key(database, 1), "a".to_owned())];
        assert_eq!(unit.withdraw_version_rows(&two, &gone).await.unwrap(), HashSet::from([gone[0].clone()]));
        unit.add_version_rows(&two, &[(person, debt("c"))]).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(counting(database).await, ["a", "b"]);
        let mut unit = database.begin().await;
        unit.activate_version(&two).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(counting(database).await, ["a", "c"]);
        let mut unit = database.begin().await;
        unit.activate_version(&version(1, 1)).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(counting(database).await, ["a", "b"], "a step back");
    }

    async fn what_was_discarded_leaves_no_trace(database: &Database) {
        let person = key(database, 0);
        counts(database, &version(1, 1), &[(person, debt("a")), (person, debt("b"))], &[]).await;
        let dropped = Version { state: VersionState::Discarded, ..version(2, 1) };
        let mut unit = database.begin().await;
        unit.insert_version(&dropped).await.unwrap();
        unit.withdraw_version_rows(&dropped, &[(person, "b".to_owned())]).await.unwrap();
        unit.add_version_rows(&dropped, &[(person, debt("c"))]).await.unwrap();
        unit.commit().await.unwrap();
        tidy(&database.store, "debtors", |_, _| ()).await.unwrap();
        counts(database, &version(3, 1), &[(person, debt("d"))], &["a"]).await;
        assert_eq!(counting(database).await, ["b", "d"]);
        let states = database.read().await.list_versions("debtors").await.unwrap();
        assert_eq!(states[1].state, VersionState::Removed);
    }

    async fn what_is_superseded_goes_and_what_may_be_gone_back_to_stays(database: &Database) {
        let person = key(database, 0);
        counts(database, &version(1, 1), &[(person, debt("a")), (person, debt("b"))], &[]).await;
        counts(database, &version(2, 1), &[(person, debt("c"))], &["a"]).await;
        counts(database, &version(3, 1), &[], &["b"]).await;
        let mut unit = database.begin().await;
        for (number, state) in [(1, VersionState::Superseded), (2, VersionState::Previous)] {
            unit.update_version(&Version { state, ..version(number, 1) }).await.unwrap();
        }
        // One that comes in meanwhile is none of its business.
        let newer = version(9, 9);
        let known = unit.list_versions("debtors").await.unwrap();
        unit.insert_version(&newer).await.unwrap();
        unit.add_version_rows(&newer, &[(person, debt("z"))]).await.unwrap();
        let all = (PersonKey([0; 32]), PersonKey([255; 32]));
        assert_eq!(unit.remove_rows(&known, all.0, all.1).await.unwrap(), 1, "a alone counts in neither");
        unit.commit().await.unwrap();
        for (counted, expected) in [(version(3, 1), vec!["c"]), (version(2, 1), vec!["b", "c"]), (newer, vec!["z"])] {
            let mut unit = database.begin().await;
            unit.activate_version(&counted).await.unwrap();
            unit.commit().await.unwrap();
            assert_eq!(counting(database).await, expected);
        }
    }
}
