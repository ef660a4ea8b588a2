//! People are asked about while versions come, are cut short, waited for, dropped and gone back from.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rastau::app::restrictions::registry::import::DEAD_AFTER;
use rastau::app::restrictions::registry::manage::{discard, release, roll_back};
use rastau::domain::kernel::clock::Clock as _;
use rastau::domain::ports::Store;
use rastau::domain::restrictions::{Permission, RegistryAnswer, VersionKind, judge};

use super::shop::{HEADER, Shop, changes};
use crate::store::database::{Database, IINS, iin};
use crate::store::on_both_engines;

/// Rows of the one person in every version.
const ALWAYS: usize = 3;

/// A version in which the first person has three records, and some hundred strangers stand.
fn snapshot(name: &str, strangers: usize) -> String {
    let own = (0..ALWAYS).map(|key| format!("{},debtor,x,2026-01-01,,{name}{key}\n", IINS[0]));
    let others = (0..strangers).map(|key| format!("{},debtor,x,2026-01-01,,{name}s{key}\n", IINS[1]));
    format!("{HEADER}{}", own.chain(others).collect::<String>())
}

/// Three records go and three come.
fn exchange(from: &str, to: &str) -> String {
    let rows: Vec<String> = (0..ALWAYS).flat_map(|key| [format!("-0 {from}{key}"), format!("+0 {to}{key}")]).collect();
    changes(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

async fn ask_on(database: &Database, shop: &Shop<'_>, done: &AtomicBool, asked: &AtomicUsize) {
    while !done.load(Ordering::Relaxed) {
        let (restrictions, sources) = database.store.registry_answer(&iin(0)).await.unwrap();
        assert_eq!(restrictions.len(), ALWAYS, "half of a version was seen");
        let name = &restrictions[0].source_key[..1];
        assert!(restrictions.iter().all(|one| one.source_key.starts_with(name)), "two versions at once");
        let answer = RegistryAnswer { restrictions, sources, is_whole: true };
        let told = judge(&answer, &["debtors".to_owned()], shop.clock.now());
        assert!(matches!(told, Permission::Restricted(_)));
        asked.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().await;
    }
}

async fn come_and_go(shop: &Shop<'_>) {
    for round in 0..6 {
        let (a, b) = (format!("a{round}"), format!("b{round}"));
        shop.take(VersionKind::Snapshot, snapshot(&a, 200).as_bytes()).await.0.unwrap();
        // Cut off after a while, sooner each time; should it be through by then, the next takes its place.
        let cut = Duration::from_millis(60 >> round);
        let _ = tokio::time::timeout(cut, shop.take(VersionKind::Snapshot, snapshot(&b, 2_000).as_bytes())).await;
        shop.clock.advance(DEAD_AFTER);
        shop.take(VersionKind::Snapshot, snapshot(&a, 201).as_bytes()).await.0.unwrap();
        shop.take(VersionKind::Delta, exchange(&a, "c").as_bytes()).await.0.unwrap();
        roll_back(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        shop.take(VersionKind::Delta, exchange(&a, "d").as_bytes()).await.0.unwrap();
        // One with a bad row waits, and is dropped or let count.
        let bad = format!("{}1,2,3,4,5,6\n", snapshot("e", 10));
        shop.take(VersionKind::Snapshot, bad.as_bytes()).await.0.unwrap();
        if round % 2 == 0 {
            discard(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        } else {
            release(shop.store, &shop.clock, "debtors", serde_json::json!({})).await.unwrap();
        }
    }
}

on_both_engines! {
    async fn whatever_comes_and_goes_no_check_sees_half_of_it(database: &Database) {
        let shop = Shop::new(&database.store);
        shop.take(VersionKind::Snapshot, snapshot("z", 0).as_bytes()).await.0.unwrap();
        let (done, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
        let work = async {
            come_and_go(&shop).await;
            done.store(true, Ordering::Relaxed);
        };
        let ask = || ask_on(database, &shop, &done, &asked);
        futures_util::future::join4(work, ask(), ask(), ask()).await;
        assert!(asked.load(Ordering::Relaxed) > 1_000, "{asked:?}");
        assert_eq!(shop.counting().await.iter().filter(|row| row.starts_with("0 ")).count(), ALWAYS);
    }
}
