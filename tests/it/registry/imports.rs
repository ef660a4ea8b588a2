use std::time::Duration;

use rastau::app::restrictions::registry::import::{DEAD_AFTER, ImportRegistryError, Imported};
use rastau::app::restrictions::registry::manage::{ManageError, discard, release, roll_back};
use rastau::domain::identity::person::Iin;
use rastau::domain::ports::Store;
use rastau::domain::restrictions::{Suspicion, Tolerance, Version, VersionKind, VersionState};
use sha2::{Digest, Sha256};

use super::shop::{CHANGES, HEADER, Shop, changes, snapshot};
use crate::store::database::{Database, IINS};
use crate::store::on_both_engines;

fn counts(imported: &Imported) -> (u64, u64, u64) {
    let Imported::Counts { version, .. } = imported else { panic!("{imported:?}") };
    (version.counts.rows, version.counts.added, version.counts.removed)
}

on_both_engines! {
    async fn changes_are_joined_to_what_counts_and_undone_in_one_step(database: &Database) {
        let shop = Shop::new(&database.store);
        assert_eq!(counts(&shop.snapshot(&["0 a", "0 b", "1 a"]).await), (3, 3, 0));
        assert_eq!(counts(&shop.changes(&["+2 c", "-0 b", "+1 a"]).await), (3, 2, 2), "1 a reads otherwise now");
        assert_eq!(shop.counting().await, ["0 a", "1 a", "2 c"]);
        assert_eq!(counts(&shop.changes(&["-2 c"]).await), (2, 0, 1));
        assert_eq!(shop.counting().await, ["0 a", "1 a"]);
        let back = roll_back(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        assert_eq!((back.number, shop.counting().await), (2, vec!["0 a".into(), "1 a".into(), "2 c".into()]));
        let none = roll_back(shop.store, &shop.clock, "debtors", serde_json::json!({})).await;
        assert_eq!(none, Err(ManageError::NoPrevious("debtors".to_owned())), "one step alone is kept");
        // The next goes on from there, and what was undone is out of it.
        assert_eq!(counts(&shop.changes(&["+0 d"]).await), (4, 1, 0));
        assert_eq!(shop.counting().await, ["0 a", "0 d", "1 a", "2 c"]);
        let log = ["imported", "imported", "imported", "rolled_back", "imported"].map(|what| format!("registry_{what}"));
        assert_eq!(shop.audit().await, log);
    }

    async fn a_snapshot_replaces_and_the_one_before_is_a_step_back(database: &Database) {
        let shop = Shop::new(&database.store);
        shop.snapshot(&["0 a", "1 a"]).await;
        shop.snapshot(&["0 b"]).await;
        shop.snapshot(&["2 c"]).await;
        assert_eq!(shop.counting().await, ["2 c"]);
        assert_eq!(shop.states().await, [VersionState::Current, VersionState::Previous, VersionState::Removed]);
        roll_back(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        assert_eq!(shop.counting().await, ["0 b"]);
        shop.snapshot(&["1 d"]).await;
        assert_eq!(shop.counting().await, ["1 d"]);
    }

    async fn the_same_again_is_the_same_and_refreshes(database: &Database) {
        let shop = Shop::new(&database.store);
        shop.snapshot(&["0 a"]).await;
        shop.clock.advance(shop.import.max_age);
        assert!(!shop.is_fresh().await || shop.versions().await.len() == 1);
        let again = shop.snapshot(&["0 a"]).await;
        assert!(matches!(&again, Imported::Unchanged(version) if version.number == 1), "{again:?}");
        assert!(shop.is_fresh().await);
        shop.changes(&["+1 b"]).await;
        let again = shop.changes(&["+1 b"]).await;
        assert!(matches!(&again, Imported::Unchanged(version) if version.number == 2), "{again:?}");
        assert_eq!(shop.counting().await, ["0 a", "1 b"]);
        assert_eq!(shop.audit().await.len(), 4, "each is in the log");
    }

    async fn what_shrinks_or_grows_too_far_waits_for_a_person(database: &Database) {
        let mut shop = Shop::new(&database.store);
        shop.snapshot(&["0 a", "1 a"]).await;
        shop.import.tolerance = Tolerance::default();
        let Imported::Waits { why, .. } = shop.snapshot(&[]).await else { panic!("nobody would be restricted") };
        assert_eq!(why, [Suspicion::Shrank { from: 2, to: 0 }]);
        assert_eq!(shop.counting().await, ["0 a", "1 a"], "what counted before counts still");
        // Changes would leave out what waits; a snapshot takes its place.
        let (refused, _) = shop.take(VersionKind::Delta, changes(&["+2 c"]).as_bytes()).await;
        assert_eq!(refused, Err(ImportRegistryError::Waits(2)));
        shop.snapshot(&["0 a", "1 a", "2 b"]).await;
        assert_eq!(shop.states().await, [VersionState::Current, VersionState::Removed, VersionState::Previous]);
        let nothing = Err(ManageError::NothingWaits("debtors".to_owned()));
        assert_eq!(release(shop.store, &shop.clock, "debtors", serde_json::json!({})).await, nothing);
        assert_eq!(discard(shop.store, &shop.clock, "debtors", serde_json::json!({})).await, nothing);
        shop.changes(&["-0 a", "-1 a", "-2 b"]).await;
        release(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        assert!(shop.counting().await.is_empty());
        let log = shop.audit().await;
        assert_eq!(log[log.len() - 2..], ["registry_quarantined", "registry_released"]);
    }

    async fn what_dwindles_file_by_file_waits_for_a_person_too(database: &Database) {
        let mut shop = Shop::new(&database.store);
        shop.import.tolerance = Tolerance::default();
        let (nobody, shop) = (serde_json::json!({}), &shop);
        let says = async |records: u32| {
            let keys: Vec<String> = (0..records).map(|key| key.to_string()).collect();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            match shop.take(VersionKind::Snapshot, snapshot(&keys).as_bytes()).await.0.unwrap() {
                Imported::Waits { why, .. } => why,
                _ => Vec::new(),
            }
        };
        assert!(says(1_000).await.is_empty() && says(950).await.is_empty());
        assert_eq!(says(890).await, [Suspicion::Dwindled { from: 1_000, to: 890 }], "each lost less than a tenth");
        release(shop.store, &shop.clock, "debtors", nobody.clone()).await.unwrap();
        assert!(says(850).await.is_empty(), "a person has looked");
        assert_eq!(says(790).await, [Suspicion::Dwindled { from: 890, to: 790 }]);
        discard(shop.store, &shop.clock, "debtors", nobody.clone()).await.unwrap();
        shop.clock.advance(Duration::from_hours(7 * 24));
        assert_eq!(says(790).await, [Suspicion::Undone], "a person dropped this very file");
        assert!(says(791).await.is_empty(), "so many over a longer time are the everyday");
        // Who goes back a step has looked, too; what was left is no yardstick.
        let back = roll_back(shop.store, &shop.clock, "debtors", nobody).await.unwrap();
        assert_eq!((back.counts.rows, back.released), (850, true));
        assert_eq!(says(760).await, [Suspicion::Shrank { from: 850, to: 760 }]);
    }

    async fn others_in_the_place_of_those_who_go_wait_for_a_person(database: &Database) {
        let mut shop = Shop::new(&database.store);
        shop.import.tolerance = Tolerance::default();
        let birth = Iin::parse(IINS[0]).unwrap().birth_date();
        let people: Vec<Iin> = (1..).filter_map(|serial| Iin::compose(birth, false, serial)).take(200).collect();
        let says = async |kind: VersionKind, rows: &[String]| {
            let head = if kind == VersionKind::Delta { CHANGES } else { HEADER };
            shop.take(kind, format!("{head}{}", rows.concat()).as_bytes()).await.0.unwrap()
        };
        let row = |person: &Iin, times: &str, key: usize| format!("{},debtor,x,{times},{key}\n", person.expose());
        let rows = |people: &[Iin], times: &str| -> Vec<String> {
            people.iter().enumerate().map(|(key, person)| row(person, times, key)).collect()
        };
        let (some, others) = people.split_at(100);
        let always = "2020-01-01,";
        assert!(matches!(says(VersionKind::Snapshot, &rows(some, always)).await, Imported::Counts { .. }));
        let frees = |imported: &Imported, people: u64| match imported {
            Imported::Waits { why, .. } => assert_eq!(why[..], [Suspicion::Frees { people, of: 100 }]),
            _ => panic!("{imported:?}"),
        };
        frees(&says(VersionKind::Snapshot, &rows(others, always)).await, 100);
        frees(&says(VersionKind::Snapshot, &rows(some, "2099-01-01,")).await, 100);
        frees(&says(VersionKind::Snapshot, &rows(some, "2019-01-01,2020-01-01")).await, 100);
        // Other records of the same people free nobody.
        let others_of_them: Vec<String> =
            some.iter().enumerate().map(|(key, person)| row(person, always, key + 1_000)).collect();
        assert!(matches!(says(VersionKind::Snapshot, &others_of_them).await, Imported::Counts { .. }));
        let gone = some[..50].iter().enumerate().map(|(key, person)| format!("remove,{},,,,,{}\n", person.expose(), key + 1_000));
        let come = others[..50].iter().enumerate().map(|(key, person)| format!("add,{}", row(person, always, key)));
        frees(&says(VersionKind::Delta, &gone.chain(come).collect::<Vec<_>>()).await, 50);
    }

    async fn a_file_that_a_person_went_back_from_is_not_taken_in_again_unseen(database: &Database) {
        let shop = Shop::new(&database.store);
        shop.snapshot(&["0 a", "1 a"]).await;
        shop.snapshot(&["0 a"]).await;
        roll_back(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        let Imported::Waits { why, .. } = shop.snapshot(&["0 a"]).await else { panic!("the next poll would undo it") };
        assert_eq!(why, [Suspicion::Undone]);
        assert_eq!(shop.counting().await, ["0 a", "1 a"]);
        release(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        assert_eq!(shop.counting().await, ["0 a"]);
    }

    async fn what_waits_makes_room_for_whatever_is_said_after_it(database: &Database) {
        let shop = Shop::new(&database.store);
        shop.snapshot(&["0 a", "1 a"]).await;
        shop.snapshot(&[]).await;
        assert_eq!(shop.states().await[0], VersionState::Quarantined);
        // The source thinks better of it: what counts is right after all.
        assert!(matches!(shop.snapshot(&["0 a", "1 a"]).await, Imported::Unchanged(_)));
        let nothing = release(shop.store, &shop.clock, "debtors", serde_json::json!({})).await;
        assert_eq!(nothing, Err(ManageError::NothingWaits("debtors".to_owned())), "nobody is let in by the older one");
    }

    async fn a_bad_row_is_named_and_the_rest_waits(database: &Database) {
        let shop = Shop::new(&database.store);
        shop.snapshot(&["0 a"]).await;
        let text = format!(
            "\u{feff}{HEADER}{0},debtor,Берешек,2026-01-01,,b\r\n{0},debtor,x,2026-01-01,,b\r\r\n\
             900101300018,debtor,x,2026-01-01,,c\n{0},debtor,x,2026-01-02,2026-01-01,d\n{0},debtor,x,2099-01-01,,e",
            IINS[0]
        );
        let (waits, heard) = shop.take(VersionKind::Snapshot, text.as_bytes()).await;
        let Imported::Waits { version, why } = waits.unwrap() else { panic!("three rows are bad") };
        assert_eq!(why, [Suspicion::BadRows { refused: 3, of: 5 }]);
        assert_eq!(heard, [(5, "iin_control_digit"), (6, "ends_before_start"), (3, "duplicate")]);
        assert!(version.report.contains("ends_before_start") && !version.report.contains(IINS[0]), "{}", version.report);
        assert_eq!(shop.counting().await, ["0 a"]);
        release(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        assert_eq!(shop.counting().await, ["0 b", "0 e"]);
        let (none, _) = shop.take(VersionKind::Snapshot, format!("{HEADER}1,2,3,4,5,6\n").as_bytes()).await;
        assert_eq!(none, Err(ImportRegistryError::Refused(1)), "not one good row");
    }

    async fn changes_that_do_not_fit_are_refused(database: &Database) {
        let shop = Shop::new(&database.store);
        let (refused, _) = shop.take(VersionKind::Delta, changes(&["+0 a"]).as_bytes()).await;
        assert_eq!(refused, Err(ImportRegistryError::NoSnapshot("debtors".to_owned())));
        shop.snapshot(&["0 a"]).await;
        let (waits, heard) = shop.take(VersionKind::Delta, changes(&["+1 b", "-1 a", "-0 x"]).as_bytes()).await;
        assert!(matches!(waits, Ok(Imported::Waits { .. })), "{waits:?}");
        let mut heard = heard;
        heard.sort_unstable();
        assert_eq!(heard, [(3, "nothing_to_remove"), (4, "nothing_to_remove")]);
        discard(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        shop.changes(&["+2 c"]).await;
        assert_eq!(shop.counting().await, ["0 a", "2 c"], "of what was dropped nothing is left");
        let (header, _) = shop.take(VersionKind::Delta, HEADER.as_bytes()).await;
        assert!(matches!(header, Err(ImportRegistryError::Table(_))), "{header:?}");
        let (unknown, heard) = shop.take(VersionKind::Delta, format!("{CHANGES}end,{},,,,,a\n", IINS[0]).as_bytes()).await;
        assert_eq!((unknown, heard), (Err(ImportRegistryError::Refused(1)), vec![(2, "op_unknown")]));
    }

    async fn another_file_than_was_meant_is_not_taken(database: &Database) {
        let mut shop = Shop::new(&database.store);
        let text = format!("{HEADER}{},debtor,x,2026-01-01,,a\n", IINS[0]);
        let sha256 = hex::encode(Sha256::digest(&text));
        shop.import.sha256 = Some(sha256.to_uppercase());
        let (cut, _) = shop.take(VersionKind::Snapshot, &text.as_bytes()[..text.len() - 1]).await;
        assert!(matches!(cut, Err(ImportRegistryError::Sha256(_))), "{cut:?}");
        assert!(shop.versions().await.is_empty());
        shop.take(VersionKind::Snapshot, text.as_bytes()).await.0.unwrap();
        assert_eq!(shop.versions().await[0].sha256, sha256);
    }

    async fn an_import_that_died_is_out_of_the_way_after_a_while(database: &Database) {
        let shop = Shop::new(&database.store);
        shop.snapshot(&["0 a", "1 a"]).await;
        // As one leaves it that was cut off in the middle of its rows.
        let current = shop.versions().await.remove(0);
        let person = database.store.person_key(&crate::store::database::iin(0), 0).unwrap();
        let dead = Version { number: 2, kind: VersionKind::Delta, base: 1, state: VersionState::Staging, ..current };
        let mut unit = database.begin().await;
        unit.insert_version(&dead).await.unwrap();
        unit.withdraw_version_rows(&dead, &[(person, "a".to_owned())]).await.unwrap();
        unit.commit().await.unwrap();
        let (busy, _) = shop.take(VersionKind::Delta, changes(&["+2 c"]).as_bytes()).await;
        assert_eq!(busy, Err(ImportRegistryError::UnderWay("debtors".to_owned())));
        shop.clock.advance(DEAD_AFTER);
        shop.changes(&["+2 c"]).await;
        assert_eq!(shop.counting().await, ["0 a", "1 a", "2 c"], "what it had taken is back");
        // Should it live after all, it finds that it counts no more.
        let mut unit = database.begin().await;
        assert!(unit.touch_version(&dead).await.is_err());
    }

    async fn of_two_that_come_at_once_one_waits_or_is_told(database: &Database) {
        let shop = Shop::new(&database.store);
        let other = database.connect_again().await;
        let second = Shop::new(&other);
        let text = |key: &str| format!("{HEADER}{},debtor,x,2026-01-01,,{key}\n", IINS[0]);
        let (a, b) = (text("a"), text("b"));
        let both = futures_util::future::join(
            shop.take(VersionKind::Snapshot, a.as_bytes()),
            second.take(VersionKind::Snapshot, b.as_bytes()),
        );
        let (one, two) = both.await;
        let outcomes = [one.0, two.0];
        assert!(outcomes.iter().any(Result::is_ok), "{outcomes:?}");
        for outcome in outcomes.into_iter().filter_map(Result::err) {
            let told = matches!(outcome, ImportRegistryError::UnderWay(_) | ImportRegistryError::Store(_));
            assert!(told, "{outcome:?}");
        }
        assert_eq!(shop.counting().await.len(), 1, "never both");
    }
}
